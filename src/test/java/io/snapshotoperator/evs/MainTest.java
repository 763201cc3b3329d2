/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.docs.DocumentationFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"operate", "Run", "--verbose", "orphans manifests", "run now"})
    void printsUsageAndReturnsTwoForUnknownWord(String words) {
        assertThat(execute(words.split(" "))).isEqualTo(2);
        assertThat(err.toString())
                .contains(words.substring(words.lastIndexOf(' ') + 1), "Usage: evs-snapshot-operator");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "simulator --prot=1",
                "simulator --port=web",
                "simulator --port=99999",
                "simulator --disk=v-1,size=0"
            })
    void printsSentenceWithoutUsageForInvalidFlagOfSimulator(String words) {
        assertThat(execute(words.split(" "))).isEqualTo(2);
        assertThat(err.toString())
                .contains(words.substring(words.indexOf("--"), words.indexOf('=')))
                .endsWith("The flag --help lists all flags.\n")
                .doesNotContain("Usage:");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "run --help", "orphans --help", "handback --help", "simulator --help"})
    void printsHelp(String words) {
        assertThat(execute(words.split(" "))).isZero();
        assertThat(out.toString()).startsWith("Usage: evs-snapshot-operator");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void namesEveryCommandInHelp() {
        execute("--help");

        assertThat(out.toString())
                .containsPattern("(?m)^  run ")
                .containsPattern("(?m)^  orphans ")
                .containsPattern("(?m)^  handback ")
                .containsPattern("(?m)^  simulator ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "run --version",
                "orphans --version",
                "handback --version",
                "plan --version",
                "simulator --version"
            })
    void printsVersion(String words) {
        assertThat(execute(words.split(" "))).isZero();
        assertThat(out.toString()).startsWith("evs-snapshot-operator ");
    }

    @Test
    void documentsTheExitCodesOfHelp() {
        execute("--help");
        var inHelp = Pattern.compile("(?m)^  (\\d+) ")
                .matcher(out.toString())
                .results()
                .map(MatchResult::group);
        var documented = DocumentationFiles.rows(DocumentationFiles.REFERENCE.resolve("exit-codes.md")).stream()
                .map(DocumentationFiles.Row::name)
                .filter(name -> name.matches("\\d+"));

        assertThat(inHelp.map(String::strip)).containsExactlyElementsOf(documented.toList());
    }
}
