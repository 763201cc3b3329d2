/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.SilentProxy;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged operator, while a real API server does not deliver changes of requests. Skipped if the binaries of the API
 * server are missing.
 */
class WatchStoryIT {
    private static final Map<String, String> FREQUENT_CHECKS =
            Map.of("evs.watch.check-interval", "1s", "evs.watch.idle-timeout", "3s");
    private static final String DEFINITION = "volumesnapshotrequests.evs.snapshot-operator.io";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static OperatorProcess.Builder operator(Path kubeconfig, Map<String, String> settings) {
        return OperatorProcess.packaged("watch")
                .kubeconfig(kubeconfig)
                .settings(settings)
                .javaOptions("-Xmx128m");
    }

    @Test
    void reportsRevokedRightAndRecovers() throws Exception {
        var story = stories.prepare(cloud(), FREQUENT_CHECKS);
        var user = "operator-of-" + story.namespace();
        bind(story, user);
        allow(story, rule("*", "*"));
        try (var operator = operator(stories.server().kubeconfig(), story.settings())
                .environment("KUBERNETES_IMPERSONATE_USERNAME", user)
                .start()
                .awaitLeading()) {
            assertThat(get(operator, "/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(operator, "/q/metrics").body()).contains("evs_watch_healthy 1.0");

            allow(story, rule("coordination.k8s.io", "leases"));

            operator.awaitLog("Watch trouble started");
            assertThat(operator.log()).contains("\"reason\":\"LIST_DENIED\"", "volumesnapshotrequests");
            assertThat(get(operator, "/q/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(operator, "/q/metrics").body()).contains("evs_watch_healthy 0.0");

            allow(story, rule("*", "*"));

            operator.awaitLog("Watch trouble over");
            story.apply("after", ofVolume(VOLUME).build());
            story.awaitReady("after");
            assertThat(get(operator, "/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(operator, "/q/metrics").body()).contains("evs_watch_healthy 1.0");
        }
    }

    @Test
    void startsWatchAgainWhenItsConnectionIsSilent(@TempDir Path folder) throws Exception {
        var settings = new HashMap<>(FREQUENT_CHECKS);
        // A request to renew the Lease can be on a silent connection too, and the Lease of the stories is short.
        settings.put("evs.leader-election.enabled", "false");
        var story = stories.prepare(cloud(), settings);
        try (var proxy = SilentProxy.to(port(stories.server()));
                var operator = operator(kubeconfigOf(proxy, folder), story.settings())
                        .start()
                        .awaitLeading()) {
            story.apply("before", ofVolume(VOLUME).build());
            story.awaitReady("before");

            proxy.silence();

            story.apply("after", ofVolume(VOLUME).build());
            story.awaitReady("after");
            assertThat(operator.isAlive()).isTrue();
        }
    }

    @Test
    void reportsMissingResourceDefinitionAndRecovers() throws Exception {
        try (var server = RealApiServer.of(RealApiServer.NEWEST).start();
                var cloud = EvsSimulator.start(cloud().build())) {
            server.installCrds();
            server.client()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("watch")
                            .endMetadata()
                            .build())
                    .create();
            var settings = RunningOperator.settings(cloud, "watch");
            settings.putAll(FREQUENT_CHECKS);
            try (var operator = operator(server.kubeconfig(), settings).start().awaitLeading()) {
                server.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(DEFINITION)
                        .delete();
                operator.awaitLog("Watch trouble started");
                assertThat(operator.log())
                        .contains(
                                "\"reason\":\"RESOURCE_DEFINITION_MISSING\"", "Install the custom resource definition");

                server.installCrds();

                operator.awaitLog("Watch trouble over");
                var request = server.client().resource(nightly()).create();
                Story.eventually().untilAsserted(() -> assertThat(
                                server.client().resource(request).get().getStatus())
                        .satisfies(status -> assertThat(status.snapshotStatus()).isEqualTo("available")));
            }
        }
    }

    private static VolumeSnapshotRequest nightly() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace("watch")
                .withName("nightly")
                .build());
        request.setSpec(ofVolume(VOLUME).build());
        return request;
    }

    private static void bind(Story story, String user) {
        story.kubernetes()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName("operator")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "operator")
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    private static void allow(Story story, PolicyRule... rules) {
        story.kubernetes()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName("operator")
                        .endMetadata()
                        .withRules(Arrays.asList(rules))
                        .build())
                .forceConflicts()
                .serverSideApply();
    }

    private static PolicyRule rule(String group, String resource) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(List.of("*"))
                .build();
    }

    private static int port(RealApiServer server) {
        return server.client().getMasterUrl().getPort();
    }

    private static Path kubeconfigOf(SilentProxy proxy, Path folder) throws IOException {
        var original = Files.readString(stories.server().kubeconfig());
        var through = Pattern.compile("https://127\\.0\\.0\\.1:\\d+")
                .matcher(original)
                .replaceAll("https://127.0.0.1:" + proxy.port());
        return Files.writeString(folder.resolve("kubeconfig"), through);
    }

    private static HttpResponse<String> get(OperatorProcess operator, String path)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(operator.http() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
