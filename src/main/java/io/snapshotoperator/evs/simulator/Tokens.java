/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The tokens IAM gave out. Safe for use by several threads. */
public final class Tokens {

    /** Makes tokens of a bit more than 4 kB, as real ones are: clients' header buffers are tried, too. */
    private static final int RANDOM_BYTES = 3072;

    /** Tokens that died longer ago than this are forgotten, and then answered like any made-up one. */
    private static final Duration REMEMBERED = Duration.ofHours(48);

    /** @param project empty for a token without a project */
    record Grant(String user, Optional<Project> project, Instant issuedAt, Instant expiresAt) {}

    private final InstantSource clock;
    private final Duration life;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Grant> granted = new HashMap<>();
    private int issued;

    Tokens(InstantSource clock, Duration life) {
        this.clock = clock;
        this.life = life;
    }

    /** Kills all tokens given out so far, as a change of permissions does. */
    public synchronized void expireAll() {
        var now = clock.instant();
        granted.replaceAll((token, grant) -> new Grant(grant.user(), grant.project(), grant.issuedAt(), now));
    }

    /** How many were given out. */
    public synchronized int issued() {
        return issued;
    }

    synchronized String issue(String user, Optional<Project> project) {
        var now = clock.instant();
        granted.values().removeIf(grant -> grant.expiresAt().plus(REMEMBERED).isBefore(now));
        var bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        var token = "MII" + Base64.getEncoder().encodeToString(bytes).replace('/', '-');
        granted.put(token, new Grant(user, project, now, now.plus(life)));
        issued++;
        return token;
    }

    synchronized Optional<Grant> find(String token) {
        return Optional.ofNullable(granted.get(token));
    }

    boolean isExpired(Grant grant) {
        return !clock.instant().isBefore(grant.expiresAt());
    }
}
