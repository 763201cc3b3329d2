/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatus;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RealApiServer.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks {@code crds/} with a real API server: what it rejects and with which message, which defaults it sets, and what
 * kubectl shows.
 *
 * <p>Each folder of {@code CrdRules} is one case: a manifest that the API server accepts, one that it rejects, and the
 * output of kubectl for the rejection. With a {@code before.yaml}, the two manifests are changes of that object.
 */
@ParameterizedClass(name = "kube-apiserver {0}")
@ValueSource(strings = {RealApiServer.NEWEST, RealApiServer.OLDEST})
class CrdRulesIT {
    private static final Path CASES = Path.of("src", "test", "resources", "CrdRules");

    @Parameter
    String version;

    private RealApiServer server;
    private String namespace;

    @BeforeEach
    void createNamespace() {
        server = RealApiServer.shared(version);
        namespace = server.client()
                .namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("crd-rules-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    @TestFactory
    Stream<DynamicTest> acceptsValidAndRejectsInvalidManifestWithMessage() throws IOException {
        try (var cases = Files.list(CASES)) {
            return cases
                    .sorted()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)))
                    .toList()
                    .stream();
        }
    }

    private void check(Path folder) throws IOException {
        var verb = "create";
        if (Files.exists(folder.resolve("before.yaml"))) {
            assertThat(kubectl("create", "-f", folder.resolve("before.yaml").toString()))
                    .satisfies(CrdRulesIT::succeeded);
            verb = "replace";
        }
        // One process for both manifests, because the start of kubectl takes most of the time of a case.
        var output = kubectl(
                verb,
                "--dry-run=server",
                "-f",
                folder.resolve("accepted.yaml").toString(),
                "-f",
                folder.resolve("rejected.yaml").toString());

        assertThat(comparable(output.err())).isEqualTo(comparable(Files.readString(folder.resolve("message.txt"))));
        assertThat(output.out()).as("accepted").matches("(\\S+ " + verb + "d \\(server dry run\\)\n)+");
        assertThat(output.exit()).isEqualTo(1);
    }

    /** Removes the value: 1.34 prints the type of a value where 1.37 prints the value, or nothing for an object. */
    private String comparable(String message) {
        return version.equals(RealApiServer.NEWEST)
                ? message
                : message.replaceAll("Invalid value: \"[^\"]*\": (?!spec)", "Invalid value: ");
    }

    private static void succeeded(Output output) {
        assertThat(output.err()).isEmpty();
        assertThat(output.exit()).isZero();
    }

    @Test
    void hasObservedGenerationMinusOneBeforeFirstReconcile() {
        var created = create("fresh");

        assertThat(created.getStatus().observedGeneration()).isEqualTo(-1);
        assertThat(created.getStatus().conditions()).isEmpty();
    }

    @Test
    void setsOnlyDefaultsThatApplyToEverySource() {
        create("fresh");

        assertThat(kubectl("get", "vsr", "fresh", "-o", "jsonpath={.spec}").out())
                .isEqualTo("""
                        {"failurePolicy":"Keep","readyWithin":"1h","source":{"volumeId":"5aa119a8-d25b-45a7-8d1b-88e127885635"}}""");
    }

    @Test
    void dropsUnknownFields() {
        var manifest = """
                {"apiVersion": "evs.snapshot-operator.io/v1alpha1", "kind": "VolumeSnapshotRequest",
                 "metadata": {"name": "later"}, "spec": {"source": {"volumeId": "5aa119a8-d25b-45a7-8d1b-88e127885635"}, "speed": "fast"}}""";
        server.client()
                .raw(
                        "/apis/evs.snapshot-operator.io/v1alpha1/namespaces/" + namespace + "/volumesnapshotrequests",
                        "POST",
                        Serialization.unmarshal(manifest, Map.class));

        assertThat(kubectl("get", "vsr", "later", "-o", "jsonpath={.spec.speed}")
                        .out())
                .isEmpty();
    }

    @Test
    void rejectsSecondConditionOfSameType() {
        var created = create("twice");
        var condition = new ConditionBuilder()
                .withType("Ready")
                .withStatus("False")
                .withReason("WaitingForCloud")
                .withMessage("The cloud is still creating the snapshot.")
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build();
        created.setStatus(Serialization.unmarshal(
                Serialization.asJson(Map.of("conditions", List.of(condition, condition))),
                VolumeSnapshotRequestStatus.class));

        assertThatThrownBy(() -> server.client().resource(created).updateStatus())
                .hasMessageContaining("status.conditions[1]: Duplicate value");
    }

    @Test
    void kubectlGetShowsColumnsInDeclaredOrder() {
        create("fresh");
        ready(create("nightly"));

        assertThat(withoutAges(kubectl("get", "vsr").out())).isEqualTo("""
                        NAME      STATE       READY   REASON              SNAPSHOT                               SIZE   AGE
                        fresh                                                                                           ...
                        nightly   available   True    SnapshotAvailable   2bb856e1-b3d8-4432-a858-09e4ce939389   40     ...
                        """);
        assertThat(withoutAges(kubectl("get", "vsr", "nightly", "-o", "wide").out()))
                .isEqualTo("""
                        NAME      STATE       READY   REASON              SNAPSHOT                               SIZE   AGE   VOLUME                                 SOURCE-RISK   MESSAGE
                        nightly   available   True    SnapshotAvailable   2bb856e1-b3d8-4432-a858-09e4ce939389   40     ...   5aa119a8-d25b-45a7-8d1b-88e127885635                 The snapshot can be used.
                        """);
    }

    @Test
    void kubectlGetShowsSchedulesWithTheirNextSlot() {
        var schedule = Serialization.unmarshal("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotSchedule
                metadata: {name: nightly}
                spec: {schedule: "30 2 * * *", timeZone: Europe/Berlin, sources: [{persistentVolumeClaimName: data-0}]}
                """, VolumeSnapshotSchedule.class);
        var created = server.client().resource(schedule).inNamespace(namespace).create();
        created.setStatus(Serialization.unmarshal("""
                nextSlot: "2027-01-02T01:30:00Z"
                conditions:
                - type: Ready
                  status: "True"
                  reason: ScheduleActive
                  message: The operator creates a request for each source at each slot.
                  lastTransitionTime: "2026-01-01T00:00:00Z"
                """, VolumeSnapshotScheduleStatus.class));
        server.client().resource(created).updateStatus();

        assertThat(withoutAges(kubectl("get", "vss").out())).isEqualTo("""
                        NAME      SCHEDULE     ZONE            READY   REASON           LAST GOOD   NEXT                   AGE
                        nightly   30 2 * * *   Europe/Berlin   True    ScheduleActive               2027-01-02T01:30:00Z   ...
                        """);
    }

    @Test
    void kubectlGetShowsRestoresWithTheirVolumeAndClaim() {
        var restore = Serialization.unmarshal("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRestore
                metadata: {name: back}
                spec: {requestRef: {name: nightly}}
                """, VolumeSnapshotRestore.class);
        var created = server.client().resource(restore).inNamespace(namespace).create();
        assertThat(created.getStatus().observedGeneration()).isEqualTo(-1);
        created.setStatus(Serialization.unmarshal("""
                volumeId: 3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11
                volumeStatus: available
                sizeGiB: 40
                availabilityZone: eu-de-01
                persistentVolumeClaimName: data-app-0
                conditions:
                - type: Ready
                  status: "True"
                  reason: VolumeRestored
                  message: The volume exists and can be used.
                  lastTransitionTime: "2026-01-01T00:00:00Z"
                """, VolumeSnapshotRestoreStatus.class));
        server.client().resource(created).updateStatus();

        assertThat(withoutAges(kubectl("get", "vsrestore", "-o", "wide").out())).isEqualTo("""
                        NAME   REQUEST   STATE       READY   REASON           VOLUME                                 SIZE   AGE   ZONE       CLAIM        MESSAGE
                        back   nightly   available   True    VolumeRestored   3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11   40     ...   eu-de-01   data-app-0   The volume exists and can be used.
                        """);
    }

    @Test
    void listsRequestsInCategoryEvsButNotInAll() {
        create("nightly");

        assertThat(kubectl("get", "evs", "-o", "name").out())
                .isEqualTo("volumesnapshotrequest.evs.snapshot-operator.io/nightly\n");
        assertThat(kubectl("get", "all", "-o", "name").out()).doesNotContain("volumesnapshotrequest");
    }

    @TestFactory
    Stream<DynamicTest> kubectlExplainShowsDescriptionOfEachField() throws IOException {
        return Stream.of(
                        objects("vsr", "volumesnapshotrequests"),
                        objects("vss", "volumesnapshotschedules"),
                        objects("vsrestore", "volumesnapshotrestores"))
                .flatMap(objects -> objects)
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    // The API server publishes a new schema a short time after it serves it.
                    var output = await().atMost(Duration.ofSeconds(20))
                            .until(() -> kubectl("explain", entry.getKey()), explained -> explained.exit() == 0);
                    var explained = inOneLine(output.out());
                    for (var field : entry.getValue().getProperties().entrySet()) {
                        assertThat(field.getValue().getDescription())
                                .as(field.getKey())
                                .isNotBlank();
                        assertThat(explained)
                                .contains(
                                        field.getKey() + " <",
                                        inOneLine(field.getValue().getDescription()));
                    }
                }));
    }

    private static Stream<Map.Entry<String, JSONSchemaProps>> objects(String shortName, String plural)
            throws IOException {
        var definition = Serialization.unmarshal(
                Files.readString(Path.of("crds", plural + ".evs.snapshot-operator.io-v1.yml")),
                CustomResourceDefinition.class);
        return objects(
                shortName, definition.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema());
    }

    private static Stream<Map.Entry<String, JSONSchemaProps>> objects(String path, JSONSchemaProps schema) {
        if (schema.getType().equals("array")) {
            return objects(path, schema.getItems().getSchema());
        }
        if (schema.getProperties() == null || schema.getProperties().isEmpty()) {
            return Stream.empty();
        }
        return Stream.concat(
                Stream.of(Map.entry(path, schema)),
                schema.getProperties().entrySet().stream()
                        .flatMap(field -> objects(path + "." + field.getKey(), field.getValue())));
    }

    private static String inOneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** Replaces ages. An age of up to 99 seconds is as wide as its heading, so the columns after it do not move. */
    private static String withoutAges(String table) {
        return table.replaceAll("(?m)(?<= )(\\d{2}s|\\ds(?: (?= )|$))", "...").replaceAll("(?m) +$", "");
    }

    private VolumeSnapshotRequest create(String name) {
        var request = Serialization.unmarshal("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRequest
                spec: {source: {volumeId: 5aa119a8-d25b-45a7-8d1b-88e127885635}}
                """, VolumeSnapshotRequest.class);
        request.getMetadata().setName(name);
        assertThat(request.getSpec().source())
                .isEqualTo(SnapshotSource.ofVolume("5aa119a8-d25b-45a7-8d1b-88e127885635"));
        return server.client().resource(request).inNamespace(namespace).create();
    }

    private void ready(VolumeSnapshotRequest request) {
        request.setStatus(Serialization.unmarshal("""
                snapshotId: 2bb856e1-b3d8-4432-a858-09e4ce939389
                snapshotStatus: available
                volumeId: 5aa119a8-d25b-45a7-8d1b-88e127885635
                sizeGiB: 40
                observedGeneration: 1
                conditions:
                - type: Ready
                  status: "True"
                  reason: SnapshotAvailable
                  message: The snapshot can be used.
                  lastTransitionTime: "2026-01-01T00:00:00Z"
                """, VolumeSnapshotRequestStatus.class));
        server.client().resource(request).updateStatus();
    }

    private Output kubectl(String... arguments) {
        return server.kubectl(Stream.concat(Stream.of("--namespace=" + namespace), Stream.of(arguments))
                .toArray(String[]::new));
    }
}
