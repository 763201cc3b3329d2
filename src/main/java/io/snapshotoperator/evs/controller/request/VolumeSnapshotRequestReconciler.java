/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnections;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.controller.DeletedObjects;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.KubernetesResourceStore;
import io.snapshotoperator.evs.controller.MetadataRejectedException;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ReconcileExtension.FollowUp;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironment;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironmentBuilder;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.snapshot.SourceRules;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.telemetry.LogEvent;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import jakarta.enterprise.inject.Vetoed;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Reconciles one request. Every event causes the same steps: read the recorded state, observe the cloud, decide, execute at
 * most one action, and patch the status at most once.
 *
 * <p>{@code @Ignore} and {@code @Vetoed} keep the Quarkus extension from registering it. The extension 7.7.3 drops {@code
 * triggerReconcilerOnAllEvents}, and without it no deletion arrives. {@code app.OperatorFactory} registers it.
 */
@Ignore
@Vetoed
public final class VolumeSnapshotRequestReconciler implements Reconciler<VolumeSnapshotRequest> {
    private static final Logger LOG = Logger.getLogger(VolumeSnapshotRequestReconciler.class);
    private static final Duration CONFLICT_REQUEUE = Duration.ofMillis(500);
    private static final Duration CONNECTION_REQUEUE = Duration.ofSeconds(1);

    /** A create intent whose time is further ahead was edited, or the clock of its writer was wrong. */
    private static final Duration MAX_INTENT_LEAD = Duration.ofMinutes(5);

    private final CloudActuator actuator;
    private final ClaimVolumeResolver claimResolver;
    private final EventRecorder events;
    private final SnapshotMetrics metrics;
    private final CloudConnections connections;
    private final CreateGuard guard;
    private final ReconcileRequestTracker reconcileRequests = new ReconcileRequestTracker();
    private final DeletedObjects<VolumeSnapshotRequest> deletedObjects = new DeletedObjects<>();
    private final PollerEventSource<VolumeSnapshotRequest> eventSource;
    private final String installation;
    private final RetryPolicy retryPolicy;
    private final InstantSource clock;
    private final Jitter jitter;
    private final Supplier<String> createIds;
    private final RequestListener listener;
    private final RequestUse use;
    private final ReconcileExtension<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> extension;

    /** @param extension what else is done for a request */
    public VolumeSnapshotRequestReconciler(
            CloudActuator actuator,
            ClaimVolumeResolver claimResolver,
            EventRecorder events,
            SnapshotMetrics metrics,
            CloudConnections connections,
            CreateGuard guard,
            PollerEventSource<VolumeSnapshotRequest> eventSource,
            ReconcileSettings settings,
            RequestListener listener,
            RequestUse use,
            ReconcileExtension<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> extension) {
        this.actuator = actuator;
        this.claimResolver = claimResolver;
        this.events = events;
        this.metrics = metrics;
        this.connections = connections;
        this.guard = guard;
        this.eventSource = eventSource;
        this.installation = settings.installation();
        this.retryPolicy = settings.retryPolicy();
        this.clock = settings.clock();
        this.jitter = settings.jitter();
        this.createIds = settings.createIds();
        this.listener = listener;
        this.use = use;
        this.extension = extension;
    }

    @Override
    public List<EventSource<?, VolumeSnapshotRequest>> prepareEventSources(
            EventSourceContext<VolumeSnapshotRequest> context) {
        eventSource.attach(context.getPrimaryCache());
        listener.attach(context.getPrimaryCache());
        extension.attach(context.getPrimaryCache());
        return List.of(eventSource, deletedObjects);
    }

    @Override
    public UpdateControl<VolumeSnapshotRequest> reconcile(
            VolumeSnapshotRequest request, Context<VolumeSnapshotRequest> context) {
        var deleted = deletedObjects.take(ResourceID.fromResource(request));
        deleted.forEach(this::onDeleted);
        // The reconcile of a deletion can get a new object of the same name, which RecreatedObjectTrigger reconciles. A
        // normal reconcile can get an object that the informer saw deleted since. The poller must not watch it again.
        if (context.isPrimaryResourceDeleted() || hasUidOfAny(deleted, request)) {
            return UpdateControl.noUpdate();
        }
        return reconcile(request, new KubernetesResourceStore<>(context));
    }

    private static boolean hasUidOfAny(List<VolumeSnapshotRequest> deleted, VolumeSnapshotRequest request) {
        var uid = request.getMetadata().getUid();
        return deleted.stream().anyMatch(gone -> gone.getMetadata().getUid().equals(uid));
    }

