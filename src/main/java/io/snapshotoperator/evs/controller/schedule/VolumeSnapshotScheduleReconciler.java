/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplate;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatus;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.CloudConnections;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.controller.DeletedObjects;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.KubernetesResourceStore;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.controller.schedule.RequestIndex.Scheduled;
import io.snapshotoperator.evs.schedule.Child;
import io.snapshotoperator.evs.schedule.DesiredSchedule;
import io.snapshotoperator.evs.schedule.LastGood;
import io.snapshotoperator.evs.schedule.ScheduleDecision;
import io.snapshotoperator.evs.schedule.ScheduleDecision.NewChild;
import io.snapshotoperator.evs.schedule.ScheduleInput;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.schedule.ScheduleRules;
import io.snapshotoperator.evs.telemetry.LogEvent;
import io.snapshotoperator.evs.telemetry.ScheduleMetrics;
import jakarta.enterprise.inject.Vetoed;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Reconciles one schedule: reads what it selects and which requests it has, lets the rules decide, creates and deletes requests, and
 * patches the status at most once. It decides again each time, so nothing is lost if the process ends in between: the name of a
 * request is computed, and the status that completes a slot is written last.
 */
@Ignore
@Vetoed
public final class VolumeSnapshotScheduleReconciler implements Reconciler<VolumeSnapshotSchedule> {
    private static final Logger LOG = Logger.getLogger(VolumeSnapshotScheduleReconciler.class);
    private static final Duration CONFLICT_REQUEUE = Duration.ofMillis(500);
    private static final Duration SHORT_REQUEUE = Duration.ofSeconds(1);

    /** Shows within this time that a claim is gone, although nothing happens. */
    private static final Duration MAX_REQUEUE = Duration.ofHours(1);

    /** The API server rejects an object that its schema does not accept. */
    private static final int UNPROCESSABLE = 422;

    /** So many names are shown in an event. */
    private static final int MAX_SHOWN = 5;

    private final KubernetesClient kubernetes;
    private final CloudConnections connections;
    private final RequestIndex requests;
    private final ScheduleTriggers triggers;
    private final ClaimSources claims;
    private final EventRecorder events;
    private final ScheduleMetrics metrics;
    private final int snapshotsPerVolume;
    private final InstantSource clock;

    private final DeletedObjects<VolumeSnapshotSchedule> deletedObjects = new DeletedObjects<>();

    /** What the spec of each schedule asks for, by UID: it takes long to compute. */
    private final Map<String, Parsed> parsed = new ConcurrentHashMap<>();

    private volatile Optional<IndexedResourceCache<VolumeSnapshotSchedule>> objects = Optional.empty();

    /** @param snapshotsPerVolume the limit of the cloud for one volume */
    public VolumeSnapshotScheduleReconciler(
            KubernetesClient kubernetes,
            CloudConnections connections,
            RequestIndex requests,
            ScheduleTriggers triggers,
            EventRecorder events,
            ScheduleMetrics metrics,
            int snapshotsPerVolume,
            InstantSource clock) {
        this.kubernetes = kubernetes;
        this.connections = connections;
        this.requests = requests;
        this.triggers = triggers;
        this.claims = new ClaimSources(kubernetes, clock);
        this.events = events;
        this.metrics = metrics;
        this.snapshotsPerVolume = snapshotsPerVolume;
        this.clock = clock;
    }

    /** The desired schedule of one generation, or why the spec cannot be used. */
    private record Parsed(long generation, Optional<DesiredSchedule> desired, String problem) {}

    @Override
    public List<EventSource<?, VolumeSnapshotSchedule>> prepareEventSources(
            EventSourceContext<VolumeSnapshotSchedule> context) {
        objects = Optional.of(context.getPrimaryCache());
        return List.of(triggers, deletedObjects);
    }

    /** Returns the reason that each schedule reports; empty for one that reports none yet. */
    public Stream<Optional<String>> reasons() {
        return objects.stream().flatMap(IndexedResourceCache::list).map(ScheduleStatusMapper::reportedReason);
    }

    @Override
    public UpdateControl<VolumeSnapshotSchedule> reconcile(
            VolumeSnapshotSchedule schedule, Context<VolumeSnapshotSchedule> context) {
        // The reconcile of a deletion can get a new object of the same name.
        deletedObjects.take(ResourceID.fromResource(schedule)).forEach(this::forget);
        if (context.isPrimaryResourceDeleted()) {
            return UpdateControl.noUpdate();
        }
        if (schedule.isMarkedForDeletion()) {
            forget(schedule);
            return UpdateControl.noUpdate();
        }
        triggers.add(schedule);
        return reconcile(schedule, new KubernetesResourceStore<>(context));
    }

    private void forget(VolumeSnapshotSchedule gone) {
        triggers.remove(gone);
        metrics.remove(gone.getMetadata().getUid());
        parsed.remove(gone.getMetadata().getUid());
    }

