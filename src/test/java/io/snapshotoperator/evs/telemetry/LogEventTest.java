/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.snapshotoperator.evs.testing.LogCapture;
import java.util.Optional;
import java.util.logging.Level;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jboss.logging.NDC;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogEventTest {
    private static final Logger LOG = Logger.getLogger(LogEventTest.class);
    private final LogCapture log = LogCapture.of(LogEventTest.class);

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @Test
    void writesConstantMessageWithKeyValues() {
        LogEvent.info(LOG, "Snapshot create accepted")
                .with(LogEvent.SNAPSHOT_ID, "s-1")
                .withOptional(LogEvent.VOLUME_ID, Optional.of("v-1"))
                .withOptional(LogEvent.REQUEST_ID, Optional.empty())
                .log();

        assertThat(log.lines()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("INFO");
            assertThat(line.message()).isEqualTo("Snapshot create accepted");
            assertThat(line.values()).containsOnly(entry("snapshotId", "s-1"), entry("volumeId", "v-1"));
        });
    }

    @Test
    void removesKeyValuesAfterTheLine() {
        LogEvent.warn(LOG, "Event rejected").with(LogEvent.NAME, "nightly").log();

        assertThat(MDC.getMap()).doesNotContainKey("name");
        assertThat(NDC.getDepth()).isZero();
    }

    @Test
    void printsKeyValuesInTheirSequenceAsText() {
        LogEvent.info(LOG, "Reason changed")
                .with(LogEvent.NAMESPACE, "shop")
                .with(LogEvent.NAME, "nightly")
                .with(LogEvent.DETAIL, "the cloud answered \"no\"")
                .log();

        var text = new PatternFormatter("%s %x").format(log.lines().get(0).record());
        assertThat(text)
                .isEqualTo("Reason changed namespace=shop name=nightly detail=\"the cloud answered \\\"no\\\"\"");
    }

    @Test
    void removesControlCharactersFromValues() {
        LogEvent.info(LOG, "Snapshot create accepted")
                .with(LogEvent.SNAPSHOT_ID, "s-1\r\n2026-01-01 INFO forged\u001b[2J\u2028")
                .log();

        assertThat(log.lines().get(0).values()).containsOnly(entry("snapshotId", "s-12026-01-01 INFO forged"));
    }

    @Test
    void cutsLongValues() {
        LogEvent.info(LOG, "Snapshot create accepted")
                .with(LogEvent.SNAPSHOT_ID, "s".repeat(40_000))
                .log();

        assertThat(log.lines().get(0).values()).containsOnly(entry("snapshotId", "s".repeat(1023) + "…"));
    }

    @Test
    void writesNothingBelowLevelOfLogger() {
        log.setLevelOfLogger(Level.INFO);

        LogEvent.debug(LOG, "Reconciled").log();

        assertThat(log.lines()).isEmpty();
    }
}