    /** Reconciles a request that exists. The model test calls it with a store of its own. */
    UpdateControl<VolumeSnapshotRequest> reconcile(
            VolumeSnapshotRequest request, ResourceStore<VolumeSnapshotRequest> store) {
        var now = clock.instant();
        var writer = new RequestWriter(request, store, events, now);
        try {
            var outcome = reconcileOrReportRejection(writer, now);
            writer.log().reconciled(writer.request(), outcome);
            listener.changed(writer.request());
            return toUpdateControl(outcome);
        } catch (KubernetesClientException rejected) {
            if (writer.reportIfRemovedDuringCreate()) {
                return UpdateControl.noUpdate();
            }
            if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // The object has changed since it was read. The decision may no longer fit, so the rest is not written.
                return UpdateControl.<VolumeSnapshotRequest>noUpdate().rescheduleAfter(CONFLICT_REQUEUE);
            }
            throw new ApiServerException(rejected);
        }
    }

    private Decision reconcileOrReportRejection(RequestWriter writer, Instant now) {
        try {
            return reconcileWithExtension(writer, now);
        } catch (MetadataRejectedException rejected) {
            return reportRejectedUpdate(writer, rejected);
        }
    }

    /** Before a snapshot is deleted, the extension releases what refers to it. Otherwise it builds on the result. */
    private Decision reconcileWithExtension(RequestWriter writer, Instant now) {
        if (writer.request().isMarkedForDeletion()) {
            var followUp = extension.reconcile(writer.resource(), now);
            return withFollowUp(reconcileValid(writer, now), followUp, writer);
        }
        var outcome = reconcileValid(writer, now);
        return outcome.action() instanceof Action.DeleteRequest
                ? outcome
                : withFollowUp(outcome, extension.reconcile(writer.resource(), now), writer);
    }

    private Decision withFollowUp(Decision decision, FollowUp followUp, RequestWriter writer) {
        if (followUp.readCloud()) {
            reconcileRequests.requestRefresh(writer.request().getMetadata().getUid());
        }
        return followUp.within().map(decision::requeueNoLaterThan).orElse(decision);
    }

    private Decision reconcileValid(RequestWriter writer, Instant now) {
        var parsed = SpecMapper.parse(writer.request());
        if (parsed instanceof SpecMapper.ParsedSpec.Invalid invalid) {
            return onInvalidObject(writer, invalid.verdict());
        }
        var desired = ((SpecMapper.ParsedSpec.Valid) parsed).desired();
        var resolution =
                connections.resolve(writer.request(), writer.request().getSpec().connectionRef());
        if (resolution instanceof ConnectionResolution.Unresolved unresolved) {
            return onUnusableConnection(writer, unresolved.verdict());
        }
        if (resolution instanceof ConnectionResolution.Resolved resolved) {
            return reconcile(writer, desired, resolved, now);
        }
        return waitForConnection();
    }

    private Decision reconcile(
            RequestWriter writer, DesiredSnapshot desired, ConnectionResolution.Resolved resolved, Instant now) {
        var connection = resolved.connection();
        var measurement = new RequestMeasurement(writer.request(), metrics, clock);
        var recorded = StatusMapper.read(writer.request()).rejectIntentAfter(now.plus(MAX_INTENT_LEAD));
        var notAllowed = SourceRules.check(desired, recorded, resolved.policy());
        if (notAllowed.isPresent()) {
            return onInvalidObject(writer, notAllowed.get());
        }
        var access = connection.checkAccess();
        if (access.isEmpty() || (recorded.isDeleting() && !use.isKnown())) {
            return waitForConnection();
        }
        var input =
                new ReconcileInput(desired, recorded, environment(connection, access.get(), desired, recorded), now);
        var observer = new CloudObserver(connection, connection.poller(), retryPolicy.settleTime(), clock);
        var observation = observer.observe(recorded, SnapshotRules.planObservation(input));
        var complete = input.withUsedByOthers(writer.usedByOthers(observedIds(observation)));
        var decision = SnapshotRules.decide(complete, observation, createIds.get());
        var outcome = decision.action().accept(new ActionExecutor(complete, decision, actuator, connection, writer));
        writer.patchStatus(outcome);
        measurement.record(
                writer.request(),
                decision.action(),
                connection.poller().lastSeenInCreation(recorded.identity().uid()));
        observer.watch(writer.id(), StatusMapper.read(writer.request()));
        return outcome;
    }

    /** A ready snapshot stays ready. Then only the event reports the rejection. */
    private Decision reportRejectedUpdate(RequestWriter writer, MetadataRejectedException rejected) {
        var verdict = Verdict.of(CommonReason.UpdateRejected, rejected.getMessage());
        var isNew = !writer.reports(CommonReason.UpdateRejected);
        var patch = writer.reports(SnapshotReason.SnapshotAvailable)
                ? Optional.<StatusPatch>empty()
                : Optional.of(StatusPatch.of(verdict));
        var decision = new Decision(
                new Action.None(),
                patch,
                Optional.of(retryPolicy.maxBackoff()),
                isNew ? Optional.of(verdict) : Optional.empty());
        writer.patchStatus(decision);
        return decision;
    }

    /** Reports that the object cannot be interpreted. Its deletion with the annotation {@code abandon} is still possible. */
    private Decision onInvalidObject(RequestWriter writer, Verdict verdict) {
        if (writer.request().isMarkedForDeletion() && SpecMapper.isAbandoned(writer.request())) {
            if (writer.request().hasFinalizer(Api.FINALIZER)) {
                writer.removeFinalizer(Optional.of(SnapshotReason.SnapshotAbandoned));
            }
            return new Decision(new Action.None(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        return writer.patchStatus(verdict, retryPolicy.maxBackoff());
    }

    /** A snapshot that was ready stays ready: only its connection says that it cannot be used. */
    private Decision onUnusableConnection(RequestWriter writer, Verdict verdict) {
        if (!writer.request().isMarkedForDeletion() && writer.reports(SnapshotReason.SnapshotAvailable)) {
            return nothingUntil(retryPolicy.maxBackoff());
        }
        return onInvalidObject(writer, verdict);
    }

    private static Decision waitForConnection() {
        return nothingUntil(CONNECTION_REQUEUE);
    }

    private static Decision nothingUntil(Duration requeueAfter) {
        return new Decision(new Action.None(), Optional.empty(), Optional.of(requeueAfter), Optional.empty());
    }

    private ReconcileEnvironment environment(
            CloudConnection connection, CloudAccess access, DesiredSnapshot desired, RecordedState recorded) {
        var uid = recorded.identity().uid();
        return ReconcileEnvironmentBuilder.builder()
                .cloudAccess(access)
                .volume(resolveVolume(desired, recorded))
                .noPriorCreate(guard.hasNoPriorCreate(uid))
                .absenceProvableFrom(guard.absenceProvableFrom(uid, recorded.lastCreateOutcomeIsRecorded()))
                .metadataPreserved(connection.preservesMetadata())
                .beingRestored(recorded.isDeleting()
                        && use.isBeingRestored(new ResourceID(
                                recorded.identity().name(), recorded.identity().namespace())))
                .refreshRequested(reconcileRequests.recordIfNew(uid, desired.reconcileRequest()))
                .installation(installation)
                .retryPolicy(retryPolicy)
                .build();
    }

    /**
     * Returns the volume to which the source leads. After a create request it is the recorded one, because the claim can be
     * bound again. The create intent alone does not name it, because a user can edit the annotation.
     */
    private VolumeResolution resolveVolume(DesiredSnapshot desired, RecordedState recorded) {
        if (desired.source() instanceof Source.Volume volume) {
            return new VolumeResolution.Resolved(volume.id());
        }
        if (!(desired.source() instanceof Source.Claim claim) || recorded.isDeleting()) {
            return new VolumeResolution.NotNeeded();
        }
        var intentVolume = recorded.intent().map(CreateIntent::volumeId);
        if (intentVolume.isPresent() && intentVolume.equals(recorded.volumeId())) {
            return new VolumeResolution.Resolved(intentVolume.get());
        }
        var replaces = recorded.intent().flatMap(CreateIntent::replaces).isPresent();
        return recorded.snapshot().isPresent() && !replaces
                ? new VolumeResolution.NotNeeded()
                : claimResolver.resolve(recorded.identity().namespace(), claim.name());
    }

    private static List<SnapshotId> observedIds(Observation observation) {
        return observation instanceof Observation.SearchResult search
                ? search.matches().stream().map(CloudSnapshot::id).toList()
                : List.of();
    }

    private UpdateControl<VolumeSnapshotRequest> toUpdateControl(Decision decision) {
        var control = UpdateControl.<VolumeSnapshotRequest>noUpdate();
        decision.requeueAfter().ifPresent(wait -> control.rescheduleAfter(jitter.spread(wait)));
        return control;
    }

    /** Removes what this process remembers about a request that is gone. */
    void onDeleted(VolumeSnapshotRequest gone) {
        var uid = gone.getMetadata().getUid();
        LogEvent.debug(LOG, "Request gone")
                .with(LogEvent.NAMESPACE, gone.getMetadata().getNamespace())
                .with(LogEvent.NAME, gone.getMetadata().getName())
                .with(LogEvent.UID, uid)
                .log();
        guard.remove(uid);
        connections.removeObject(uid);
        reconcileRequests.remove(uid);
        extension.remove(uid);
        listener.changed(gone);
    }
}
