/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.testing.SnapshotsOnlyClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A client that accepts every call, or fails or does something else as a test says, and records the calls. */
public final class ScriptedClient extends SnapshotsOnlyClient {
    private Set<SnapshotId> orphans = Set.of();
    public static final CloudLocation HERE = new CloudLocation("https://evs.example", "project-a");

    private final List<String> calls = new ArrayList<>();
    private Optional<CloudException> failure = Optional.empty();
    private Optional<CloudException> listFailure = Optional.empty();
    private Runnable duringCall = () -> {};
    private Optional<CloudSnapshot> createResponse = Optional.empty();
    private Map<String, String> storedMetadata = Map.of();
    private Optional<List<CloudSnapshot>> listed = Optional.empty();
    private boolean knowsSnapshots = true;
    private final Map<VolumeId, CloudVolume> volumes = new HashMap<>();
    private List<CloudVolume> listedVolumes = List.of();
    private Optional<CloudJob> job = Optional.empty();

    public List<String> calls() {
        return List.copyOf(calls);
    }

    public void failWith(CloudException next) {
        failure = Optional.of(next);
    }

    /** Lists of snapshots fail. */
    public void failListsWith(CloudException next) {
        listFailure = Optional.of(next);
    }

    public void succeed() {
        failure = Optional.empty();
    }

    public void duringCall(Runnable step) {
        duringCall = step;
    }

    /** The cloud responds to a create request with this snapshot, whatever was requested. */
    public void respondToCreateWith(CloudSnapshot snapshot) {
        createResponse = Optional.of(snapshot);
    }

    /** Lists and reads show these snapshots. Without this call, a list fails the test. */
    public void list(CloudSnapshot... snapshots) {
        listed = Optional.of(List.of(snapshots));
    }

    /** Lists of volumes show these. */
    public void listVolumes(CloudVolume... listed) {
        listedVolumes = List.of(listed);
    }

    /** Reads of volumes show these, and no others. */
    public void readVolumes(CloudVolume... read) {
        volumes.clear();
        Stream.of(read).forEach(volume -> volumes.put(volume.id(), volume));
    }

    /** Reads of a job show this one. */
    public void readJob(CloudJob read) {
        job = Optional.of(read);
    }

    /** A read shows this metadata. */
    public void storeMetadata(Map<String, String> metadata) {
        storedMetadata = metadata;
    }

    /** From now on the cloud has no snapshot of any id. */
    public void forgetSnapshots() {
        knowsSnapshots = false;
    }

    public static CloudException failure(Kind kind, boolean mayHaveActed) {
        var details = CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("do it")
                .code("EVS.1")
                .cloudMessage("no")
                .advice("Wait.")
                .requestId("req-1")
                .mayHaveActed(mayHaveActed);
        return new CloudException(
                (kind == Kind.QUOTA ? details.quotaScope(CloudException.QuotaScope.VOLUME) : details).build());
    }

    /** The failure with which the cloud asks for a pause. */
    public static CloudException throttled(Duration retryAfter) {
        return new CloudException(CloudExceptionDetailsBuilder.builder(
                        failure(Kind.THROTTLED, false).details())
                .retryAfter(retryAfter)
                .build());
    }

    /** Sets the orphaned snapshots that the next connection shows. */
    public ScriptedClient orphans(Set<SnapshotId> ids) {
        orphans = ids;
        return this;
    }

    /** A connection with this client, whose poller never runs. */
    public CloudConnection connection(CallBudget budget, InstantSource clock) {
        var intervals = new PollIntervals(Duration.ofSeconds(1), Duration.ofMinutes(1));
        return new CloudConnection(
                "default",
                this,
                budget,
                new CloudConnection.Timings(Duration.ofMinutes(1), Duration.ofMinutes(1), intervals),
                clock,
                new BudgetMetrics(new SimpleMeterRegistry()),
                new WorkerPlaces(),
                () -> {},
                reads -> new SnapshotPoller(
                        reads, () -> {}, clock, intervals, wait -> wait, object -> {}, inventory -> {}),
                () -> orphans);
    }

    private void called(String call) {
        calls.add(call);
        duringCall.run();
        failure.ifPresent(next -> {
            throw next;
        });
    }

    private static CloudSnapshot snapshot(String id, Map<String, String> metadata) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState("creating")
                .metadata(metadata)
                .build();
    }

    @Override
    public CloudLocation authenticate() {
        failure.ifPresent(next -> {
            throw next;
        });
        return HERE;
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest request) {
        called("create " + request.volumeId());
        return createResponse.orElseGet(() -> CloudSnapshotBuilder.builder(snapshot("s-1", request.metadata()))
                .volumeId(request.volumeId())
                .build());
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        called("read " + id);
        return knowsSnapshots
                ? listed.stream()
                        .flatMap(List::stream)
                        .filter(snapshot -> snapshot.id().equals(id))
                        .findFirst()
                        .or(() -> Optional.of(snapshot(id.value(), storedMetadata)))
                : Optional.empty();
    }

    @Override
    public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
        calls.add("list");
        listFailure.ifPresent(next -> {
            throw next;
        });
        var snapshots = listed.orElseThrow(() -> new AssertionError("nothing lists here"));
        return new Page<>(snapshots, Optional.of(snapshots.size()), false);
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        called("update " + id);
        return knowsSnapshots ? Optional.of(snapshot(id.value(), Map.of())) : Optional.empty();
    }

    @Override
    public boolean delete(SnapshotId id) {
        called("delete " + id);
        return knowsSnapshots;
    }

    @Override
    public Optional<CloudVolume> readVolume(VolumeId id) {
        called("read volume " + id);
        return Optional.ofNullable(volumes.get(id));
    }

    @Override
    public boolean deleteVolume(VolumeId id) {
        called("delete volume " + id);
        return volumes.containsKey(id);
    }

    @Override
    public Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest page) {
        called("list volumes" + filter.status().map(status -> " " + status).orElse(""));
        return new Page<>(listedVolumes, Optional.of(listedVolumes.size()), false);
    }

    @Override
    public Optional<CloudJob> readJob(JobId id) {
        called("read job " + id);
        return job;
    }

    @Override
    public boolean supportsMarkerPaging() {
        return true;
    }
}
