/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that {@code docs/reference/conditions.md} describes each {@link Reason}. */
class ReasonsDocumentedTest {
    private static final String DOCUMENT =
            DocumentationFiles.read(DocumentationFiles.REFERENCE.resolve("conditions.md"));

    @Test
    void documentListsExactlyAllReasons() {
        assertThat(documented())
                .containsExactlyInAnyOrderElementsOf(reasons().map(Reason::name).toList());
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void everyReasonHasPhaseMeaningAndAction(Reason reason) {
        assertThat(chapter(reason))
                .containsPattern("(?m)^\\*\\*Phase:\\*\\* " + phase(reason) + "\\.$")
                .containsPattern("(?m)^\\*\\*Meaning:\\*\\* \\S.{20,}")
                .containsPattern("(?m)^\\*\\*Action:\\*\\* \\S.{4,}");
    }

    private static Stream<Reason> reasons() {
        return Stream.<Stream<? extends Reason>>of(
                        SnapshotReason.all().stream(),
                        Stream.of(ConnectionReason.values()),
                        ScheduleReason.all().stream(),
                        RestoreReason.all().stream(),
                        Stream.of(ContentReason.values()))
                .<Reason>flatMap(reasons -> reasons)
                .distinct();
    }

    private static List<String> documented() {
        return Pattern.compile("(?m)^### (\\w+)$")
                .matcher(DOCUMENT)
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }

    private static String chapter(Reason reason) {
        return Stream.of(DOCUMENT.split("(?m)^#{2,3} "))
                .filter(chapter -> chapter.startsWith(reason.name() + "\n"))
                .findFirst()
                .orElse("");
    }

    private static String phase(Reason reason) {
        return switch (reason.phase()) {
            case READY -> "ready";
            case PROGRESSING -> "progressing";
            case STALLED -> "stalled";
            case PAUSED -> "paused";
        };
    }
}
