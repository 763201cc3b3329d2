/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.CloudConnections;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.controller.DeletedObjects;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.KubernetesResourceStore;
import io.snapshotoperator.evs.controller.MetadataRejectedException;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.restore.DesiredRestore;
import io.snapshotoperator.evs.restore.RecordedRestore;
import io.snapshotoperator.evs.restore.RestoreAction;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestoreEnvironment;
import io.snapshotoperator.evs.restore.RestoreEnvironmentBuilder;
import io.snapshotoperator.evs.restore.RestoreInput;
import io.snapshotoperator.evs.restore.RestorePatch;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.restore.RestoreRules;
import io.snapshotoperator.evs.restore.VolumeObservation;
import jakarta.enterprise.inject.Vetoed;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reconciles one restore. Every event causes the same steps: read the recorded state, observe the cloud, decide, execute at most one
 * action, and patch the status at most once.
 */
@Ignore
@Vetoed
public final class VolumeSnapshotRestoreReconciler implements Reconciler<VolumeSnapshotRestore> {
    private static final Duration CONFLICT_REQUEUE = Duration.ofMillis(500);
    private static final Duration CONNECTION_REQUEUE = Duration.ofSeconds(1);

    /** A create intent whose time is further ahead was edited, or the clock of its writer was wrong. */
    private static final Duration MAX_INTENT_LEAD = Duration.ofMinutes(5);

    /** A volume in creation is observed at least so often. */
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(30);

    /** The part of the age of a create request after which its volume is observed again. */
    private static final int POLLS_PER_AGE = 10;

    private final MutatingCalls calls;
    private final EventRecorder events;
    private final CloudConnections connections;
    private final CreateGuard guard;
    private final SourceRequests requests;
    private final ClaimCreator claims;
    private final DeletedObjects<VolumeSnapshotRestore> deletedObjects = new DeletedObjects<>();
    private final Timings timings;
    private final String installation;
    private final RetryPolicy retryPolicy;
    private final InstantSource clock;
    private final Jitter jitter;
    private final Supplier<String> createIds;

    private volatile Optional<IndexedResourceCache<VolumeSnapshotRestore>> objects = Optional.empty();

    /**
     * The times of all restores.
     *
     * @param poll the time between two observations of a young volume in creation
     * @param recheck the time between two observations of a volume that was ready
     */
    public record Timings(Duration poll, Duration recheck) {}

    public VolumeSnapshotRestoreReconciler(
            MutatingCalls calls,
            EventRecorder events,
            CloudConnections connections,
            CreateGuard guard,
            SourceRequests requests,
            ClaimCreator claims,
            Timings timings,
            ReconcileSettings settings) {
        this.calls = calls;
        this.events = events;
        this.connections = connections;
        this.guard = guard;
        this.requests = requests;
        this.claims = claims;
        this.timings = timings;
        this.installation = settings.installation();
        this.retryPolicy = settings.retryPolicy();
        this.clock = settings.clock();
        this.jitter = settings.jitter();
        this.createIds = settings.createIds();
    }

    @Override
    public List<EventSource<?, VolumeSnapshotRestore>> prepareEventSources(
            EventSourceContext<VolumeSnapshotRestore> context) {
        requests.attachRestores(context.getPrimaryCache());
        objects = Optional.of(context.getPrimaryCache());
        return List.of(requests, deletedObjects);
    }

    /** Returns the reason that each restore reports; empty for one that reports none yet. */
    public Stream<Optional<String>> reasons() {
        return objects.stream().flatMap(IndexedResourceCache::list).map(RestoreStatusMapper::reportedReason);
    }

    @Override
    public UpdateControl<VolumeSnapshotRestore> reconcile(
            VolumeSnapshotRestore restore, Context<VolumeSnapshotRestore> context) {
        var deleted = deletedObjects.take(ResourceID.fromResource(restore));
        deleted.forEach(this::onDeleted);
        // The reconcile of a deletion can get a new object of the same name, which RecreatedObjectTrigger reconciles.
        if (context.isPrimaryResourceDeleted() || hasUidOfAny(deleted, restore)) {
            return UpdateControl.noUpdate();
        }
        return reconcile(restore, new KubernetesResourceStore<>(context));
    }

    private static boolean hasUidOfAny(List<VolumeSnapshotRestore> deleted, VolumeSnapshotRestore restore) {
        var uid = restore.getMetadata().getUid();
        return deleted.stream().anyMatch(gone -> gone.getMetadata().getUid().equals(uid));
    }

