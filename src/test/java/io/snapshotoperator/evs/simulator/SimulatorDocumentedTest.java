/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.docs.DocumentationFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Option;

/** Checks that {@code docs/reference/simulator.md} lists the flags, faults and control calls of the code. */
class SimulatorDocumentedTest {

    private static final Path DOCUMENT = DocumentationFiles.REFERENCE.resolve("simulator.md");
    private static final Pattern CURL =
            Pattern.compile("(?m)^curl (?:-X (\\w+) )?\"?\\$SIMULATOR(/[^ \"\n]+)\"?(?: -d '(.*)')?$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern MEMBERS = Pattern.compile("Its members are \\[(.*)]");

    @Test
    void documentListsExactlyAllFlagsWithDefaultAndVariable() {
        var specification = SimulatorCommand.commandLine().getCommandSpec();
        var flags = Stream.of(SimulatorCommand.class, VolumeFlags.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> field.isAnnotationPresent(Option.class))
                .map(field -> field.getAnnotation(Option.class))
                .map(option -> List.of(
                        option.names()[0],
                        defaultOf(option),
                        SimulatorCommand.variableOf(specification.findOption(option.names()[0]))))
                .toList();

        assertThat(rows("--"))
                .extracting(row -> List.of(
                        row.name(), text(row.cells().get(0)), text(row.cells().get(1))))
                .isEqualTo(flags);
        assertThat(rows("--")).allSatisfy(row -> assertThat(row.cells().get(2)).hasSizeGreaterThan(5));
    }

    @Test
    void documentListsExactlyAllFaultsWithCallsAndMeaning() {
        var faults = Arrays.stream(Fault.values())
                .map(fault -> List.of(fault.name(), callsOf(fault), fault.meaning()))
                .toList();

        assertThat(DocumentationFiles.rows(DOCUMENT).stream()
                        .filter(row -> row.name().matches("[A-Z0-9_]+")))
                .extracting(row ->
                        List.of(row.name(), row.cells().get(0), row.cells().get(1)))
                .isEqualTo(faults);
    }

    @Test
    void documentListsExactlyAllEndpointsWithParametersAndMembers() {
        try (var simulator = EvsSimulator.start()) {
            var endpoints = new ControlHandler(simulator).endpoints();
            var documented = DocumentationFiles.rows(DOCUMENT).stream()
                    .filter(row -> row.name().contains(" /simulator/"))
                    .toList();

            assertThat(documented)
                    .extracting(DocumentationFiles.Row::name)
                    .isEqualTo(endpoints.stream()
                            .map(endpoint -> endpoint.method() + " " + endpoint.path())
                            .toList());
            for (var i = 0; i < endpoints.size(); i++) {
                assertThat(codeWords(documented.get(i).cells().get(0)))
                        .as(documented.get(i).name())
                        .containsAll(names(simulator, endpoints.get(i)));
            }
        }
    }

    /** Sends each call of the examples, in their order. */
    @Test
    void everyEndpointHasExampleThatWorks() throws IOException {
        var settings = SimulatorCommand.settingsOf("--port=0", "--disk=v-1", "--snapshot=s-1,disk=v-1");
        try (var simulator = EvsSimulator.start(settings)) {
            var caller = new Caller(simulator);
            var called = new HashSet<String>();
            CURL.matcher(Files.readString(DOCUMENT)).results().forEach(curl -> {
                var method = curl.group(1) == null ? "GET" : curl.group(1);
                var body = curl.group(3) == null ? new String[0] : new String[] {curl.group(3)};
                var response = caller.send(method, "/simulator" + curl.group(2), body);
                assertThat(response.status()).as(curl.group()).isBetween(200, 299);
                called.add(method + " /simulator"
                        + curl.group(2).replaceAll("\\?.*", "").replaceAll("/([vs]-)?\\d$", "/{id}"));
            });

            assertThat(called)
                    .containsExactlyInAnyOrderElementsOf(new ControlHandler(simulator)
                            .endpoints().stream()
                                    .map(endpoint -> endpoint.method() + " " + endpoint.path())
                                    .toList());
        }
    }

    private static List<DocumentationFiles.Row> rows(String prefix) {
        return DocumentationFiles.rows(DOCUMENT).stream()
                .filter(row -> row.name().startsWith(prefix))
                .toList();
    }

    private static String defaultOf(Option option) {
        var start = option.defaultValue().indexOf(":-");
        var value = start < 0 ? "" : option.defaultValue().substring(start + 2).replace("}", "");
        return value.isEmpty() ? "—" : value;
    }

    private static String callsOf(Fault fault) {
        return fault.defaultOperations().equals(Operation.ofEvs())
                ? "all of EVS"
                : String.join(
                        ", ",
                        fault.defaultOperations().stream()
                                .sorted()
                                .map(Operation::name)
                                .toList());
    }

    /** The names that the query and the body of an endpoint can have. The rejection of an unknown member lists the latter. */
    private static List<String> names(EvsSimulator simulator, ControlHandler.Endpoint endpoint) {
        var rejected = new Caller(simulator)
                .send(endpoint.method(), endpoint.path().replace("{id}", "x"), "{\"unknown\":1}")
                .at("/problem")
                .asText();
        var members = MEMBERS.matcher(rejected);
        var all = members.find() ? Arrays.stream(members.group(1).split(", ")) : Stream.<String>of();
        return Stream.concat(endpoint.parameters().stream(), all).toList();
    }

    private static List<String> codeWords(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    private static String text(String cell) {
        return cell.replace("`", "");
    }
}
