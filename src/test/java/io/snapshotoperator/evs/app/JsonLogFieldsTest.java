/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.logging.json.runtime.JsonFormatter;
import io.snapshotoperator.evs.telemetry.LogEvent;
import io.snapshotoperator.evs.testing.LogCapture;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JsonLogFieldsTest {
    private static final Logger LOG = Logger.getLogger(JsonLogFieldsTest.class);
    private final LogCapture log = LogCapture.of(JsonLogFieldsTest.class);

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @Test
    void writesKeyValuesAsTopLevelFields() throws JsonProcessingException {
        var line = format(new JsonFormatter());

        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("message").asText()).isEqualTo("Snapshot create accepted");
        assertThat(line.path("snapshotId").asText()).isEqualTo("s-1");
        assertThat(line.path("durationMs").asText()).isEqualTo("12");
        assertThat(line.has("mdc")).isFalse();
        assertThat(line.has("ndc")).isFalse();
    }

    @Test
    void keepsExcludedKeysOfSettings() throws JsonProcessingException {
        var line = format(new JsonFormatter("message=text", Set.of("processName"), Map.of()));

        assertThat(line.path("text").asText()).isEqualTo("Snapshot create accepted");
        assertThat(line.has("processName")).isFalse();
    }

    private JsonNode format(JsonFormatter settings) throws JsonProcessingException {
        LogEvent.info(LOG, "Snapshot create accepted")
                .with(LogEvent.SNAPSHOT_ID, "s-1")
                .with(LogEvent.DURATION_MS, 12)
                .log();
        return new ObjectMapper()
                .readTree(new JsonLogFields.FlatJsonFormatter(settings)
                        .format(log.lines().get(0).record()));
    }
}
