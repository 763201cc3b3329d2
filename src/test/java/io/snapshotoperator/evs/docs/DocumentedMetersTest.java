/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checks of alerts and dashboard depend on {@link DocumentedMeters}, so it must find what is wrong. */
class DocumentedMetersTest {
    @Test
    void readsNamesOfMeters() {
        assertThat(DocumentedMeters.all())
                .contains(
                        "evs_cloud_calls_seconds_count",
                        "evs_cloud_calls_seconds_sum",
                        "evs_cloud_calls_seconds_max",
                        "evs_requests_time_to_ready_seconds_bucket",
                        "evs_watch_healthy",
                        "operator_sdk_reconciliations_queue");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            absent(up)                                                            ; up
            sum by (pod) (evs_watch_healthy) > 0                                  ; pod
            rate(evs_cloud_calls_count{outcome="ok"}[5m])                         ; evs_cloud_calls_count
            rate(evs_cloud_calls_seconds_count{outcome=~"ok|not_authorised"}[5m]) ; not_authorised
            evs_events_total{reason="SnapshotGone"} offset 1h                     ; SnapshotGone
            histogram_quantile(0.9, sum by (le) (evs_cloud_calls_bucket))         ; evs_cloud_calls_bucket
            max_over_time(evs_requests{state="stuck"}[5m])                        ; stuck
            evs_cloud_calls_seconds_sum{verb="list"} / evs_snapshots_in_flight    ; verb
            """)
    void findsWhatIsNotDocumented(String expression, String undocumented) {
        assertThat(DocumentedMeters.undocumented(expression)).containsExactly(undocumented);
    }
}
