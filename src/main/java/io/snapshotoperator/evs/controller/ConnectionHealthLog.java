/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Logs the trouble of one connection: a warning when it starts and an information when it is over. Thousands of failed
 * calls with the same trouble are one line. Safe for use by many threads.
 *
 * <p>Trouble is over when a call succeeds and the last failure of its kind is some time ago. Without that time, a cloud that
 * fails every second call would cause a line for each call.
 */
final class ConnectionHealthLog {
    private static final Logger LOG = Logger.getLogger(ConnectionHealthLog.class);

    /** The kinds of failure that concern the whole connection, with the reason that the requests report. */
    private static final Map<Kind, CommonReason> TROUBLES = Map.of(
            Kind.NOT_AUTHORIZED, CommonReason.NotAuthorized,
            Kind.THROTTLED, CommonReason.Throttled,
            Kind.TRANSIENT, CommonReason.CloudUnavailable,
            Kind.MISCONFIGURED, CommonReason.ConnectionMisconfigured);

    private record Trouble(Instant startedAt, Instant lastFailedAt) {}

    private final String connection;
    private final Duration quietTime;
    private final Runnable onChange;
    private final Map<Kind, Trouble> troubles = new EnumMap<>(Kind.class);

    /**
     * @param connection the name of the connection
     * @param quietTime how long no failure of a kind must occur until its trouble is over
     * @param onChange called when a trouble begins or ends
     */
    ConnectionHealthLog(String connection, Duration quietTime, Runnable onChange) {
        this.connection = connection;
        this.quietTime = quietTime;
        this.onChange = onChange;
    }

    /** Records a failed call. A failure that concerns one object only shows that the connection works. */
    synchronized void onFailure(CloudException failure, Instant now) {
        var reason = TROUBLES.get(failure.kind());
        if (reason == null) {
            onSuccess(now);
            return;
        }
        var known = troubles.get(failure.kind());
        troubles.put(failure.kind(), new Trouble(known == null ? now : known.startedAt(), now));
        if (known == null) {
            LogEvent.warn(LOG, "Connection trouble started")
                    .with(LogEvent.CONNECTION, connection)
                    .with(LogEvent.REASON, reason.name())
                    .withOptional(LogEvent.CODE, failure.details().code())
                    .withOptional(LogEvent.REQUEST_ID, failure.details().requestId())
                    .with(LogEvent.DETAIL, describe(failure))
                    .log();
            onChange.run();
        }
    }

    private static String describe(CloudException failure) {
        var what = failure.getMessage();
        return (what.endsWith(".") ? what : what + ".") + " "
                + failure.details().advice();
    }

    /** Whether a trouble of the whole connection has begun and is not over. */
    synchronized boolean isTroubled() {
        return !troubles.isEmpty();
    }

    /** Records a successful call. */
    synchronized void onSuccess(Instant now) {
        troubles.entrySet().removeIf(entry -> {
            var trouble = entry.getValue();
            var over = !now.isBefore(trouble.lastFailedAt().plus(quietTime));
            if (over) {
                LogEvent.info(LOG, "Connection trouble over")
                        .with(LogEvent.CONNECTION, connection)
                        .with(LogEvent.REASON, TROUBLES.get(entry.getKey()).name())
                        .with(
                                LogEvent.DURATION_MS,
                                Duration.between(trouble.startedAt(), now).toMillis())
                        .log();
                onChange.run();
            }
            return over;
        });
    }
}
