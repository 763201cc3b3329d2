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

/** Issues the tokens of IAM and remembers them. Thread-safe. */
public final class Tokens {

    /** Gives a token slightly more than 4 kB, as in the real cloud. This also tests the header buffers of clients. */
    private static final int RANDOM_BYTES = 3072;

    /** Tokens that expired longer ago are removed and then count as unknown. */
    private static final Duration RETENTION = Duration.ofHours(48);

    /** @param project empty for a token without a project */
    record Grant(String user, Optional<Project> project, Instant issuedAt, Instant expiresAt) {}

    private final InstantSource clock;
    private final Duration life;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Grant> grants = new HashMap<>();
    private int issued;

    Tokens(InstantSource clock, Duration life) {
        this.clock = clock;
        this.life = life;
    }

    /** Expires all issued tokens, as a change of permissions does. */
    public synchronized void expireAll() {
        var now = clock.instant();
        grants.replaceAll((token, grant) -> new Grant(grant.user(), grant.project(), grant.issuedAt(), now));
    }

    /** Returns the number of issued tokens. */
    public synchronized int issued() {
        return issued;
    }

    synchronized String issue(String user, Optional<Project> project) {
        var now = clock.instant();
        grants.values().removeIf(grant -> grant.expiresAt().plus(RETENTION).isBefore(now));
        var bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        var token = "MII" + Base64.getEncoder().encodeToString(bytes).replace('/', '-');
        grants.put(token, new Grant(user, project, now, now.plus(life)));
        issued++;
        return token;
    }

    /** Returns the grant of the token, which can be expired; empty if the token is unknown. */
    synchronized Optional<Grant> find(String token) {
        return Optional.ofNullable(grants.get(token));
    }

    boolean isExpired(Grant grant) {
        return !clock.instant().isBefore(grant.expiresAt());
    }
}
