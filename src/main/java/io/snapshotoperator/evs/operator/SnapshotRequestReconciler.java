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
import io.snapshotoperator.evs.snapshot.Case;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.Deed;
import io.snapshotoperator.evs.snapshot.Known;
import io.snapshotoperator.evs.snapshot.LicenceBook;
import io.snapshotoperator.evs.snapshot.Patience;
import io.snapshotoperator.evs.snapshot.Rules;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.snapshot.Standing;
import io.snapshotoperator.evs.snapshot.Wish;
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
final class SnapshotRequestReconciler implements Reconciler<VolumeSnapshotRequest> {
    private static final Logger LOG = Logger.getLogger(SnapshotRequestReconciler.class);
    private static final Duration AFTER_CONFLICT = Duration.ofMillis(500);

    private final Eyes eyes;
    private final Hands hands;
    private final Claims claims;
    private final Announcer announcer;
    private final Connection connection;
    private final SharedLooks shared;
    private final LicenceBook book;
    private final LookRequests lookRequests = new LookRequests();
    private final Wakeups wakeups;
    private final String installation;
    private final Patience patience;
    private final InstantSource clock;
    private final Jitter jitter;

    SnapshotRequestReconciler(
            Eyes eyes,
            Hands hands,
            Claims claims,
            Announcer announcer,
            Connection connection,
            SharedLooks shared,
            LicenceBook book,
            Wakeups wakeups,
            String installation,
            Patience patience,
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
        wakeups.over(context.getPrimaryCache());
        return List.of(wakeups);
    }

    @Override
    public UpdateControl<VolumeSnapshotRequest> reconcile(
            VolumeSnapshotRequest request, Context<VolumeSnapshotRequest> context) {
        if (context.isPrimaryResourceDeleted()) {
            forget(request);
            return UpdateControl.noUpdate();
        }
        var now = clock.instant();
        var desk = new Desk(request, context, announcer, now);
        try {
            return again(pass(desk, now));
        } catch (IntentNote.UnreadableIntentException unreadable) {
            return again(stuck(desk, Verdict.of(Reason.IntentUnreadable)));
        } catch (KubernetesClientException conflict) {
            if (conflict.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw conflict;
            }
            // Someone else wrote meanwhile: what was decided may not hold any more, so nothing of it is written.
            return UpdateControl.<VolumeSnapshotRequest>noUpdate().rescheduleAfter(AFTER_CONFLICT);
        }
    }

    private Decision pass(Desk desk, Instant now) {
        var reading = Wishes.of(desk.request());
        if (reading instanceof Wishes.Reading.Unclear unclear) {
            return stuck(desk, unclear.why());
        }
        var wish = ((Wishes.Reading.Clear) reading).wish();
        var known = Pages.known(desk.request());
        var it = new Case(wish, known, standing(wish, known), now);
        var sighting = eyes.look(known, Rules.question(it));
        var decision = Rules.decide(it, sighting, UUID.randomUUID().toString());
        var outcome = decision.deed().on(new Pass(it, decision, hands, desk));
        desk.write(outcome);
        desk.held().ifPresent(held -> shared.follow(desk.id(), known.owner().uid(), held));
        return outcome;
    }

    /** What stands on the object cannot be followed; the one thing that is certain all the same is that it may be let go. */
    private Decision stuck(Desk desk, Verdict why) {
        if (desk.request().isMarkedForDeletion() && Wishes.forgets(desk.request())) {
            desk.letGo(Optional.of(Reason.SnapshotForgotten));
            return new Decision(new Deed.Nothing(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        return desk.write(why, patience.rare());
    }

    private Standing standing(Wish wish, Known known) {
        var uid = known.owner().uid();
        return new Standing(
                connection.reach(),
                disk(wish, known),
                book.knowsOfNoOrder(uid),
                book.nothingArrivesAfter(uid, known.intendedOrderIsSettled()),
                connection.keepsMarkers(),
                lookRequests.isNew(uid, wish.lookRequested()),
                installation,
                patience);
    }

    /** A claim is resolved once and the disk kept: bound anew, it must not send a search elsewhere. */
    private Standing.Disk disk(Wish wish, Known known) {
        if (wish.source() instanceof Source.Disk disk) {
            return new Standing.Disk.Resolved(disk.id());
        }
        if (!(wish.source() instanceof Source.Claim claim) || known.deleting()) {
            return new Standing.Disk.NotNeeded();
        }
        return known.intent()
                .map(intent -> (Standing.Disk) new Standing.Disk.Resolved(intent.volumeId()))
                .or(() -> known.held().map(held -> new Standing.Disk.NotNeeded()))
                .orElseGet(() -> claims.disk(known.owner().namespace(), claim.name()));
    }

    private UpdateControl<VolumeSnapshotRequest> again(Decision decision) {
        var control = UpdateControl.<VolumeSnapshotRequest>noUpdate();
        decision.lookAgainWithin().ifPresent(wait -> control.rescheduleAfter(jitter.spread(wait)));
        return control;
    }

    private void forget(VolumeSnapshotRequest gone) {
        var uid = gone.getMetadata().getUid();
        LOG.debugf("%s is gone", ResourceID.fromResource(gone));
        book.forget(uid);
        shared.forget(uid);
        lookRequests.forget(uid);
    }
}
