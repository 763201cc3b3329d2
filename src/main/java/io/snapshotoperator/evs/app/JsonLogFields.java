/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.quarkus.logging.json.runtime.JsonFormatter;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Makes the key-values of a log line top-level fields of the JSON output. Quarkus 3.33 nests them in the object {@code
 * mdc} and has no setting for that. The settings {@code date-format} and {@code log-format} of the JSON output have no effect.
 */
@Singleton
public class JsonLogFields {
    /** The MDC becomes fields, and the NDC holds the same values as text. */
    private static final Set<String> REPLACED_KEYS = Set.of("mdc", "ndc");

    void install(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        install(Logger.getLogger("").getHandlers());
    }

    private static void install(Handler[] handlers) {
        for (var handler : handlers) {
            if (handler.getFormatter() instanceof JsonFormatter nested && !(nested instanceof FlatJsonFormatter)) {
                handler.setFormatter(new FlatJsonFormatter(nested));
            }
            if (handler instanceof ExtHandler outer) {
                install(outer.getHandlers());
            }
        }
    }

    /** The formatter of Quarkus with the settings of another one; MDC entries are written as fields. */
    static final class FlatJsonFormatter extends JsonFormatter {
        FlatJsonFormatter(JsonFormatter settings) {
            super(settings.getKeyOverrides(), keysWithoutContext(settings), settings.getAdditionalFields());
            setPrettyPrint(settings.isPrettyPrint());
            setPrintDetails(settings.isPrintDetails());
            setRecordDelimiter(settings.getRecordDelimiter());
            setExceptionOutputType(settings.getExceptionOutputType());
            setZoneId(settings.getZoneId().getId());
        }

        private static Set<String> keysWithoutContext(JsonFormatter settings) {
            var excluded = new HashSet<>(settings.getExcludedKeys());
            excluded.addAll(REPLACED_KEYS);
            return excluded;
        }

        @Override
        protected void after(Generator generator, ExtLogRecord line) throws Exception {
            super.after(generator, line);
            for (var entry : line.getMdcCopy().entrySet()) {
                generator.add(entry.getKey(), entry.getValue());
            }
        }
    }
}
