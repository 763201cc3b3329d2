/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.Credentials;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettingsBuilder;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the client against the simulator: both families, both types of credentials, and faults. */
class HttpCloudClientTest {
    private static final VolumeId VOLUME = new VolumeId("5aa119a8-d25b-45a7-8d1b-88e127885635");
    private static final SnapshotId MISSING = new SnapshotId("ffa9bc5e-1172-4021-acaf-cdcd78a9584d");
    private static final Map<String, String> MARKER = Map.of("evs-snapshot-operator.uid", "u-1");
    private static final CreateSnapshotRequest REQUEST =
            new CreateSnapshotRequest(VOLUME, "snap-ä", Optional.of("why"), true, MARKER);
    private static final Duration CREATE_DURATION = Duration.ofSeconds(10);

    private EvsSimulator simulator;

    @AfterEach
    void stop() {
        if (simulator != null) {
            simulator.close();
        }
    }

    private enum CredentialType {
        PASSWORD,
        ACCESS_KEY
    }

    private static Stream<Arguments> familiesAndCredentialTypes() {
        return Stream.of(ApiFamily.values())
                .flatMap(family -> Stream.of(CredentialType.values()).map(type -> Arguments.of(family, type)));
    }

    private void start(SimulatorSettingsBuilder settings) {
        simulator = EvsSimulator.start(
                settings.steppedFrom(Instant.parse("2026-03-01T12:00:00Z")).build());
    }

    private void startWithAnyVolume() {
        start(SimulatorSettings.builder().anyVolume());
    }

    private ConnectionSettingsBuilder settings() {
        return ConnectionSettings.builder()
                .endpoint(simulator.endpoint().toString())
                .iamEndpoint(simulator.endpoint().toString())
                .projectName("eu-de")
                .timeout(Duration.ofSeconds(10));
    }

    private HttpCloudClient snapshots(ConnectionSettingsBuilder settings, CredentialType type) {
        var account = simulator.settings().account();
        var credentials =
                switch (type) {
                    case PASSWORD -> new Credentials.Password(account.domain(), account.user(), account.password());
                    case ACCESS_KEY ->
                        new Credentials.AccessKey(account.accessKey(), account.secretKey(), account.securityToken());
                };
        return new HttpCloudClient(
                settings.build(),
                CredentialSource.fixed(credentials),
                // The simulator checks signatures by the system clock.
                type == CredentialType.PASSWORD ? simulator.clock() : InstantSource.system(),
                CallObserver.none());
    }

    private HttpCloudClient snapshots() {
        return snapshots(settings(), CredentialType.PASSWORD);
    }