    private void onDeleted(VolumeSnapshotRestore gone) {
        guard.remove(gone.getMetadata().getUid());
        connections.removeObject(gone.getMetadata().getUid());
        requests.remove(gone.getMetadata().getUid());
    }

    /** Reconciles a restore that exists. Tests call it with a store of their own. */
    UpdateControl<VolumeSnapshotRestore> reconcile(
            VolumeSnapshotRestore restore, ResourceStore<VolumeSnapshotRestore> store) {
        var now = clock.instant();
        var writer = new RestoreWriter(restore, store, events, now);
        try {
            var outcome = reconcileOrReportRejection(writer, now);
            writer.log().reconciled(writer.restore(), outcome);
            return outcome.requeueAfter()
                    .map(delay ->
                            UpdateControl.<VolumeSnapshotRestore>noUpdate().rescheduleAfter(delay))
                    .orElseGet(UpdateControl::noUpdate);
        } catch (KubernetesClientException rejected) {
            if (writer.reportIfRemovedDuringCreate()) {
                return UpdateControl.noUpdate();
            }
            if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // The object has changed since it was read. The decision may no longer fit, so the rest is not written.
                return UpdateControl.<VolumeSnapshotRestore>noUpdate().rescheduleAfter(CONFLICT_REQUEUE);
            }
            throw new ApiServerException(rejected);
        }
    }

    /** A volume that was ready stays ready. Then only the event reports the rejection. */
    private RestoreDecision reconcileOrReportRejection(RestoreWriter writer, Instant now) {
        try {
            return reconcile(writer, now);
        } catch (MetadataRejectedException rejected) {
            var verdict = Verdict.of(CommonReason.UpdateRejected, rejected.getMessage());
            var recorded = RestoreStatusMapper.read(writer.restore());
            var decision = recorded.reasonIs(RestoreReason.VolumeRestored)
                    ? RestoreDecision.nothingUntil(retryPolicy.maxBackoff())
                    : report(verdict);
            var outcome = recorded.reasonIs(CommonReason.UpdateRejected) ? decision : decision.withEvent(verdict);
            writer.patchStatus(outcome);
            return outcome;
        }
    }

    private RestoreDecision reconcile(RestoreWriter writer, Instant now) {
        DesiredRestore desired;
        try {
            desired = RestoreSpecMapper.desired(writer.restore());
        } catch (IllegalArgumentException invalid) {
            return onUnusable(writer, Verdict.of(CommonReason.InvalidRequest, invalid.getMessage()));
        }
        var resolution =
                connections.resolve(writer.restore(), writer.restore().getSpec().connectionRef());
        if (resolution instanceof ConnectionResolution.Unresolved unresolved) {
            // A volume that was ready stays ready: only its connection says that it cannot be used.
            return RestoreStatusMapper.read(writer.restore()).reasonIs(RestoreReason.VolumeRestored)
                            && !writer.restore().isMarkedForDeletion()
                    ? RestoreDecision.nothingUntil(retryPolicy.maxBackoff())
                    : onUnusable(writer, unresolved.verdict());
        }
        return resolution instanceof ConnectionResolution.Resolved resolved
                ? reconcile(writer, desired, resolved, now)
                : RestoreDecision.nothingUntil(CONNECTION_REQUEUE);
    }

    /** The cloud is not needed to keep the volume of an object that is being deleted. */
    private RestoreDecision onUnusable(RestoreWriter writer, Verdict verdict) {
        var restore = writer.restore();
        if (restore.isMarkedForDeletion() && RestoreSpecMapper.keepsVolume(restore)) {
            if (restore.hasFinalizer(Api.FINALIZER)) {
                writer.removeFinalizer(Optional.of(
                        RestoreSpecMapper.isAbandoned(restore)
                                ? RestoreReason.VolumeAbandoned
                                : RestoreReason.VolumeRetained));
            }
            return RestoreDecision.nothing();
        }
        var report = report(verdict);
        writer.patchStatus(report);
        return report;
    }

    private RestoreDecision report(Verdict verdict) {
        return RestoreDecision.patchStatus(RestorePatch.of(verdict)).requeueAfter(retryPolicy.maxBackoff());
    }

    private RestoreDecision reconcile(
            RestoreWriter writer, DesiredRestore desired, ConnectionResolution.Resolved resolved, Instant now) {
        var connection = resolved.connection();
        var access = connection.checkAccess();
        // Until all requests are known, the snapshot of an import can be that of a request of another namespace.
        if (access.isEmpty() || !requests.isKnown()) {
            return RestoreDecision.nothingUntil(CONNECTION_REQUEUE);
        }
        var recorded = RestoreStatusMapper.read(writer.restore()).rejectIntentAfter(now.plus(MAX_INTENT_LEAD));
        var environment = environment(writer.restore(), recorded, resolved, access.get(), now);
        var input = new RestoreInput(desired, recorded, environment, false, now);
        var observer = new VolumeObserver(connection, input);
        var observation = observer.observe(RestoreRules.planObservation(input));
        var complete = input.withSnapshotOfOther(isOfOther(input, observation));
        var decision = RestoreRules.decide(complete, observation, createIds.get());
        if (!(decision.action() instanceof RestoreAction.CreateVolume)
                && !(observation instanceof VolumeObservation.Deferred)) {
            observer.forgetSource();
        }
        var outcome =
                decision.action().accept(new RestoreExecutor(complete, decision, calls, connection, requests, writer));
        writer.patchStatus(outcome);
        return createClaim(complete, outcome, observer, writer);
    }

    /** Creates the claim of a volume that this reconcile observed. Its id is in the status, and its marker is read once more. */
    private RestoreDecision createClaim(
            RestoreInput input, RestoreDecision outcome, VolumeObserver observer, RestoreWriter writer) {
        var observed = outcome.statusPatch().flatMap(RestorePatch::volume);
        if (observed.isEmpty() || !ClaimCreator.isWanted(writer.restore())) {
            return outcome;
        }
        var result = claims.create(
                writer.restore(),
                input.environment().policy().endpointIsTrusted(),
                () -> observer.isOwnedNow(observed.get().id()));
        if (result instanceof ClaimCreator.Result.Created created) {
            writer.recordClaim(created.volumeName(), created.claimName());
            return outcome;
        }
        if (result instanceof ClaimCreator.Result.NotCreated failed) {
            writer.recordNoClaim(failed.message());
            return failed.retries() ? outcome.requeueNoLaterThan(claimBackoff(input)) : outcome;
        }
        return outcome.requeueNoLaterThan(claimBackoff(input));
    }

    /** Grows with the time since the volume became ready, as far as the status tells it. */
    private Duration claimBackoff(RestoreInput input) {
        var sinceReady = Duration.between(input.recorded().readyAt().orElse(input.now()), input.now());
        return Stream.of(
                        Stream.of(retryPolicy.initialBackoff(), sinceReady)
                                .max(Duration::compareTo)
                                .get(),
                        retryPolicy.maxBackoff())
                .min(Duration::compareTo)
                .get();
    }

    private RestoreEnvironment environment(
            VolumeSnapshotRestore restore,
            RecordedRestore recorded,
            ConnectionResolution.Resolved resolved,
            CloudAccess access,
            Instant now) {
        var uid = recorded.identity().uid();
        return RestoreEnvironmentBuilder.builder()
                .cloudAccess(access)
                .policy(resolved.policy())
                .source(requests.sourceOf(restore))
                .noPriorCreate(guard.hasNoPriorCreate(uid))
                .absenceProvableFrom(guard.absenceProvableFrom(uid, recorded.lastCreateOutcomeIsRecorded()))
                .pollInterval(jitter.spread(pollInterval(recorded, now)))
                .recheckInterval(jitter.spread(timings.recheck()))
                .installation(installation)
                .retryPolicy(retryPolicy)
                .build();
    }

    /** Grows with the age of the create request. */
    private Duration pollInterval(RecordedRestore recorded, Instant now) {
        var byAge = recorded.intent()
                .map(CreateIntent::at)
                .map(at -> Duration.between(at, now).dividedBy(POLLS_PER_AGE))
                .orElse(Duration.ZERO);
        return Stream.of(
                        timings.poll(),
                        Stream.of(byAge, MAX_POLL_INTERVAL)
                                .min(Duration::compareTo)
                                .get())
                .max(Duration::compareTo)
                .get();
    }

    private boolean isOfOther(RestoreInput input, VolumeObservation observation) {
        return snapshotIn(observation)
                .flatMap(OwnershipMarker::of)
                .filter(marker -> requests.isLivingElsewhere(
                        marker.uid(), input.recorded().identity().namespace()))
                .isPresent();
    }

    private static Optional<CloudSnapshot> snapshotIn(VolumeObservation observation) {
        if (observation instanceof VolumeObservation.Source source) {
            return source.snapshot();
        }
        return observation instanceof VolumeObservation.SearchResult search
                ? search.source().flatMap(VolumeObservation.Source::snapshot)
                : Optional.empty();
    }
}
