/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mutations apply to the current code. A mutation that does not apply shows nothing about the campaign. */
class MutationPatchesTest {
    private static final Path FOLDER = Path.of("src", "test", "faults", "mutations");

    /**
     * One changed place of a patch.
     *
     * @param before the lines that must be in the file: context and removed lines
     */
    private record Hunk(Path file, List<String> before) {}

    static List<Path> patches() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("patches")
    void appliesToCurrentCode(Path patch) throws IOException {
        assertThat(hunks(patch)).isNotEmpty().allSatisfy(hunk -> assertThat(
                        Collections.indexOfSubList(Files.readAllLines(hunk.file()), hunk.before()))
                .as("%s no longer applies to %s; make the patch again", patch, hunk.file())
                .isNotNegative());
    }

    private static List<Hunk> hunks(Path patch) throws IOException {
        var hunks = new ArrayList<Hunk>();
        var file = Path.of("");
        for (var line : Files.readAllLines(patch)) {
            if (line.startsWith("+++ b/")) {
                file = Path.of(line.substring("+++ b/".length()));
            } else if (line.startsWith("@@ ")) {
                hunks.add(new Hunk(file, new ArrayList<>()));
            } else if (line.startsWith(" ") || line.startsWith("-") && !line.startsWith("--- ")) {
                hunks.get(hunks.size() - 1).before().add(line.substring(1));
            }
        }
        return hunks;
    }
}
