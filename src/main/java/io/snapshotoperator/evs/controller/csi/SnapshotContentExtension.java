/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.MetadataRejectedException;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.csi.ContentDecision;
import io.snapshotoperator.evs.csi.ContentDecision.Action;
import io.snapshotoperator.evs.csi.ContentDecision.Recheck;
import io.snapshotoperator.evs.csi.ContentInput;
import io.snapshotoperator.evs.csi.ContentInputBuilder;
import io.snapshotoperator.evs.csi.ContentName;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.csi.ContentRules;
import io.snapshotoperator.evs.csi.DesiredContent;
import io.snapshotoperator.evs.csi.ObservedContent;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Gives a ready request its {@code VolumeSnapshotContent}, and removes it before the snapshot is deleted. Each reconcile reads content
 * and {@code VolumeSnapshot}, lets {@link ContentRules} decide, and executes the decision. Nothing watches these objects, so a request
 * with a content is reconciled again after an interval. A request that asks for none costs nothing.
 *
 * <p>If the process ends at any line, the next reconcile continues: the name of a content is computed, and a finalizer of its own
 * keeps the request until the content is gone.
 */
public final class SnapshotContentExtension
        implements ReconcileExtension<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> {
    private static final Logger LOG = Logger.getLogger(SnapshotContentExtension.class);

    /** A VolumeSnapshot and a content are removed, or created, in one reconcile if nothing else holds them. */
    private static final int MAX_ACTIONS = 3;

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int LONG_WAIT = 30;

    private final SnapshotApi api;
    private final ContentPlanner planner;
    private final Duration interval;

    /**
     * @param interval how often contents and VolumeSnapshots are read while another program is expected to act. If nothing is
     *     expected, they are read thirty times less often
     */
    public SnapshotContentExtension(
            KubernetesClient kubernetes, ClaimVolumeResolver claims, ContentPermission permission, Duration interval) {
        this.api = new SnapshotApi(kubernetes);
        this.planner = new ContentPlanner(permission, claims);
        this.interval = interval;
    }

    /** The content of a binding, if it exists. */
    private record Located(int binding, Optional<ObservedContent> content) {}

    @Override
    public FollowUp reconcile(ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer, Instant now) {
        return new FollowUp(nextReconcile(writer), false);
    }

    private Optional<Duration> nextReconcile(
            ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer) {
        var record = new ContentRecord(writer);
        var asked = asked(record.request()).filter(spec -> !record.request().isMarkedForDeletion());
        if (asked.isEmpty() && !record.mayHaveContent()) {
            record.release();
            return Optional.empty();
        }
        try {
            if (isAbandoned(record.request())) {
                abandon(record);
                return Optional.empty();
            }
            if (!record.request().isMarkedForDeletion() && record.mayHaveContent()) {
                // A user can have removed it. Then a deletion would delete the snapshot of a bound content.
                record.hold();
            }
            return asked.isPresent() ? reconcile(record, asked.get()) : reconcile(record, Optional.empty());
        } catch (SnapshotApiException rejected) {
            return onRejected(record, rejected);
        } catch (MetadataRejectedException rejected) {
            record.report(Verdict.of(ContentReason.ContentRejected, rejected.getMessage()));
            return Optional.of(delay(Recheck.LONG));
        }
    }

    private Optional<Duration> reconcile(ContentRecord record, SnapshotContentSpec asked) {
        var plan = planner.plan(record.request(), asked);
        if (plan instanceof ContentPlanner.Plan.Wanted wanted) {
            return reconcile(record, Optional.of(wanted.content()));
        }
        if (plan instanceof ContentPlanner.Plan.Blocked blocked) {
            record.report(blocked.verdict());
            return Optional.of(delay(waitAfter(blocked.verdict())));
        }
        return ((ContentPlanner.Plan.NotYet) plan).retrySoon() ? Optional.of(SOON) : Optional.empty();
    }

    private Optional<Duration> reconcile(ContentRecord record, Optional<DesiredContent> desired) {
        var decision = step(record, desired);
        for (var actions = 1; actions < MAX_ACTIONS && continuesAtOnce(decision, desired); actions++) {
            decision = step(record, desired);
        }
        if (decision.action() instanceof Action.Release) {
            return Optional.empty();
        }
        record.report(decision);
        return Optional.of(delay(decision.recheck()));
    }

    /** Whether what follows an action can be done now. Otherwise another program acts first, or a user. */
    private static boolean continuesAtOnce(ContentDecision decision, Optional<DesiredContent> desired) {
        return decision.action() instanceof Action.DeleteContent
                || decision.action() instanceof Action.DeleteVolumeSnapshot
                || (decision.action() instanceof Action.CreateContent
                        && desired.filter(DesiredContent::createVolumeSnapshot).isPresent());
    }

    private ContentDecision step(ContentRecord record, Optional<DesiredContent> desired) {
        var input = observe(record, desired);
        var decision = ContentRules.decide(input);
        record.observed(input, desired);
        decision.action().accept(new Executor(record));
        return decision;
    }

    private ContentInput observe(ContentRecord record, Optional<DesiredContent> desired) {
        var request = record.request();
        var meta = request.getMetadata();
        var located = locate(record, desired.isPresent());
        var volumeSnapshotName = located.content()
                .map(ObservedContent::volumeSnapshotName)
                .filter(name -> !name.isEmpty())
                .or(() -> desired.map(DesiredContent::volumeSnapshotName));
        return ContentInputBuilder.builder()
                .request(new ObjectIdentity(meta.getUid(), meta.getNamespace(), meta.getName()))
                .snapshotId(snapshotId(request))
                .desired(desired)
                .binding(located.binding())
                .content(located.content())
                .volumeSnapshot(
                        needsVolumeSnapshot(located, desired)
                                ? volumeSnapshotName.flatMap(name -> api.findVolumeSnapshot(meta.getNamespace(), name))
                                : Optional.empty())
                .build();
    }

    /** Without a content, only the VolumeSnapshot that the operator creates matters. */
    private static boolean needsVolumeSnapshot(Located located, Optional<DesiredContent> desired) {
        return located.content().isPresent()
                || desired.filter(DesiredContent::createVolumeSnapshot).isPresent();
    }

    /**
     * Finds the content of the last binding. The status does not record a content that was created just before the process ended, so
     * the next one is read too. A request whose status was removed has its finalizer, and then all contents are searched, and once more
     * before a request is released.
     */
    private Located locate(ContentRecord record, boolean isWanted) {
        var uid = record.request().getMetadata().getUid();
        var last = record.last();
        var number = last.isEmpty() && record.isHeld() ? newest(uid).orElse(0) : Math.max(0, last.orElse(0));
        var known = find(uid, number).or(() -> find(uid, number + 1));
        if (known.isPresent() || isWanted) {
            return known.orElseGet(() -> new Located(number + 1, Optional.empty()));
        }
        // If every write of the status failed, the last one has a larger number.
        return newest(uid)
                .flatMap(larger -> find(uid, larger))
                .orElseGet(() -> new Located(number + 1, Optional.empty()));
    }

    private Optional<Located> find(String uid, int number) {
        return number == 0
                ? Optional.empty()
                : api.findContent(ContentName.of(uid, number))
                        .map(content -> new Located(number, Optional.of(content)));
    }

    private Optional<Integer> newest(String uid) {
        return api.findNewestContentOf(uid).map(content -> ContentName.binding(uid, content.name()));
    }

    private void abandon(ContentRecord record) {
        try {
            for (var action : ContentRules.abandon(observe(record, Optional.empty()))) {
                action.accept(new Executor(record));
            }
        } catch (SnapshotApiException rejected) {
            // The user asked to wait for nothing. The content stays, with the deletion policy Retain.
            log(record.request(), "Content left")
                    .with(LogEvent.DETAIL, rejected.getMessage())
                    .log();
        }
        record.release();
    }

    private Optional<Duration> onRejected(ContentRecord record, SnapshotApiException rejected) {
        if (rejected.isConflict()) {
            return Optional.of(SOON);
        }
        var verdict = rejected.verdict();
        record.report(verdict);
        return Optional.of(delay(waitAfter(verdict)));
    }

    private static Recheck waitAfter(Verdict verdict) {
        return verdict.reason() == ContentReason.SnapshotNotReady
                        || verdict.reason().phase() == Phase.STALLED
                ? Recheck.LONG
                : Recheck.SHORT;
    }

    private Duration delay(Recheck recheck) {
        return switch (recheck) {
            case SOON -> interval.compareTo(SOON) < 0 ? interval : SOON;
            case SHORT -> interval;
            case LONG -> interval.multipliedBy(LONG_WAIT);
        };
    }

    /** Executes one action. */
    private final class Executor implements Action.Visitor<Void> {
        private final ContentRecord record;

        private Executor(ContentRecord record) {
            this.record = record;
        }

        @Override
        public Void none() {
            return null;
        }

        @Override
        public Void createContent(Action.CreateContent action) {
            record.hold();
            api.createContent(record.request(), action.name(), action.content());
            record.created(action.name());
            log(record.request(), "Content created")
                    .with(LogEvent.DETAIL, action.name())
                    .log();
            return null;
        }

        @Override
        public Void deleteContent(Action.DeleteContent action) {
            api.delete(action.content());
            log(record.request(), "Content deleted")
                    .with(LogEvent.DETAIL, action.content().name())
                    .log();
            return null;
        }

        @Override
        public Void createVolumeSnapshot(Action.CreateVolumeSnapshot action) {
            api.createVolumeSnapshot(record.request(), action.contentName(), action.content());
            log(record.request(), "VolumeSnapshot created")
                    .with(LogEvent.DETAIL, action.content().volumeSnapshotName())
                    .log();
            return null;
        }

        @Override
        public Void deleteVolumeSnapshot(Action.DeleteVolumeSnapshot action) {
            api.delete(record.request().getMetadata().getNamespace(), action.volumeSnapshot());
            log(record.request(), "VolumeSnapshot deleted")
                    .with(LogEvent.DETAIL, action.volumeSnapshot().name())
                    .log();
            return null;
        }

        @Override
        public Void release() {
            record.release();
            return null;
        }
    }

    private static Optional<SnapshotContentSpec> asked(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getSpec()).map(spec -> spec.volumeSnapshotContent());
    }

    static Optional<SnapshotContentStatus> recorded(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus()).map(VolumeSnapshotRequestStatus::volumeSnapshotContent);
    }

    static Optional<String> snapshotId(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatus::snapshotId)
                .filter(id -> !id.isBlank());
    }

    private static boolean isAbandoned(VolumeSnapshotRequest request) {
        return request.isMarkedForDeletion()
                && Optional.ofNullable(request.getMetadata().getAnnotations())
                        .map(annotations -> annotations.get(Api.ABANDON))
                        .filter("true"::equals)
                        .isPresent();
    }

    private static LogEvent log(VolumeSnapshotRequest request, String message) {
        return LogEvent.info(LOG, message)
                .with(LogEvent.NAMESPACE, request.getMetadata().getNamespace())
                .with(LogEvent.NAME, request.getMetadata().getName())
                .with(LogEvent.UID, request.getMetadata().getUid());
    }
}
