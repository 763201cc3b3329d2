/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.PermitDenial;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RecordedFailureBuilder;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.UserRequests;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Builds a valid input of the rules: an object created at noon requests a snapshot of {@code volume-1}, the operator
 * has sent no create request, and it is still noon. A test names only what differs.
 */
public final class ReconcileInputBuilder {
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    public static final ObjectIdentity OWNER =
            new ObjectIdentity("0b8e2f64-7f0e-4d3b-9e55-c1a2b3c4d5e6", "shop", "nightly");
    static final VolumeId VOLUME = new VolumeId("volume-1");
    static final VolumeResolution WAITING_FOR_CLAIM = new VolumeResolution.Unresolved(
            Verdict.of(CommonReason.WaitingForClaim, "There is none."), Duration.ofSeconds(10));
    static final CloudLocation HERE = new CloudLocation("https://evs.example", "project-a");
    static final CloudLocation ELSEWHERE = new CloudLocation("https://evs.example", "project-b");
    public static final String INSTALLATION = "cluster-1";

    /** Settle time 60 s, outcome provable for 1 h, initial back-off 5 s, maximum back-off 5 min. */
    static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    private Source source = new Source.Volume(VOLUME);
    private Optional<String> name = Optional.empty();
    private DesiredSnapshot.DeletionPolicy policy = DesiredSnapshot.DeletionPolicy.DELETE;
    private Duration readyWithin = Duration.ofHours(1);
    private Optional<Duration> ttl = Optional.empty();
    private int maxAttempts = 1;
    private boolean paused;
    private boolean abandoned;
    private Optional<String> retryCreate = Optional.empty();
    private Optional<String> reconcileRequest = Optional.empty();

    private long generation = 1;
    private Optional<Instant> deletionRequestedAt = Optional.empty();
    private Optional<String> contentHold = Optional.empty();
    private Optional<Boolean> finalizer = Optional.empty();
    private Optional<CreateIntent> intent = Optional.empty();
    private boolean invalidIntent;
    private Optional<VolumeId> recordedVolume = Optional.empty();
    private int replacements;
    private Optional<RecordedState.RecordedSnapshot> recordedSnapshot = Optional.empty();
    private Optional<Instant> readyAt = Optional.empty();
    private List<RecordedFailure> failures = List.of();
    private Optional<Reason> reason = Optional.empty();
    private List<SnapshotId> duplicates = List.of();

    private CloudAccess cloudAccess = new CloudAccess.Available(HERE);
    private VolumeResolution volume = new VolumeResolution.Resolved(VOLUME);
    private boolean noPriorCreate;
    private Instant absenceProvableFrom = NOON;
    private boolean metadataPreserved = true;
    private Set<SnapshotId> usedByOthers = Set.of();
    private boolean refreshRequested;
    private Instant now = NOON;

    static ReconcileInputBuilder anInput() {
        return new ReconcileInputBuilder();
    }

    // desired snapshot

    ReconcileInputBuilder ofSnapshot(String id) {
        source = new Source.ExistingSnapshot(new SnapshotId(id));
        volume = new VolumeResolution.NotNeeded();
        return this;
    }

    /** The source is a claim that leads to {@link #VOLUME}. */
    ReconcileInputBuilder ofClaim(String claim) {
        source = new Source.Claim(claim);
        return this;
    }

    ReconcileInputBuilder withVolumeResolution(VolumeResolution resolution) {
        volume = resolution;
        return this;
    }

    ReconcileInputBuilder named(String text) {
        name = Optional.of(text);
        return this;
    }

    ReconcileInputBuilder retaining() {
        policy = DesiredSnapshot.DeletionPolicy.RETAIN;
        return this;
    }

    ReconcileInputBuilder readyWithin(Duration time) {
        readyWithin = time;
        return this;
    }

    ReconcileInputBuilder withTtl(Duration time) {
        ttl = Optional.of(time);
        return this;
    }

    ReconcileInputBuilder withMaxAttempts(int attempts) {
        maxAttempts = attempts;
        return this;
    }

    ReconcileInputBuilder paused() {
        paused = true;
        return this;
    }

    ReconcileInputBuilder withPolicy(DesiredSnapshot.DeletionPolicy value) {
        policy = value;
        return this;
    }

    ReconcileInputBuilder abandoned() {
        abandoned = true;
        return this;
    }

    ReconcileInputBuilder withRetryCreate(String value) {
        retryCreate = Optional.of(value);
        return this;
    }

