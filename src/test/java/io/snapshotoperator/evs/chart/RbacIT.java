/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.ConfigMapKeyRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpec;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.AdjustableClock;
import io.snapshotoperator.evs.testing.AuditLog;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.ShownTexts;
import io.snapshotoperator.evs.testing.SnapshotController;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.VolumeController;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The roles of the chart on a real API server. The operator, its commands and users run with these roles only. The audit log
 * says which binding allowed each request. Each right that the chart renders must have allowed one, and when it is removed the
 * API server must deny the same request. So a new rule without a use fails, and so does a rule that two roles grant.
 */
class RbacIT {
    private static final String GROUP = "evs.snapshot-operator.io";

    /** Where the operator works. */
    enum Scope {
        ALL_NAMESPACES,
        /** Also selects the namespaces of its own connection by labels, which needs another right. */
        WATCHED_NAMESPACES;

        String release() {
            return "evs-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One installation: what the chart renders, and two namespaces of teams. */
    private record Installation(String release, String namespace, List<String> teams, List<HasMetadata> objects) {
        String user() {
            return "system:serviceaccount:" + namespace + ":" + account();
        }

        String account() {
            return Chart.of(ServiceAccount.class, objects).get(0).getMetadata().getName();
        }
    }

    @TempDir
    static Path folder;

    private static RealApiServer server;
    private static AuditLog audit;
    private static EvsSimulator cloud;
    private static final AdjustableClock SCHEDULE_CLOCK = new AdjustableClock();

    @BeforeAll
    static void start() throws IOException {
        var builder = RealApiServer.of(RealApiServer.NEWEST);
        audit = AuditLog.enableFor(builder, folder);
        server = builder.start();
        server.installCrds();
        SnapshotController.installCrds(server);
        cloud = EvsSimulator.start(StoryExtension.cloud()
                .snapshotsPerVolume(100)
                .anyVolume(Volume.available(VOLUME))
                .build());
        cloud.faults()
                .add(FaultRule.always(Fault.SLOW_ANSWER)
                        .on(Operation.CREATE)
                        .ofVolume(volumeId("slow"))
                        .withDelay(Duration.ofMillis(700)));
        cloud.faults()
                .add(FaultRule.always(Fault.SLOW_ANSWER)
                        .on(Operation.DISK_CREATE)
                        .withDelay(Duration.ofMillis(700)));
    }

    @AfterAll
    static void stop() {
        if (cloud != null) {
            cloud.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** An operator of all namespaces would find the objects of the other tests. */
    @AfterEach
    void removeObjects() {
        removeAll(VolumeSnapshotRestore.class);
        removeAll(VolumeSnapshotRequest.class);
        removeAll(EvsConnection.class);
        removeAll(VolumeSnapshotSchedule.class);
    }

    private static <T extends HasMetadata> void removeAll(Class<T> kind) {
        client().resources(kind).inAnyNamespace().list().getItems().forEach(object -> {
            client().resource(object).edit(stored -> {
                stored.getMetadata().setFinalizers(List.of());
                return stored;
            });
            client().resource(object).delete();
        });
    }

    @ParameterizedTest
    @EnumSource
    void operatorUsesEachRightAndIsDeniedWithoutIt(Scope scope) throws IOException {
        var installation = install(scope.release(), scope);
        try (var operator = operator(installation)) {
            Story.eventually().until(operator::leads);
            installation.teams().forEach(RbacIT::useEverything);
        }

        assertEachRightIsUsedAndNeeded(
                Right.grantedBy(installation.objects()), audit.events(installation.user()), installation.user());
    }

    @Test
    void commandsNeedNoOtherRightsThanTheOperator() throws IOException {
        var installation = install("evs-commands", Scope.WATCHED_NAMESPACES);
        var team = installation.teams().get(0);
        try (var operator = operator(installation)) {
            Story.eventually().until(operator::leads);
            create(team, "kept", ofVolume(VOLUME).force(true).build());
            connect(team, "kept", "evs", null);
            awaitReason(team, "kept", "SnapshotAvailable");
            awaitConnection(team, "kept", "CredentialsInvalid");
        }
        // The cloud still has its snapshot.
        client().resources(VolumeSnapshotRequest.class)
                .inNamespace(team)
                .withName("kept")
                .edit(request -> {
                    request.getMetadata().setFinalizers(List.of());
                    return request;
                });
        client().resources(VolumeSnapshotRequest.class).inNamespace(team).delete();
        create(team, "another", ofVolume(VOLUME).force(true).build());
        try (var operator = operator(installation)) {
            Story.eventually().until(operator::leads);
            awaitReason(team, "another", "SnapshotAvailable");
        }
        var before = audit.events(installation.user()).size();

        var orphans = command(installation, "orphans", "--manifests");
        var listed = command(installation, "handback");
        var done = command(installation, "handback", "--yes");

        assertThat(orphans).contains("1 orphaned snapshot");
        assertThat(listed).contains("2 objects have the finalizer");
        assertThat(done).contains("removed from 2 objects");
        var calls = audit.events(installation.user()).stream().skip(before).toList();
        assertThat(calls).isNotEmpty().allSatisfy(call -> assertThat(
                        call.at("/responseStatus/code").asInt())
                .as(call.toString())
                .isNotEqualTo(403));
    }

    @Test
    void usersUseEachRightOfTheirRolesAndAreDeniedWithoutIt() throws IOException {
        var installation = install("evs-users", Scope.ALL_NAMESPACES);
        var team = installation.teams().get(0);
        for (var suffix : List.of("view", "edit", "admin")) {
            var role = Chart.of(ClusterRole.class, installation.objects()).stream()
                    .filter(candidate -> candidate.getMetadata().getName().endsWith("-" + suffix))
                    .findFirst()
                    .orElseThrow();
            var user = "user-" + suffix;
            bind(team, role.getMetadata().getName(), user);
            writeObjects(team, user);
            var rights = Right.of("RoleBinding \"" + user + "/" + team + "\"", role).stream()
                    .sorted(Comparator.comparing(right -> ORDER.indexOf(right.verb())))
                    .toList();

            rights.forEach(right -> use(right, user, team));

            assertEachRightIsUsedAndNeeded(rights, audit.events(user), user);
            var status = server.kubectl(
                    "patch",
                    "vsr",
                    "any",
                    "-n",
                    team,
                    "--subresource=status",
                    "--type=merge",
                    "-p",
                    "{}",
                    "--as=" + user);
            assertThat(status.err()).contains("Forbidden");
        }
    }

    /** The objects that a user creates and updates. */
    private static void writeObjects(String team, String user) throws IOException {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(named(team, "of-" + user));
        request.setSpec(ofVolume(VOLUME).build());
        Files.writeString(folder.resolve("volumesnapshotrequests-" + user + ".json"), Serialization.asJson(request));
        Files.writeString(
                folder.resolve("evsconnections-" + user + ".json"),
                Serialization.asJson(connection(team, "of-" + user, "evs", null)));
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(named(team, "of-" + user));
        schedule.setSpec(minutely());
        Files.writeString(folder.resolve("volumesnapshotschedules-" + user + ".json"), Serialization.asJson(schedule));
        Files.writeString(
                folder.resolve("volumesnapshotrestores-" + user + ".json"),
                Serialization.asJson(restoreOf(team, "of-" + user, "by-volume")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volumesnapshotrequests        | patch  | cannot patch resource "volumesnapshotrequests"
            volumesnapshotrequests        | delete | cannot delete resource "volumesnapshotrequests"
            volumesnapshotrequests/status | patch  | cannot patch resource "volumesnapshotrequests/status"
            evsconnections                | patch  | cannot patch resource "evsconnections"
            evsconnections/status         | patch  | cannot patch resource "evsconnections/status"
            events                        | create | cannot create resource "events"
            volumesnapshotrequests        | create | cannot create resource "volumesnapshotrequests"
            volumesnapshotschedules/status | patch | cannot patch resource "volumesnapshotschedules/status"
            volumesnapshotrestores        | patch  | cannot patch resource "volumesnapshotrestores"
            volumesnapshotrestores/status | patch  | cannot patch resource "volumesnapshotrestores/status"
            persistentvolumeclaims        | list   | cannot list resource "persistentvolumeclaims"
            persistentvolumeclaims        | get    | cannot get resource "persistentvolumeclaims"
            persistentvolumeclaims        | watch  | Grant list and watch on persistentvolumeclaims
            persistentvolumes             | get    | cannot get resource "persistentvolumes"
            volumesnapshotcontents        | get    | cannot get resource "volumesnapshotcontents"
            volumesnapshotcontents        | create | cannot create resource "volumesnapshotcontents"
            volumesnapshots               | get    | cannot get resource "volumesnapshots"
            volumesnapshots               | create | cannot create resource "volumesnapshots"
            persistentvolumes             | create | cannot create resource "persistentvolumes"
            persistentvolumeclaims        | create | cannot create resource "persistentvolumeclaims"
            namespaces                    | get    | cannot get resource "namespaces"
            secrets                       | get    | What is missing is a Role with get on the Secret evs
            configmaps                    | get    | What is missing is a Role with get on the ConfigMap ca
            leases                        | create | cannot create resource "leases"
            leases                        | patch  | cannot patch resource "leases"
            """)
    void saysWhichRightIsMissing(String resource, String verb, String said) {
        var installation = installWithout(resource, verb);
        var team = installation.teams().get(0);
        try (var shown = ShownTexts.capture(client())) {
            try (var operator = operator(installation)) {
                useWithoutWaiting(team);
                Story.eventually()
                        .untilAsserted(() -> assertThat(said(shown, team)).contains(said));
            } catch (KubernetesClientException failed) {
                // The process ends with this message.
                assertThat(failed.getMessage()).contains(said);
            }
        }
    }

    /** The program ends, so it runs as a process. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volumesnapshotrequests | list  | cannot list resource "volumesnapshotrequests"
            volumesnapshotrequests | watch | cannot watch resource "volumesnapshotrequests"
            evsconnections         | list  | cannot list resource "evsconnections"
            evsconnections         | watch | cannot watch resource "evsconnections"
            volumesnapshotschedules | list | cannot list resource "volumesnapshotschedules"
            volumesnapshotschedules | watch | cannot watch resource "volumesnapshotschedules"
            volumesnapshotrestores | list  | cannot list resource "volumesnapshotrestores"
            volumesnapshotrestores | watch | cannot watch resource "volumesnapshotrestores"
            leases                 | get   | cannot get resource "leases"
            """)
    void endsAndSaysWhichRightIsMissing(String resource, String verb, String said) throws IOException {
        var installation = installWithout(resource, verb);
        try (var process =
                process(installation, "without-" + verb + "-" + resource).start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(60))).isEqualTo(4);
            // The log is JSON.
            assertThat(process.log().replace("\\\"", "\""))
                    .contains(said)
                    .contains("Grant this right to the service account");
        }
    }

    private static Installation installWithout(String resource, String verb) {
        var installation = install("evs-without-" + verb + "-" + resource.replace('/', '-'), Scope.WATCHED_NAMESPACES);
        var removed = Right.grantedBy(installation.objects()).stream()
                .filter(right ->
                        right.resource().equals(resource) && right.verb().equals(verb))
                .toList();
        assertThat(removed).isNotEmpty();
        removed.forEach(right -> setRules(right.role(), right.rulesWithout()));
        return installation;
    }

    private static String said(ShownTexts shown, String team) {
        return Stream.concat(shown.logLines().stream(), shown.objects(List.of(team)).stream())
                .collect(Collectors.joining("\n"));
    }

    // ---------------------------------------------------------------- what is done with the rights

    /** Does everything for which the operator needs a right, and waits for it. */
    private static void useEverything(String team) {
        useWithoutWaiting(team);
        awaitReason(team, "by-volume", "SnapshotAvailable");
        awaitReason(team, "by-claim", "SnapshotAvailable");
        awaitConnection(team, "without-certificates", "CaBundleNotUsable");
        awaitConnection(team, "without-credentials", "CredentialsInvalid");
        Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRequest.class)
                        .inNamespace(team)
                        .withName("brief")
                        .get())
                .isNull());
        Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRequest.class)
                        .inNamespace(team)
                        .withLabel(Api.SCHEDULE, "by-schedule")
                        .list()
                        .getItems())
                .isNotEmpty());
        useReadAfterConflict(team);
        useRestoreWithReadAfterConflict(team);
        Story.eventually().untilAsserted(() -> assertThat(client().persistentVolumeClaims()
                        .inNamespace(team)
                        .withName("restored")
                        .get())
                .isNotNull());
        useContent(team);
    }

    /** Lets the operator search for a content, and delete it with its VolumeSnapshot. */
    private static void useContent(String team) {
        awaitContent(team);
        Story.eventually()
                .ignoreException(KubernetesClientException.class)
                .until(
                        () -> client().resource(client().resources(VolumeSnapshotRequest.class)
                                        .inNamespace(team)
                                        .withName("with-content")
                                        .get())
                                .editStatus(request -> {
                                    request.setStatus(null);
                                    return request;
                                }),
                        Objects::nonNull);
        awaitContent(team);
        client().resources(VolumeSnapshotRequest.class)
                .inNamespace(team)
                .withName("with-content")
                .delete();
        Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRequest.class)
                        .inNamespace(team)
                        .withName("with-content")
                        .get())
                .isNull());
    }

    private static void awaitContent(String team) {
        Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRequest.class)
                        .inNamespace(team)
                        .withName("with-content")
                        .get()
                        .getStatus())
                .isNotNull()
                .extracting(VolumeSnapshotRequestStatus::volumeSnapshotContent)
                .isNotNull()
                .extracting(SnapshotContentStatus::reason)
                .isEqualTo(ContentReason.WaitingForBinding.name()));
    }

    /** Creates a schedule, and lets the operator see a slot of it. */
    private static void schedule(String team) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(named(team, "by-schedule"));
        schedule.setSpec(minutely());
        var created = client().resource(schedule).create();
        SCHEDULE_CLOCK.setForwardTo(SCHEDULE_CLOCK.instant().plus(Duration.ofMinutes(2)));
        client().resource(created).edit(edited -> {
            edited.getMetadata().setLabels(Map.of("changed", "true"));
            return edited;
        });
    }

    private static VolumeSnapshotScheduleSpec minutely() {
        return VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("* * * * *")
                .timeZone("UTC")
                .spread("0s")
                .sources(List.of(SourceSelector.ofPattern("*")))
                .build();
    }

    private static void useWithoutWaiting(String team) {
        create(team, "by-volume", ofVolume(VOLUME).force(true).build());
        create(team, "brief", ofVolume(VOLUME).force(true).ttl("1s").build());
        createClaim(team);
        create(team, "by-claim", ofClaim("data").build());
        create(
                team,
                "with-content",
                ofClaim("data")
                        .withContent(SnapshotContentSpecBuilder.builder()
                                .createVolumeSnapshot(true)
                                .build())
                        .build());
        connect(team, "without-certificates", "evs", "ca");
        connect(team, "without-credentials", "evs", null);
        schedule(team);
        var restore = restoreOf(team, "of-volume", "by-volume");
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder(restore.getSpec())
                .persistentVolumeClaim(new ClaimTemplate("restored", "disk.csi.everest.io", null, null, null))
                .build());
        client().resource(restore).create();
    }

    /** Changes the restore while its create request is in flight. */
    private static void useRestoreWithReadAfterConflict(String team) {
        var creates = cloud.callLog().count(Operation.DISK_CREATE);
        client().resource(restoreOf(team, "changed", "by-volume")).create();
        Story.eventually().until(() -> cloud.callLog().count(Operation.DISK_CREATE) > creates);
        client().resources(VolumeSnapshotRestore.class)
                .inNamespace(team)
                .withName("changed")
                .edit(stored -> {
                    stored.getMetadata().setLabels(Map.of("changed", "true"));
                    return stored;
                });
        for (var name : List.of("of-volume", "changed")) {
            Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRestore.class)
                            .inNamespace(team)
                            .withName(name)
                            .get()
                            .getStatus()
                            .conditions())
                    .as(name)
                    .anyMatch(condition -> condition.getReason().equals("VolumeRestored")));
        }
    }

    private static VolumeSnapshotRestore restoreOf(String team, String name, String request) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(named(team, name));
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder()
                .requestRef(new RequestRef(request))
                .build());
        return restore;
    }

    /** Changes the request while its create request is in flight, so that the operator must read it again to record the id. */
    private static void useReadAfterConflict(String team) {
        var creates = cloud.callLog().count(Operation.CREATE);
        create(team, "changed", ofVolume(volumeId("slow")).force(true).build());
        Story.eventually().until(() -> cloud.callLog().count(Operation.CREATE) > creates);
        client().resources(VolumeSnapshotRequest.class)
                .inNamespace(team)
                .withName("changed")
                .edit(request -> {
                    request.getMetadata().setLabels(Map.of("changed", "true"));
                    return request;
                });
        awaitReason(team, "changed", "SnapshotAvailable");
    }

    /** Sends the request that the right allows. */
    private static void use(Right right, String user, String team) {
        var all = "/apis/" + GROUP + "/v1alpha1/namespaces/" + team + "/" + right.resource();
        var one = all + "/of-" + user;
        var object = folder.resolve(right.resource() + "-" + user + ".json").toString();
        var arguments =
                switch (right.verb()) {
                    case "get" -> List.of("get", "--raw", one);
                    case "list" -> List.of("get", "--raw", all);
                    case "watch" -> List.of("get", "--raw", all + "?watch=true&timeoutSeconds=1");
                    case "create" -> List.of("create", "--raw", all, "-f", object);
                    case "update" -> List.of("replace", "--raw", one, "-f", object);
                    case "patch" ->
                        List.of(
                                "patch",
                                right.resource(),
                                "of-" + user,
                                "-n",
                                team,
                                "--type=merge",
                                "-p",
                                "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
                    case "delete" -> List.of("delete", "--raw", one);
                    case "deletecollection" -> List.of("delete", "--raw", all + "?labelSelector=c%3Dd");
                    default -> throw new IllegalArgumentException("no request uses " + right);
                };
        var command = new ArrayList<>(arguments);
        command.add("--as=" + user);
        server.kubectl(command.toArray(String[]::new));
    }

    // ---------------------------------------------------------------- what must hold

    /** The verbs in the order in which one object can serve them all. */
    private static final List<String> ORDER =
            List.of("create", "get", "list", "watch", "patch", "update", "delete", "deletecollection");

    private static void assertEachRightIsUsedAndNeeded(List<Right> rights, List<JsonNode> events, String user) {
        assertThat(events.stream()
                        .filter(event -> event.at("/responseStatus/code").asInt() == 403)
                        .filter(event ->
                                !event.at("/objectRef/subresource").asText().equals("status")))
                .as("requests that the API server denied")
                .isEmpty();
        var used = new HashMap<Right, List<JsonNode>>();
        for (var right : rights) {
            used.put(right, events.stream().filter(right::allowed).toList());
        }
        assertThat(used)
                .as("rights with the requests that they allowed")
                .allSatisfy((right, requests) ->
                        assertThat(requests).as(right.toString()).isNotEmpty());
        for (var right : rights) {
            var reviews = used.get(right).stream()
                    .map(request -> review(request, user))
                    .distinct()
                    .toList();
            setRules(right.role(), right.rulesWithout());
            for (var review : reviews) {
                soon().untilAsserted(() ->
                        assertThat(isAllowed(review)).as("without " + right).isFalse());
            }
            setRules(right.role(), rulesOf(right.role()));
            soon().untilAsserted(() ->
                    assertThat(isAllowed(reviews.get(0))).as("with " + right).isTrue());
        }
    }

    /** The API server follows a change of a role within milliseconds, and there are hundreds of them. */
    private static ConditionFactory soon() {
        return Story.eventually().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private static SubjectAccessReview review(JsonNode request, String user) {
        var object = request.path("objectRef");
        var groups = new ArrayList<>(List.of("system:authenticated"));
        if (user.startsWith("system:serviceaccount:")) {
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + user.split(":")[2]);
        }
        return new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user)
                .withGroups(groups)
                .withNewResourceAttributes()
                .withVerb(request.path("verb").asText())
                .withGroup(object.path("apiGroup").asText())
                .withResource(object.path("resource").asText())
                .withSubresource(object.path("subresource").asText())
                .withNamespace(object.path("namespace").asText())
                .withName(object.path("name").asText())
                .endResourceAttributes()
                .endSpec()
                .build();
    }

    private static boolean isAllowed(SubjectAccessReview review) {
        return client().authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }

    private static List<PolicyRule> rulesOf(HasMetadata role) {
        return role instanceof ClusterRole cluster ? cluster.getRules() : ((Role) role).getRules();
    }

    private static void setRules(HasMetadata role, List<PolicyRule> rules) {
        if (role instanceof ClusterRole cluster) {
            client().rbac()
                    .clusterRoles()
                    .withName(cluster.getMetadata().getName())
                    .edit(stored -> {
                        stored.setRules(rules);
                        return stored;
                    });
        } else {
            client().rbac()
                    .roles()
                    .inNamespace(role.getMetadata().getNamespace())
                    .withName(role.getMetadata().getName())
                    .edit(stored -> {
                        stored.setRules(rules);
                        return stored;
                    });
        }
    }

    private static void awaitReason(String team, String name, String reason) {
        Story.eventually().untilAsserted(() -> assertThat(client().resources(VolumeSnapshotRequest.class)
                        .inNamespace(team)
                        .withName(name)
                        .get()
                        .getStatus()
                        .conditions())
                .as(name)
                .anyMatch(condition -> condition.getReason().equals(reason)));
    }

    private static void awaitConnection(String team, String name, String reason) {
        Story.eventually().untilAsserted(() -> assertThat(client().resources(EvsConnection.class)
                        .inNamespace(team)
                        .withName(name)
                        .get()
                        .getStatus()
                        .conditions())
                .as(name)
                .anyMatch(condition -> condition.getReason().equals(reason)));
    }

    // ---------------------------------------------------------------- the installation

    /** Applies the service account and the roles that the chart renders, and makes the namespaces of two teams. */
    private static Installation install(String release, Scope scope) {
        var teams = List.of(release + "-a", release + "-b");
        var system = release + "-system";
        Stream.concat(Stream.of(system), teams.stream()).forEach(namespace -> client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels("team", "yes")
                        .endMetadata()
                        .build())
                .create());
        var list = "[" + String.join(", ", teams) + "]";
        var contents = "volumeSnapshotContents: {enabled: true}\n";
        var values = scope == Scope.ALL_NAMESPACES
                ? Chart.MINIMAL + contents + "connections: {namespaces: " + list + "}\n"
                : Chart.MINIMAL.replace("{region: eu-de}", "{region: eu-de, namespaces: [team=yes]}")
                        + contents
                        + "connections: {namespaces: " + list + "}\nwatchNamespaces: " + list + "\n";
        var withClaims = values.replace("settings: {", "settings: {restores: {createClaims: true}, ");
        var objects = Chart.parse(Chart.render(release, system, withClaims)).stream()
                .filter(object -> object instanceof ServiceAccount
                        || object.getApiVersion().startsWith("rbac.authorization.k8s.io/"))
                .toList();
        objects.forEach(object -> client().resource(object).create());
        for (var team : teams) {
            client().resource(new SecretBuilder()
                            .withMetadata(named(team, "evs"))
                            .addToStringData("accessKey", "incomplete")
                            .build())
                    .create();
            client().resource(new ConfigMapBuilder()
                            .withMetadata(named(team, "ca"))
                            .addToData("other", "")
                            .build())
                    .create();
        }
        return new Installation(release, system, teams, objects);
    }

    /** The operator as the service account of the chart. */
    private static RunningOperator operator(Installation installation) {
        return RunningOperator.start(config(installation), settings(installation), Operator::new, SCHEDULE_CLOCK);
    }

    private static Map<String, String> settings(Installation installation) {
        var settings = RunningOperator.settings(cloud, String.join(",", installation.teams()));
        settings.remove("evs.installation");
        settings.put("evs.leader-election.lease-namespace", installation.namespace());
        settings.put("evs.watch.check-interval", "1s");
        settings.put("evs.volume-snapshot-contents.enabled", "true");
        settings.put("evs.volume-snapshot-contents.check-interval", "100ms");
        settings.put("evs.restores.create-claims", "true");
        // Calls can be slow on a busy machine.
        settings.put("evs.connection.timeout", "6s");
        settings.put("evs.create.settle-time", "8s");
        settings.put("evs.leader-election.lease-duration", "12s");
        // Only the roles of the watched namespaces are bound to a namespace.
        if (installation.objects().stream()
                .noneMatch(object -> object.getKind().equals("ClusterRoleBinding")
                        && object.getMetadata().getName().endsWith("-requests"))) {
            settings.put("evs.connection.namespaces", "team=yes");
            settings.put("evs.connection.raw-id-namespaces", "team=yes");
        } else {
            settings.remove("evs.namespaces");
        }
        return settings;
    }

    private static Config config(Installation installation) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(client().getMasterUrl().toString())
                .withCaCertData(client().getConfiguration().getCaCertData())
                .withOauthToken(token(installation))
                .withRequestRetryBackoffLimit(1)
                .build();
    }

    private static String token(Installation installation) {
        return client().serviceAccounts()
                .inNamespace(installation.namespace())
                .withName(installation.account())
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
    }

    /** Runs a command of the packaged program as the service account, and returns its output. */
    private static String command(Installation installation, String... arguments) throws IOException {
        try (var process = process(installation, arguments[0])
                .arguments(List.of(arguments))
                .start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(60)))
                    .as(process.log())
                    .isZero();
            return process.log();
        }
    }

    /** The packaged program as the service account. */
    private static OperatorProcess.Builder process(Installation installation, String name) throws IOException {
        var certificate = Files.write(
                folder.resolve("api-ca.crt"),
                Base64.getDecoder().decode(client().getConfiguration().getCaCertData()));
        var token = Files.writeString(folder.resolve(installation.release() + ".token"), token(installation));
        var api = client().getMasterUrl();
        return OperatorProcess.packaged("rbac-" + name)
                .settings(settings(installation))
                .environment("KUBERNETES_SERVICE_HOST", api.getHost())
                .environment("KUBERNETES_SERVICE_PORT", Integer.toString(api.getPort()))
                .environment("KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", token.toString())
                .environment("KUBERNETES_CERTS_CA_FILE", certificate.toString())
                .environment("KUBENAMESPACE", installation.namespace());
    }

    private static void bind(String namespace, String clusterRole, String user) {
        client().resource(new RoleBindingBuilder()
                        .withMetadata(named(namespace, user))
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", clusterRole)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    private static void create(String namespace, String name, VolumeSnapshotRequestSpec spec) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(named(namespace, name));
        request.setSpec(spec);
        client().resource(request).create();
    }

    private static void connect(String namespace, String name, String secret, String certificates) {
        client().resource(connection(namespace, name, secret, certificates)).create();
    }

    private static EvsConnection connection(String namespace, String name, String secret, String certificates) {
        var connection = new EvsConnection();
        connection.setMetadata(named(namespace, name));
        connection.setSpec(EvsConnectionSpecBuilder.builder()
                .region("eu-de")
                .credentialsSecretRef(new SecretRef(secret))
                .caBundleRef(certificates == null ? null : new ConfigMapKeyRef(certificates, null))
                .build());
        return connection;
    }

    /** A bound claim of a volume of the cloud. */
    private static void createClaim(String namespace) {
        var volume = new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("volume-" + namespace)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .addToCapacity("storage", new Quantity("20Gi"))
                .withStorageClassName("")
                .withNewCsi()
                .withDriver("disk.csi.everest.io")
                .withVolumeHandle(VOLUME)
                .endCsi()
                .endSpec()
                .build();
        client().resource(volume).create();
        client().resource(new PersistentVolumeClaimBuilder()
                        .withMetadata(named(namespace, "data"))
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("20Gi"))
                        .endResources()
                        .withStorageClassName("")
                        .withVolumeName(volume.getMetadata().getName())
                        .endSpec()
                        .build())
                .create();
        VolumeController.bind(client(), namespace, "data");
    }

    private static ObjectMeta named(String namespace, String name) {
        return new ObjectMetaBuilder().withNamespace(namespace).withName(name).build();
    }

    private static KubernetesClient client() {
        return server.client();
    }
}
