/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/**
 * The name of the request that a schedule creates for one source and slot. The same input always gives the same name, so that two
 * processes, or one after a crash, cannot create two requests: the API server rejects the second one.
 */
public final class ChildName {
    /** Kubernetes allows 253. With at most 63, the name is also valid as the value of a label. */
    static final int MAX_LENGTH = 63;

    /** A month of 31 days has 44,640 minutes, and a schedule has many sources: so many digits make a collision unlikely. */
    private static final int HASH_LENGTH = 8;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ChildName() {}

    /**
     * Returns the names of schedule and source, cut to fit, the time of the slot in UTC, and a hash of all of them with the UID of the
     * schedule. A schedule that is created again under the same name does not use the names of its predecessor.
     *
     * @param source the name of a claim, or the id of a volume
     */
    public static String of(String schedule, String uid, String source, Instant slot) {
        var hash = UUID.nameUUIDFromBytes(
                        (uid + "\n" + source + "\n" + slot.getEpochSecond()).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "")
                .substring(0, HASH_LENGTH);
        var tail = "-" + TIME.format(slot) + "-" + hash;
        var head = schedule + "-" + source;
        // A dot must not come before a dash in a name of Kubernetes.
        return head.substring(0, Math.min(head.length(), MAX_LENGTH - tail.length()))
                        .replaceAll("[.-]+$", "")
                + tail;
    }
}
