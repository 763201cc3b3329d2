/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes instants in the formats of the cloud, always in UTC. */
final class WireTime {

    private static final DateTimeFormatter EVS = utc("yyyy-MM-dd'T'HH:mm:ss.SSSSSS");
    private static final DateTimeFormatter JOB = utc("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
    private static final DateTimeFormatter IAM = utc("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private WireTime() {}

    /** Writes six fraction digits and no zone (EVS API reference: creating_an_evs_snapshot); null for null. */
    static String ofEvs(Instant instant) {
        return instant == null ? null : EVS.format(instant);
    }

    /** Writes three fraction digits and a zone (EVS API reference: querying_task_status). */
    static String ofJob(Instant instant) {
        return JOB.format(instant);
    }

    /**
     * Writes six fraction digits and a zone (IAM API reference:
     * obtaining_a_user_token_through_password_authentication).
     */
    static String ofIam(Instant instant) {
        return IAM.format(instant);
    }

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
    }
}