    private static CloudException failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run);
    }

    private List<CallLogEntry> creates() {
        return simulator.callLog().calls(Operation.CREATE);
    }

    @ParameterizedTest
    @MethodSource("familiesAndCredentialTypes")
    void createsReadsListsUpdatesAndDeletesSnapshot(ApiFamily family, CredentialType type) {
        startWithAnyVolume();
        var snapshots = snapshots(settings().family(family), type);
        var project = simulator.settings().account().project().id();

        assertThat(snapshots.authenticate())
                .isEqualTo(new CloudLocation(simulator.endpoint().toString(), project));
        var created = snapshots.create(REQUEST);
        assertThat(created.state()).isEqualTo(SnapshotState.CREATING);
        simulator.clock().advance(CREATE_DURATION);
        var read = snapshots.read(created.id()).orElseThrow();
        assertThat(read.state()).isEqualTo(SnapshotState.AVAILABLE);
        assertThat(read.volumeId()).contains(VOLUME);
        assertThat(read.name()).contains("snap-ä");
        assertThat(read.metadata()).containsAllEntriesOf(MARKER);
        assertThat(read.createdAt()).contains(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(snapshots
                        .list(SnapshotFilter.ofVolume(VOLUME), new PageRequest(1000, 0, Optional.empty()))
                        .items())
                .extracting(CloudSnapshot::id)
                .containsExactly(created.id());
        assertThat(snapshots.update(
                        created.id(), new UpdateSnapshotRequest(Optional.of("new"), Optional.of("because"))))
                .hasValueSatisfying(snapshot -> assertThat(snapshot.name()).contains("new"));
        assertThat(snapshots.delete(created.id())).isTrue();
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(snapshots.read(created.id())).isEmpty();
        assertThat(snapshots.delete(created.id())).isFalse();
        assertThat(snapshots.update(created.id(), new UpdateSnapshotRequest(Optional.of("x"), Optional.empty())))
                .isEmpty();
    }

    private static Stream<Arguments> familiesAndMissingHints() {
        return Stream.of(ApiFamily.values()).flatMap(family -> Stream.of("none", "count", "next", "count and next")
                .map(hint -> Arguments.of(family, hint)));
    }

    @ParameterizedTest
    @MethodSource("familiesAndMissingHints")
    void listsAllSnapshotsOfServerThatCutsPages(ApiFamily family, String missing) {
        startWithAnyVolume();
        addSnapshots(250);
        simulator.faults().add(FaultRule.always(Fault.PAGES_CUT));
        if (missing.equals("count and next")) {
            simulator.faults().add(FaultRule.always(Fault.PAGE_HINTS_MISSING));
        } else if (!missing.equals("none")) {
            simulator.faults().add(FaultRule.always(Fault.PAGE_HINTS_MISSING).withText(missing));
        }

        var listing = listAll(family);

        assertThat(listing.complete()).isTrue();
        assertThat(listing.items()).hasSize(250);
    }

    @Test
    void listsAllSnapshotsInOneCallWhenPageReachesCount() {
        startWithAnyVolume();
        addSnapshots(250);

        assertThat(listAll(ApiFamily.NATIVE).complete()).isTrue();

        assertThat(simulator.callLog().count(Operation.LIST)).isEqualTo(1);
    }

    @Test
    void reportsListAsIncompleteWhenCountContradictsIt() {
        startWithAnyVolume();
        addSnapshots(3);
        simulator.faults().add(FaultRule.always(Fault.COUNT_TOO_HIGH));

        assertThat(listAll(ApiFamily.NATIVE).complete()).isFalse();
    }

    @Test
    void listsMoreThanOnePageCompletelyWhileOthersDelete() {
        startWithAnyVolume();
        addSnapshots(2500);
        simulator.faults().add(FaultRule.always(Fault.PAGE_SHIFTS));

        var listing = listAll(ApiFamily.NATIVE);

        assertThat(listing.complete()).isTrue();
        assertThat(listing.items()).hasSize(2500);
    }

    private void addSnapshots(int count) {
        IntStream.range(0, count)
                .forEach(number -> simulator.snapshots().add(VOLUME.value(), "many-" + number, "available", Map.of()));
    }

    private Listing<CloudSnapshot> listAll(ApiFamily family) {
        return Listing.fetchAll(
                snapshots(settings().family(family), CredentialType.PASSWORD),
                SnapshotFilter.all(),
                PageRequest.LARGEST,
                () -> {});
    }

    @Test
    void createsSnapshotWithTemporaryKey() {
        start(SimulatorSettings.builder().anyVolume().securityToken("temporary-token"));

        assertThat(snapshots(settings(), CredentialType.ACCESS_KEY)
                        .create(REQUEST)
                        .id())
                .isNotNull();
    }

    @ParameterizedTest
    @MethodSource("familiesAndCredentialTypes")
    void returnsAbsenceForBothShapesOfError(ApiFamily family, CredentialType type) {
        start(SimulatorSettings.builder().anyVolume().cinderErrorsOnNative(true));

        assertThat(snapshots(settings().family(family), type).read(MISSING)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void logsInAgainAndCreatesOnceWhenTokenExpired(boolean returns400) {
        start(SimulatorSettings.builder().anyVolume().expiredTokenReturns400(returns400));
        var snapshots = snapshots();
        snapshots.authenticate();
        simulator.tokens().expireAll();

        snapshots.create(REQUEST);

        assertThat(simulator.callLog().createsActedOn()).hasSize(1);
        assertThat(simulator.tokens().issued()).isEqualTo(2);
    }

    @Test
    void renewsTokenBeforeItExpires() {
        startWithAnyVolume();
        var snapshots = snapshots();
        snapshots.authenticate();
        simulator.clock().advance(Duration.ofHours(18));

        snapshots.read(MISSING);

        assertThat(simulator.tokens().issued()).isEqualTo(2);
        assertThat(simulator.callLog().calls(Operation.GET)).singleElement().satisfies(call -> assertThat(call.status())
                .isEqualTo(404));
    }

    @Test
    void triesWrongPasswordOnce() {
        startWithAnyVolume();
        simulator.credentials().changePassword("another");
        var snapshots = snapshots();

        IntStream.range(0, 5).forEach(i -> assertThat(
                        failureOf(() -> snapshots.create(REQUEST)).kind())
                .isEqualTo(Kind.NOT_AUTHORIZED));

        assertThat(simulator.callLog().count(Operation.LOGIN)).isEqualTo(1);
    }

    @Test
    void triesWrongSecretKeyThreeTimesAndNeverLocksIt() {
        startWithAnyVolume();
        simulator.credentials().changeKeys(simulator.settings().account().accessKey(), "another");
        var project = simulator.settings().account().project().id();
        var snapshots = snapshots(settings().projectId(project), CredentialType.ACCESS_KEY);

        IntStream.range(0, 10).forEach(i -> failureOf(() -> snapshots.create(REQUEST)));

        assertThat(creates()).hasSize(3).allSatisfy(call -> assertThat(call.status())
                .isEqualTo(401));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ANSWER_LOST_BEFORE_ACTING",
                "ANSWER_LOST_AFTER_ACTING",
                "CREATE_DELIVERED_LATE",
                "THROTTLED",
                "THROTTLED_AFTER_ACTING",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER_ACTING",
                "HTML_BODY",
                "HTML_BODY_AFTER_ACTING",
                "CUT_BODY",
                "UNREADABLE_SUCCESS"
            })
    void sendsCreateOnceAndReportsItAsAmbiguousAfterFault(Fault fault) {
        startWithAnyVolume();
        var snapshots = snapshots();
        simulator.faults().once(fault, Operation.CREATE);

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).as(failure.getMessage()).isTrue();
        assertThat(failure.kind()).isEqualTo(fault.name().startsWith("THROTTLED") ? Kind.THROTTLED : Kind.TRANSIENT);
        assertThat(creates()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUOTA", "API_NOT_PUBLISHED", "REJECTED"})
    void reportsDefiniteRejectionAsNotExecuted(Fault fault) {
        startWithAnyVolume();
        var snapshots = snapshots();
        simulator.faults().once(fault, Operation.CREATE);

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure.details().requestId()).isPresent();
        assertThat(simulator.snapshots().living()).isEmpty();
    }

    @Test
    void reportsCreateAsAmbiguousWhenResponseExceedsTimeout() {
        startWithAnyVolume();
        var snapshots = snapshots(
                settings().connectTimeout(Duration.ofSeconds(1)).timeout(Duration.ofSeconds(1)),
                CredentialType.PASSWORD);
        snapshots.authenticate();
        simulator
                .faults()
                .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(3)));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(simulator.callLog().createsActedOn()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("waits")
    void reportsRetryAfterOfThrottledCall(Supplier<FaultRule> rule) {
        startWithAnyVolume();
        var snapshots = snapshots();
        simulator.faults().add(rule.get().on(Operation.LIST));

        var failure = failureOf(() -> snapshots.list(SnapshotFilter.all(), new PageRequest(10, 0, Optional.empty())));

        assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(failure.details().retryAfter())
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(31)));
    }

    private static Stream<Supplier<FaultRule>> waits() {
        return Stream.of(
                () -> FaultRule.once(Fault.THROTTLED).retryAfter(Duration.ofSeconds(30)),
                () -> FaultRule.once(Fault.THROTTLED).retryAfterDate(Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void listsEverySnapshotOnceInPages(ApiFamily family) {
        start(SimulatorSettings.builder().anyVolume().snapshotsPerVolume(100));
        IntStream.range(0, 25).forEach(i -> simulator.snapshots().addForeign(VOLUME.value(), "same-name", Map.of()));
        var snapshots = snapshots(settings().family(family), CredentialType.PASSWORD);
        var listed = new ArrayList<SnapshotId>();

        for (var page = first(snapshots); ; page = next(snapshots, listed)) {
            page.forEach(snapshot -> listed.add(snapshot.id()));
            if (page.size() < 10) {
                break;
            }
        }

        assertThat(listed).hasSize(25).doesNotHaveDuplicates();
        assertThat(simulator.callLog().count(Operation.LIST)).isEqualTo(3);
    }

    private static List<CloudSnapshot> first(HttpCloudClient snapshots) {
        return snapshots
                .list(SnapshotFilter.ofVolume(VOLUME), new PageRequest(10, 0, Optional.empty()))
                .items();
    }

    private static List<CloudSnapshot> next(HttpCloudClient snapshots, List<SnapshotId> listed) {
        var page = snapshots.supportsMarkerPaging()
                ? new PageRequest(
                        10, 0, Optional.of(listed.get(listed.size() - 1).value()))
                : new PageRequest(10, listed.size(), Optional.empty());
        return snapshots.list(SnapshotFilter.ofVolume(VOLUME), page).items();
    }

    @ParameterizedTest
    @EnumSource(names = {"STATUS_WORD", "NULL_FIELDS", "METADATA_NULL", "ODD_TIMES"})
    void readsUnknownWordsInvalidTimesAndNulls(Fault fault) {
        startWithAnyVolume();
        var snapshots = snapshots();
        var created = snapshots.create(REQUEST);
        simulator.faults().add(FaultRule.always(fault).withText("pondering"));

        var read = snapshots.read(created.id()).orElseThrow();
        var listed = first(snapshots);

        assertThat(read.id()).isEqualTo(created.id());
        assertThat(listed).extracting(CloudSnapshot::id).containsExactly(created.id());
        if (fault == Fault.STATUS_WORD) {
            assertThat(read.wireState()).isEqualTo("pondering");
        }
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void advisesForceWhenVolumeIsAttached(ApiFamily family) {
        start(SimulatorSettings.builder().volume(Volume.inUse(VOLUME.value())));
        var snapshots = snapshots(settings().family(family), CredentialType.PASSWORD);

        var failure = failureOf(
                () -> snapshots.create(new CreateSnapshotRequest(VOLUME, "s", Optional.empty(), false, Map.of())));

        assertThat(failure.kind()).isEqualTo(Kind.VOLUME_ATTACHED);
        assertThat(failure.details().advice()).contains("spec.force: true");
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void derivesKindFromStateOfVolume(ApiFamily family) {
        start(SimulatorSettings.builder().volume(Volume.available(VOLUME.value())));
        var snapshots = snapshots(settings().family(family), CredentialType.PASSWORD);

        simulator.volumes().setStatus(VOLUME.value(), "extending");
        assertThat(failureOf(() -> snapshots.create(REQUEST)).kind()).isEqualTo(Kind.BUSY);
        simulator.volumes().setStatus(VOLUME.value(), "error_extending");
        assertThat(failureOf(() -> snapshots.create(REQUEST)).kind()).isEqualTo(Kind.UNUSABLE_STATE);
        simulator.volumes().remove(VOLUME.value());
        assertThat(failureOf(() -> snapshots.create(REQUEST)).kind()).isEqualTo(Kind.VOLUME_NOT_FOUND);
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void reportsQuotaOfVolumeForEighthSnapshot(ApiFamily family) {
        startWithAnyVolume();
        var snapshots = snapshots(settings().family(family), CredentialType.PASSWORD);
        IntStream.range(0, 7).forEach(i -> snapshots.create(REQUEST));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.QUOTA);
        assertThat(failure.details().quotaScope()).as(failure.getMessage()).contains(QuotaScope.VOLUME);
    }

    @Test
    void reportsQuotaOfProject() {
        start(SimulatorSettings.builder().anyVolume().gigabyteQuota(100));
        var snapshots = snapshots();
        snapshots.create(REQUEST);

        assertThat(failureOf(() -> snapshots.create(REQUEST)).details().quotaScope())
                .contains(QuotaScope.PROJECT);
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void reportsBusyWhenDeletingSnapshotInCreation(ApiFamily family) {
        startWithAnyVolume();
        var snapshots = snapshots(settings().family(family), CredentialType.PASSWORD);
        var created = snapshots.create(REQUEST);

        var failure = failureOf(() -> snapshots.delete(created.id()));

        assertThat(failure.kind()).isEqualTo(Kind.BUSY);
        assertThat(failure.mayHaveActed()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("familiesAndCredentialTypes")
    void readsListsAndDeletesVolumes(ApiFamily family, CredentialType type) {
        var ids = IntStream.range(0, 5)
                .mapToObj(number -> "5aa119a8-d25b-45a7-8d1b-88e12788563" + number)
                .toList();
        var settings = SimulatorSettings.builder();
        ids.forEach(id -> settings.volume(Volume.available(id)));
        start(settings);
        var client = snapshots(settings().family(family), type);
        var first = new VolumeId(ids.get(0));

        var listing = Listing.fetchAll(client, VolumeFilter.all(), 2, () -> {});

        assertThat(listing.complete()).isTrue();
        assertThat(listing.items()).extracting(volume -> volume.id().value()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(client.readVolume(first))
                .hasValueSatisfying(volume -> assertThat(volume.state()).isEqualTo(VolumeState.AVAILABLE));
        assertThat(client.deleteVolume(first)).isTrue();
        simulator.clock().advance(Duration.ofMinutes(5));
        assertThat(client.readVolume(first)).isEmpty();
        assertThat(client.deleteVolume(first)).isFalse();
    }

    @Test
    void reportsMisconfigurationWhenProjectNameIsUnknown() {
        startWithAnyVolume();

        var byKey = failureOf(() -> snapshots(settings().projectName("eu-nl"), CredentialType.ACCESS_KEY)
                .create(REQUEST));
        var byPassword = failureOf(() -> snapshots(settings().projectName("eu-nl"), CredentialType.PASSWORD)
                .create(REQUEST));

        assertThat(byKey.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(byPassword.kind()).isIn(Kind.MISCONFIGURED, Kind.NOT_AUTHORIZED);
    }
}