    private UpdateControl<VolumeSnapshotSchedule> reconcile(
            VolumeSnapshotSchedule schedule, ResourceStore<VolumeSnapshotSchedule> store) {
        var now = clock.instant();
        var writer = new ResourceWriter<>(schedule, store, events, now);
        try {
            return UpdateControl.<VolumeSnapshotSchedule>noUpdate().rescheduleAfter(reconcile(writer, now));
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                // The schedule has changed since it was read.
                return UpdateControl.<VolumeSnapshotSchedule>noUpdate().rescheduleAfter(CONFLICT_REQUEUE);
            }
            throw new ApiServerException(rejected);
        }
    }

    private Duration reconcile(
            ResourceWriter<VolumeSnapshotSchedule, VolumeSnapshotScheduleStatus> writer, Instant now) {
        var schedule = writer.resource();
        var existing = requests.of(schedule);
        if (existing.isEmpty()) {
            return SHORT_REQUEUE;
        }
        var spec = parse(schedule);
        if (spec.desired().isEmpty()) {
            return reportInvalid(writer, spec.problem(), now);
        }
        Optional<ScheduleInput> observed;
        try {
            observed = input(schedule, spec.desired().get(), existing.get(), now);
        } catch (IllegalArgumentException unusable) {
            return reportInvalid(writer, unusable.getMessage(), now);
        }
        if (observed.isEmpty()) {
            return SHORT_REQUEUE;
        }
        var input = observed.get();
        var planned = ScheduleRules.decide(input);
        var decision = ScheduleRules.afterCreates(input, planned, create(schedule, planned.creates()));
        var deleted = delete(existing.get(), decision.deletes());

        writer.patchStatus(
                object -> ScheduleStatusMapper.next(object, input.desired(), decision, input.children(), now));
        report(writer, decision, deleted);
        var uid = schedule.getMetadata().getUid();
        LastGood.of(input, decision, ScheduleSpecMapper.readyWithin(schedule.getSpec()))
                .ifPresentOrElse(last -> metrics.update(uid, last.slot(), last.due()), () -> metrics.remove(uid));
        var wait = decision.wakeAt().map(at -> Duration.between(now, at)).orElse(MAX_REQUEUE);
        return Stream.of(wait, MAX_REQUEUE)
                .min(Duration::compareTo)
                .filter(shortest -> shortest.compareTo(SHORT_REQUEUE) > 0)
                .orElse(SHORT_REQUEUE);
    }

    private Parsed parse(VolumeSnapshotSchedule schedule) {
        var meta = schedule.getMetadata();
        return parsed.compute(
                meta.getUid(),
                (uid, known) -> known != null && known.generation() == meta.getGeneration()
                        ? known
                        : parse(schedule, meta.getGeneration()));
    }

    private Parsed parse(VolumeSnapshotSchedule schedule, long generation) {
        try {
            return new Parsed(
                    generation, Optional.of(ScheduleSpecMapper.desired(schedule.getSpec(), snapshotsPerVolume)), "");
        } catch (IllegalArgumentException invalid) {
            return new Parsed(generation, Optional.empty(), invalid.getMessage());
        }
    }

    private Duration reportInvalid(
            ResourceWriter<VolumeSnapshotSchedule, VolumeSnapshotScheduleStatus> writer, String problem, Instant now) {
        var verdict = Verdict.of(ScheduleReason.ScheduleInvalid, problem);
        var isNew = !ScheduleStatusMapper.reportedReason(writer.resource())
                .equals(Optional.of(ScheduleReason.ScheduleInvalid.name()));
        writer.patchStatus(object -> ScheduleStatusMapper.withVerdict(object, verdict, now));
        if (isNew) {
            writer.recordEvent(verdict);
        }
        return MAX_REQUEUE;
    }

    /**
     * @return empty if other schedules read claims now
     * @throws IllegalArgumentException with a sentence for users, if the sources cannot be used
     */
    private Optional<ScheduleInput> input(
            VolumeSnapshotSchedule schedule, DesiredSchedule desired, List<Scheduled> existing, Instant now) {
        var template = Optional.ofNullable(schedule.getSpec().template()).orElse(RequestTemplate.DEFAULT);
        var resolution = connections.resolve(schedule, template.connectionRef());
        return claims.find(
                        schedule.getMetadata().getNamespace(),
                        schedule.getSpec().sources(),
                        mayNameVolumes(resolution))
                .map(sources -> new ScheduleInput(
                        desired,
                        ScheduleStatusMapper.read(schedule),
                        sources,
                        existing.stream().map(Scheduled::child).toList(),
                        obstacle(resolution),
                        now));
    }

    /** Requests check this again. A connection that is not known yet gives no answer, so they decide. */
    private static boolean mayNameVolumes(ConnectionResolution resolution) {
        return !(resolution instanceof ConnectionResolution.Resolved resolved)
                || resolved.policy().rawIds();
    }

    /** Why nothing may be deleted now. While the cloud is out of reach, what the requests report can be old. */
    private static Optional<String> obstacle(ConnectionResolution resolution) {
        if (resolution instanceof ConnectionResolution.Resolved resolved) {
            return resolved.connection().isTroubled()
                    ? Optional.of("The connection to the cloud has a trouble.")
                    : Optional.empty();
        }
        return resolution instanceof ConnectionResolution.Unresolved unresolved
                ? Optional.of(
                        "The connection cannot be used: " + unresolved.verdict().message())
                : Optional.of("The connection was not examined yet.");
    }

    /** Creates the requests. Returns why some were rejected, by the key of the source. */
    private Map<String, String> create(VolumeSnapshotSchedule schedule, List<NewChild> children) {
        var rejected = new HashMap<String, String>();
        children.forEach(child -> create(schedule, child)
                .ifPresent(why -> rejected.put(child.source().key(), why)));
        return rejected;
    }

    private Optional<String> create(VolumeSnapshotSchedule schedule, NewChild child) {
        var request = ScheduledRequests.create(schedule, child);
        try {
            kubernetes.resource(request).create();
            LogEvent.info(LOG, "Scheduled request created")
                    .with(LogEvent.NAMESPACE, request.getMetadata().getNamespace())
                    .with(LogEvent.NAME, request.getMetadata().getName())
                    .log();
            return Optional.empty();
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return isOwn(schedule, child)
                        ? Optional.empty()
                        : Optional.of("Another VolumeSnapshotRequest has the name " + child.name() + ".");
            }
            if (isRejected(failure)) {
                return Optional.of("The API server rejects the request: " + ApiServerException.message(failure));
            }
            throw failure;
        }
    }

    private static boolean isRejected(KubernetesClientException failure) {
        return failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                || failure.getCode() == HttpURLConnection.HTTP_BAD_REQUEST
                || failure.getCode() == UNPROCESSABLE;
    }

    /** Whether an earlier reconcile created it, and the cache does not show it yet. */
    private boolean isOwn(VolumeSnapshotSchedule schedule, NewChild child) {
        var stored =
                kubernetes.resource(ScheduledRequests.create(schedule, child)).get();
        return stored != null
                && ScheduledRequests.read(schedule, stored, id -> false).isPresent();
    }

    /** Deletes requests in the versions on which the decision is based. Returns those that were deleted. */
    private List<Child> delete(List<Scheduled> existing, List<Child> expired) {
        var deleted = new ArrayList<Child>();
        existing.stream()
                .filter(scheduled -> expired.contains(scheduled.child()))
                .filter(this::delete)
                .map(Scheduled::child)
                .forEach(deleted::add);
        return deleted;
    }

    private boolean delete(Scheduled scheduled) {
        var meta = scheduled.request().getMetadata();
        try {
            kubernetes
                    .resource(scheduled.request())
                    .lockResourceVersion(meta.getResourceVersion())
                    .delete();
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // It changed meanwhile: someone may hold it now. Its change triggers the schedule.
                return false;
            }
            if (isRejected(failure)) {
                // For example an admission policy. The other requests and the status must not wait for this one.
                LogEvent.warn(LOG, "Deletion of an expired request rejected")
                        .with(LogEvent.NAMESPACE, meta.getNamespace())
                        .with(LogEvent.NAME, meta.getName())
                        .with(LogEvent.UID, meta.getUid())
                        .with(LogEvent.CODE, failure.getCode())
                        .with(LogEvent.DETAIL, ApiServerException.message(failure))
                        .log();
                return false;
            }
            throw failure;
        }
        LogEvent.info(LOG, "Expired request deleted")
                .with(LogEvent.NAMESPACE, meta.getNamespace())
                .with(LogEvent.NAME, meta.getName())
                .with(LogEvent.UID, meta.getUid())
                .log();
        return true;
    }

    private static void report(
            ResourceWriter<VolumeSnapshotSchedule, VolumeSnapshotScheduleStatus> writer,
            ScheduleDecision decision,
            List<Child> deleted) {
        if (!decision.skipped().isEmpty()) {
            var skipped = decision.skipped().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(source -> source.getKey() + ": " + source.getValue())
                    .toList();
            writer.recordEvent(Verdict.of(
                    ScheduleReason.SlotSkipped,
                    "Slot " + decision.lastSlot().map(Instant::toString).orElse("") + ". " + shown(skipped, " ")));
        }
        if (!deleted.isEmpty()) {
            writer.recordEvent(Verdict.of(
                    ScheduleReason.RequestsExpired,
                    shown(deleted.stream().map(child -> child.candidate().id()).toList(), ", ") + "."));
        }
    }

    private static String shown(List<String> texts, String separator) {
        return texts.stream().limit(MAX_SHOWN).collect(Collectors.joining(separator))
                + (texts.size() > MAX_SHOWN ? separator + "and " + (texts.size() - MAX_SHOWN) + " more" : "");
    }
}