    ReconcileInputBuilder withReconcileRequest(String value) {
        reconcileRequest = Optional.of(value);
        return this;
    }

    // recorded state

    ReconcileInputBuilder withGeneration(long number) {
        generation = number;
        return this;
    }

    /** The object is deleted at noon. */
    ReconcileInputBuilder deleting() {
        deletionRequestedAt = Optional.of(NOON);
        return this;
    }

    ReconcileInputBuilder withoutFinalizer() {
        finalizer = Optional.of(false);
        return this;
    }

    ReconcileInputBuilder withFinalizer() {
        finalizer = Optional.of(true);
        return this;
    }

    ReconcileInputBuilder withIntent(CreateIntent recorded) {
        intent = Optional.of(recorded);
        return this;
    }

    /** Adds the intent of {@code create-1}, recorded at noon. */
    ReconcileInputBuilder withCreateIntent() {
        return withIntent(anIntent());
    }

    /** The annotation of the create intent cannot be read. */
    ReconcileInputBuilder withInvalidIntent() {
        invalidIntent = true;
        return this;
    }

    ReconcileInputBuilder withReplacements(int count) {
        replacements = count;
        return this;
    }

    ReconcileInputBuilder withRecordedSnapshot(String id, String wireState) {
        return withRecordedSnapshot(id, wireState, HERE);
    }

    ReconcileInputBuilder withRecordedSnapshot(String id, String wireState, CloudLocation location) {
        recordedSnapshot = Optional.of(RecordedStateRecordedSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState(wireState)
                .location(location)
                .volumeId(VOLUME)
                .name("vsr-shop-nightly-0b8e2f64")
                .build());
        return this;
    }

    ReconcileInputBuilder heldByContent(String why) {
        contentHold = Optional.of(why);
        return this;
    }

    ReconcileInputBuilder readySince(Instant time) {
        readyAt = Optional.of(time);
        return this;
    }

    ReconcileInputBuilder withFailures(RecordedFailure... recorded) {
        failures = List.of(recorded);
        return this;
    }

    ReconcileInputBuilder withReason(Reason recorded) {
        reason = Optional.of(recorded);
        return this;
    }

    ReconcileInputBuilder withDuplicates(String... ids) {
        duplicates = List.of(ids).stream().map(SnapshotId::new).toList();
        return this;
    }

    // environment

    ReconcileInputBuilder withCloudUnavailable() {
        cloudAccess = new CloudAccess.Unavailable(failure(CloudException.Kind.TRANSIENT, true));
        return this;
    }

    ReconcileInputBuilder atLocation(CloudLocation location) {
        cloudAccess = new CloudAccess.Available(location);
        return this;
    }

    ReconcileInputBuilder withNoPriorCreate() {
        noPriorCreate = true;
        return this;
    }

    ReconcileInputBuilder withAbsenceProvableFrom(Instant time) {
        absenceProvableFrom = time;
        return this;
    }

    ReconcileInputBuilder withMetadataDropped() {
        metadataPreserved = false;
        return this;
    }

    ReconcileInputBuilder withUsedByOthers(String... ids) {
        usedByOthers = List.of(ids).stream().map(SnapshotId::new).collect(Collectors.toSet());
        return this;
    }

    ReconcileInputBuilder withRefreshRequested() {
        refreshRequested = true;
        return this;
    }

    ReconcileInputBuilder at(Instant time) {
        now = time;
        return this;
    }

    ReconcileInput build() {
        var desired = DesiredSnapshotBuilder.builder()
                .source(source)
                .name(name)
                .deletionPolicy(policy)
                .readyWithin(readyWithin)
                .ttl(ttl)
                .maxAttempts(maxAttempts)
                .paused(paused)
                .abandon(abandoned)
                .retryCreate(retryCreate)
                .reconcileRequest(reconcileRequest)
                .build();
        var recorded = RecordedStateBuilder.builder()
                .identity(OWNER)
                .generation(generation)
                .createdAt(NOON)
                .deletionRequestedAt(deletionRequestedAt)
                .hasFinalizer(finalizer.orElse(intent.isPresent() || recordedSnapshot.isPresent()))
                .contentHold(contentHold)
                .intent(intent)
                .hasInvalidIntent(invalidIntent)
                .snapshot(recordedSnapshot)
                .volumeId(recordedVolume.or(() -> recordedSnapshot.flatMap(RecordedState.RecordedSnapshot::volumeId)))
                .replacements(replacements)
                .readyAt(readyAt)
                .failures(failures)
                .reason(reason)
                .duplicates(duplicates)
                .observedGeneration(reason.isPresent() ? 1 : -1)
                .build();
        var environment = ReconcileEnvironmentBuilder.builder()
                .cloudAccess(cloudAccess)
                .volume(volume)
                .noPriorCreate(noPriorCreate)
                .absenceProvableFrom(absenceProvableFrom)
                .metadataPreserved(metadataPreserved)
                .usedByOthers(usedByOthers)
                .refreshRequested(refreshRequested)
                .installation(INSTALLATION)
                .retryPolicy(RETRY_POLICY)
                .build();
        return new ReconcileInput(desired, recorded, environment, now);
    }

