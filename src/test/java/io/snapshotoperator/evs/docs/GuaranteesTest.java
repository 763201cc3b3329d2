/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every test that {@code docs/design/guarantees.md} names exists. */
class GuaranteesTest {
    private static final Path DOCUMENT = Path.of("docs", "design", "guarantees.md");
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))(?:#([A-Za-z]+))?`");

    static List<String> promises() throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| G"))
                .toList();
    }

    @Test
    void listsPromisesOfCreatePath() throws IOException {
        var promised = promises().stream().map(row -> cells(row).get(1)).toList();
        assertThat(promised).contains("G1", "G2", "G3", "G5", "G6");
    }

    @ParameterizedTest
    @MethodSource("promises")
    void everyPromiseNamesExistingTests(String row) throws IOException {
        var tests = NAMED.matcher(cells(row).get(4));
        var found = 0;
        while (tests.find()) {
            found++;
            var source = source(tests.group(1));
            if (tests.group(2) != null) {
                assertThat(source).as(tests.group()).contains("void " + tests.group(2) + "(");
            }
        }
        assertThat(found).as("tests named in: %s", row).isPositive();
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|")).map(String::strip).toList();
    }

    private static String source(String test) throws IOException {
        try (var files = Files.walk(TESTS)) {
            var file = files.filter(path -> path.getFileName().toString().equals(test + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no test " + test));
            return Files.readString(file);
        }
    }
}
