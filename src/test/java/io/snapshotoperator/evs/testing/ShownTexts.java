/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.cloud.http.HostileText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;

/** Everything that an operator in this JVM shows to people: its own log lines of all levels, those of its libraries, events and statuses. */
public final class ShownTexts implements AutoCloseable {
    /** Longer than each text that the operator shows, and much shorter than what a hostile cloud sends. */
    private static final int MAX_LINE = 4_000;

    private static final int MAX_MESSAGE = 1_024;

    private final KubernetesClient kubernetes;
    private final List<LogCapture> logs = List.of(
            LogCapture.of("io.snapshotoperator"),
            LogCapture.of("io.javaoperatorsdk"),
            LogCapture.of("io.fabric8.kubernetes.client.extended.leaderelection"));

    private ShownTexts(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
        // The libraries log whole objects at DEBUG, which no one uses in production.
        logs.subList(1, logs.size()).forEach(log -> log.setLevelOfLogger(Level.INFO));
    }

    /** Collects the log from now on. */
    public static ShownTexts capture(KubernetesClient kubernetes) {
        return new ShownTexts(kubernetes);
    }

    /** Returns the statuses and events of these namespaces, each value on a line and without escapes. */
    public List<String> objects(Collection<String> namespaces) {
        var texts = new ArrayList<String>();
        for (var namespace : namespaces) {
            kubernetes.resources(VolumeSnapshotRequest.class).inNamespace(namespace).list().getItems().stream()
                    .map(request -> values(request.getStatus()))
                    .forEach(texts::add);
            kubernetes.resources(EvsConnection.class).inNamespace(namespace).list().getItems().stream()
                    .map(connection -> values(connection.getStatus()))
                    .forEach(texts::add);
            kubernetes.resources(VolumeSnapshotSchedule.class).inNamespace(namespace).list().getItems().stream()
                    .map(schedule -> values(schedule.getStatus()))
                    .forEach(texts::add);
            kubernetes.resources(VolumeSnapshotRestore.class).inNamespace(namespace).list().getItems().stream()
                    .map(restore -> values(restore.getStatus()))
                    .forEach(texts::add);
            events(namespace).map(ShownTexts::values).forEach(texts::add);
        }
        return texts;
    }

    /** Returns the lines of the log, each with its stack trace. */
    public List<String> logLines() {
        return logs.stream()
                .flatMap(log -> log.lines().stream())
                .map(ShownTexts::text)
                .toList();
    }

    /** Asserts that nothing shows a secret, a control character, or a text without a limit. */
    public void assertShowNothing(Collection<String> secrets, Collection<String> namespaces) {
        assertThat(logLines()).isNotEmpty().allSatisfy(line -> {
            HostileText.assertNothingRaw(line, secrets);
            assertThat(line.lines())
                    .allSatisfy(part -> assertThat(part.length()).isLessThan(MAX_LINE));
        });
        assertThat(objects(namespaces)).isNotEmpty().allSatisfy(text -> HostileText.assertNothingRaw(text, secrets));
        namespaces.forEach(namespace -> assertThat(events(namespace))
                .allSatisfy(event -> assertThat(event.getMessage()).hasSizeLessThan(MAX_MESSAGE)));
    }

    private Stream<Event> events(String namespace) {
        return kubernetes.v1().events().inNamespace(namespace).list().getItems().stream();
    }

    /** YAML and JSON would escape control characters, and so hide them. */
    private static String values(Object object) {
        var lines = new StringBuilder();
        appendValues("", new ObjectMapper().valueToTree(object), lines);
        return lines.toString();
    }

    private static void appendValues(String name, JsonNode node, StringBuilder lines) {
        if (node.isValueNode()) {
            lines.append(name).append(": ").append(node.asText()).append('\n');
        }
        node.properties().forEach(entry -> appendValues(entry.getKey(), entry.getValue(), lines));
        if (node.isArray()) {
            node.forEach(element -> appendValues(name, element, lines));
        }
    }

    private static String text(LogCapture.Line line) {
        var text = new StringWriter();
        text.append(line.toString()).append(' ').append(line.record().getMessage());
        if (line.record().getThrown() != null) {
            line.record().getThrown().printStackTrace(new PrintWriter(text, true));
        }
        return text.toString();
    }

    @Override
    public void close() {
        logs.forEach(LogCapture::close);
    }
}