    // parts of an input and of an observation

    static CreateIntent anIntent() {
        return CreateIntent.first(
                OWNER, VOLUME, HERE, "create-1", new UserRequests(Optional.empty(), Optional.empty()), NOON);
    }

    /** A create request that the cloud rejected. */
    static RecordedFailure rejectedCreate(String createId, Instant time) {
        return rejected(RecordedFailure.CREATE, time).createId(createId).build();
    }

    /** A create request on which the cloud may have acted. */
    static RecordedFailure ambiguousCreate(String createId, Instant time) {
        return rejected(RecordedFailure.CREATE, time)
                .createId(createId)
                .mayHaveActed(true)
                .build();
    }

    static RecordedFailure rejectedDelete(Instant time) {
        return rejectedDeletes(1, time);
    }

    static RecordedFailure rejectedDeletes(int count, Instant last) {
        return rejected(RecordedFailure.DELETE, last).count(count).build();
    }

    private static RecordedFailureBuilder rejected(String operation, Instant time) {
        return RecordedFailure.once(operation, time).httpStatus(400).message("no");
    }

    static CloudException.Details failure(CloudException.Kind kind, boolean mayHaveActed) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("read snapshot s-1")
                .httpStatus(400)
                .code("EVS.1")
                .cloudMessage("no")
                .advice("Wait.")
                .mayHaveActed(mayHaveActed)
                .quotaScope(
                        kind == CloudException.Kind.QUOTA
                                ? Optional.of(CloudException.QuotaScope.VOLUME)
                                : Optional.empty())
                .build();
    }

    /** The rate of calls is used up. */
    static PermitDenial denial(Duration retryAfter) {
        return new PermitDenial(PermitDenial.Cause.RATE, retryAfter, Optional.empty());
    }

    /** A snapshot that the operator may delete and rename. */
    public static ModifiableSnapshot modifiable(SnapshotId id) {
        var owned = CloudSnapshotBuilder.builder(ownedSnapshot("s-1", "available"))
                .id(id)
                .build();
        return ModifiableSnapshot.check(anInput().build(), owned).orElseThrow();
    }

    /** A snapshot that {@code create-1} created. */
    public static CloudSnapshot ownedSnapshot(String id, String wireState) {
        return ownedSnapshot(id, wireState, "create-1");
    }

    static CloudSnapshot ownedSnapshot(String id, String wireState, String createId) {
        return snapshot(
                id,
                wireState,
                new OwnershipMarker(OWNER.uid(), createId, INSTALLATION, OWNER.namespace(), OWNER.name())
                        .addTo(Map.of()));
    }

    public static CloudSnapshot unmarkedSnapshot(String id, String wireState) {
        return snapshot(id, wireState, Map.of());
    }

    static CloudSnapshot foreignSnapshot(String id, String wireState) {
        return snapshot(
                id,
                wireState,
                new OwnershipMarker("another-uid", "create-9", INSTALLATION, "shop", "other").addTo(Map.of()));
    }

    public static CloudSnapshot snapshot(String id, String wireState, Map<String, String> metadata) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState(wireState)
                .volumeId(VOLUME)
                .name("vsr-shop-nightly-0b8e2f64")
                .sizeGiB(10)
                .createdAt(NOON.plusSeconds(Long.parseLong(id.substring(id.indexOf('-') + 1))))
                .metadata(metadata)
                .build();
    }

    /** A complete search that starts now. */
    static Observation.SearchResult searchResult(ReconcileInput input, CloudSnapshot... matches) {
        return new Observation.SearchResult(List.of(matches), List.of(), true, input.now());
    }
}
