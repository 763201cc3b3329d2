/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.snapshotoperator.evs.cloud.CloudText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jboss.logging.NDC;

/**
 * One line of the log: a constant message and key-values. While the line is written, the values are in the MDC, from which
 * the JSON output makes fields, and as text in the NDC, which the text output prints.
 *
 * <p>Values must be bounded and contain no secret. Not for use by several threads.
 */
public final class LogEvent {
    public static final String NAMESPACE = "namespace";
    public static final String NAME = "name";
    public static final String UID = "uid";
    public static final String CONNECTION = "connection";
    public static final String SNAPSHOT_ID = "snapshotId";
    public static final String VOLUME_ID = "volumeId";
    public static final String JOB_ID = "jobId";
    public static final String CREATE_ID = "createId";
    public static final String REQUEST_ID = "requestId";
    public static final String ACTION = "action";
    public static final String RESULT = "result";
    public static final String REASON = "reason";
    public static final String DURATION_MS = "durationMs";
    public static final String HOLDER = "holder";
    public static final String DRAINED = "drained";
    public static final String PREDECESSOR = "predecessor";
    public static final String PREDECESSOR_DRAINED = "predecessorDrained";
    public static final String PREEXISTING_REQUESTS = "preexistingRequests";

    /** The code of the error that the cloud or the API server returned. */
    public static final String CODE = "code";

    /** A sentence for people that differs from case to case. */
    public static final String DETAIL = "detail";

    /** The longest time until the next reconcile, as an ISO 8601 duration. */
    public static final String REQUEUE_AFTER = "requeueAfter";

    private static final int MAX_CODE_POINTS = 1024;

    private final Logger log;
    private final Logger.Level level;
    private final String message;
    private final Map<String, String> values = new LinkedHashMap<>();

    private LogEvent(Logger log, Logger.Level level, String message) {
        this.log = log;
        this.level = level;
        this.message = message;
    }

    /** Starts a line about an action that was executed or a state that changed. */
    public static LogEvent info(Logger log, String message) {
        return new LogEvent(log, Logger.Level.INFO, message);
    }

    /** Starts a line about a failure that an administrator may have to act on. */
    public static LogEvent warn(Logger log, String message) {
        return new LogEvent(log, Logger.Level.WARN, message);
    }

    /** Starts a line about a decision or a read. */
    public static LogEvent debug(Logger log, String message) {
        return new LogEvent(log, Logger.Level.DEBUG, message);
    }

    /**
     * Adds a key-value. Control characters of the value are removed, and a long value is cut, because ids and names of the
     * cloud are untrusted: without that, one of them could forge a line of the text output.
     *
     * @param key one of the constants of this class
     * @param value contains no secret; this method does not redact
     */
    public LogEvent with(String key, Object value) {
        values.put(key, CloudText.withoutSecrets().clean(String.valueOf(value), MAX_CODE_POINTS));
        return this;
    }

    /** Adds a key-value if the value is present. */
    public LogEvent withOptional(String key, Optional<?> value) {
        value.ifPresent(present -> with(key, present));
        return this;
    }

    /** Writes the line. */
    public void log() {
        if (!log.isEnabled(level)) {
            return;
        }
        values.forEach(MDC::put);
        NDC.push(asText());
        try {
            log.log(level, message);
        } finally {
            NDC.pop();
            values.keySet().forEach(MDC::remove);
        }
    }

    private String asText() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + quoted(entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        return value.contains(" ") || value.contains("\"") ? '"' + value.replace("\"", "\\\"") + '"' : value;
    }
}
