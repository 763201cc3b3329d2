/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.CreateGuard;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironment;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.RetryPolicy;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import jakarta.enterprise.inject.Vetoed;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * One pass over one request, whatever event woke it: know what is written, look at the cloud, decide by the rules, carry
 * out at most one order, write one page or none.
 *
 * <p>{@code @Ignore} and {@code @Vetoed} keep the Quarkus extension from registering it: 7.7.3 loses {@code
 * triggerReconcilerOnAllEvents} on the way, and without it no deletion ever arrives. {@link SnapshotOperator} registers it.
 */
@Ignore
@Vetoed
final class VolumeSnapshotRequestReconciler implements Reconciler<VolumeSnapshotRequest> {
    private static final Logger LOG = Logger.getLogger(VolumeSnapshotRequestReconciler.class);
    private static final Duration CONFLICT_REQUEUE = Duration.ofMillis(500);

    private final CloudObserver eyes;
    private final CloudActuator hands;
    private final ClaimVolumeResolver claims;
    private final EventRecorder announcer;
    private final CloudConnection connection;
    private final SnapshotPoller shared;
    private final CreateGuard book;
    private final ReconcileRequestTracker lookRequests = new ReconcileRequestTracker();
    private final PollerEventSource wakeups;
    private final String installation;
    private final RetryPolicy patience;
    private final InstantSource clock;
    private final Jitter jitter;

    VolumeSnapshotRequestReconciler(
            CloudObserver eyes,
            CloudActuator hands,
            ClaimVolumeResolver claims,
            EventRecorder announcer,
            CloudConnection connection,
            SnapshotPoller shared,
            CreateGuard book,
            PollerEventSource wakeups,
            String installation,
            RetryPolicy patience,
            InstantSource clock,
            Jitter jitter) {
        this.eyes = eyes;
        this.hands = hands;
        this.claims = claims;
        this.announcer = announcer;
        this.connection = connection;
        this.shared = shared;
        this.book = book;
        this.wakeups = wakeups;
        this.installation = installation;
        this.patience = patience;
        this.clock = clock;
        this.jitter = jitter;
    }

    @Override
    public List<EventSource<?, VolumeSnapshotRequest>> prepareEventSources(
            EventSourceContext<VolumeSnapshotRequest> context) {
        wakeups.attach(context.getPrimaryCache());
        return List.of(wakeups);
    }

    @Override
    public UpdateControl<VolumeSnapshotRequest> reconcile(
            VolumeSnapshotRequest request, Context<VolumeSnapshotRequest> context) {
        if (context.isPrimaryResourceDeleted()) {
            onDeleted(request);
            return UpdateControl.noUpdate();
        }
        var now = clock.instant();
        var desk = new RequestWriter(request, context, announcer, now);
        try {
            return toUpdateControl(reconcileOnce(desk, now));
        } catch (CreateIntentJson.InvalidIntentException unreadable) {
            return toUpdateControl(onInvalidObject(desk, Verdict.of(Reason.IntentUnreadable)));
        } catch (KubernetesClientException conflict) {
            if (conflict.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw conflict;
            }
            // Someone else wrote meanwhile: what was decided may not hold any more, so nothing of it is written.
            return UpdateControl.<VolumeSnapshotRequest>noUpdate().rescheduleAfter(CONFLICT_REQUEUE);
        }
    }

    private Decision reconcileOnce(RequestWriter desk, Instant now) {
        var reading = SpecMapper.parse(desk.request());
        if (reading instanceof SpecMapper.ParsedSpec.Invalid unclear) {
            return onInvalidObject(desk, unclear.why());
        }
        var wish = ((SpecMapper.ParsedSpec.Valid) reading).wish();
        var known = StatusMapper.read(desk.request());
        var it = new ReconcileInput(wish, known, environment(wish, known), now);
        var sighting = eyes.observe(known, SnapshotRules.planObservation(it));
        var decision = SnapshotRules.decide(it, sighting, UUID.randomUUID().toString());
        var outcome = decision.deed().accept(new ActionExecutor(it, decision, hands, desk));
        desk.patchStatus(outcome);
        desk.recordedSnapshot()
                .ifPresent(held -> shared.watch(desk.id(), known.owner().uid(), held));
        return outcome;
    }

    /** What stands on the object cannot be followed; the one thing that is certain all the same is that it may be let go. */
    private Decision onInvalidObject(RequestWriter desk, Verdict why) {
        if (desk.request().isMarkedForDeletion() && SpecMapper.isAbandoned(desk.request())) {
            desk.removeFinalizer(Optional.of(Reason.SnapshotForgotten));
            return new Decision(new Action.None(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        return desk.patchStatus(why, patience.rare());
    }

    private ReconcileEnvironment environment(DesiredSnapshot wish, RecordedState known) {
        var uid = known.owner().uid();
        return new ReconcileEnvironment(
                connection.checkAccess(),
                resolveVolume(wish, known),
                book.hasNoPriorCreate(uid),
                book.absenceProvableFrom(uid, known.lastCreateOutcomeIsRecorded()),
                connection.preservesMetadata(),
                lookRequests.recordIfNew(uid, wish.lookRequested()),
                installation,
                patience);
    }

    /** A claim is resolved once and the disk kept: bound anew, it must not send a search elsewhere. */
    private ReconcileEnvironment.VolumeResolution resolveVolume(DesiredSnapshot wish, RecordedState known) {
        if (wish.source() instanceof Source.Volume disk) {
            return new ReconcileEnvironment.VolumeResolution.Resolved(disk.id());
        }
        if (!(wish.source() instanceof Source.Claim claim) || known.deleting()) {
            return new ReconcileEnvironment.VolumeResolution.NotNeeded();
        }
        return known.intent()
                .map(intent -> (ReconcileEnvironment.VolumeResolution)
                        new ReconcileEnvironment.VolumeResolution.Resolved(intent.volumeId()))
                .or(() -> known.held().map(held -> new ReconcileEnvironment.VolumeResolution.NotNeeded()))
                .orElseGet(() -> claims.resolve(known.owner().namespace(), claim.name()));
    }

    private UpdateControl<VolumeSnapshotRequest> toUpdateControl(Decision decision) {
        var control = UpdateControl.<VolumeSnapshotRequest>noUpdate();
        decision.lookAgainWithin().ifPresent(wait -> control.rescheduleAfter(jitter.spread(wait)));
        return control;
    }

    private void onDeleted(VolumeSnapshotRequest gone) {
        var uid = gone.getMetadata().getUid();
        LOG.debugf("%s is gone", ResourceID.fromResource(gone));
        book.forget(uid);
        shared.remove(uid);
        lookRequests.remove(uid);
    }
}
