/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Where one pass reads and writes its object. Every write is a JSON patch locked to the version that it was decided upon,
 * and the next one starts from what the last one returned. One desk serves one pass and one thread.
 */
final class RequestWriter {
    private static final Logger LOG = Logger.getLogger(RequestWriter.class);

    /** A conflict means that someone else wrote; so many in a row within one write are a fight, not a coincidence. */
    private static final int MAX_CONFLICTS = 20;

    private final Context<VolumeSnapshotRequest> context;
    private final EventRecorder events;
    private final Instant now;
    private VolumeSnapshotRequest request;

    RequestWriter(
            VolumeSnapshotRequest request, Context<VolumeSnapshotRequest> context, EventRecorder events, Instant now) {
        this.request = request;
        this.context = context;
        this.events = events;
        this.now = now;
    }

    VolumeSnapshotRequest request() {
        return request;
    }

    ResourceID id() {
        return ResourceID.fromResource(request);
    }

    /** The snapshot that the last version we know of records. */
    Optional<RecordedState.RecordedSnapshot> recordedSnapshot() {
        return StatusMapper.read(request).snapshot();
    }

    /**
     * Writes the intent, and with the first one the finalizer, to the very version that was decided upon.
     *
     * @return false when that version is no more; nothing was written then
     */
    boolean writeIntent(CreateIntent intent) {
        try {
            patch(object -> {
                var annotations =
                        new HashMap<>(Optional.ofNullable(object.getMetadata().getAnnotations())
                                .orElseGet(HashMap::new));
                annotations.put(Api.CREATE_INTENT, CreateIntentJson.write(intent));
                object.getMetadata().setAnnotations(annotations);
                object.addFinalizer(Api.FINALIZER);
                return object;
            });
            return true;
        } catch (KubernetesClientException rejected) {
            if (isGoneOrConflict(rejected)) {
                return false;
            }
            throw rejected;
        }
    }

    /**
     * Whether the object, read anew, still records this snapshot. An informer may show what was true a while ago, and on
     * its word alone nothing goes that lies beside the recorded one.
     */
    boolean refreshIfStillRecords(SnapshotId kept) {
        var current = context.getClient().resource(request).get();
        if (current == null
                || !current.getMetadata().getUid().equals(request.getMetadata().getUid())
                || !StatusMapper.recordedId(current).equals(Optional.of(kept))) {
            return false;
        }
        request = current;
        return true;
    }

    /** Puts our finalizer on. */
    void addFinalizer() {
        patch(object -> {
            object.addFinalizer(Api.FINALIZER);
            return object;
        });
    }

    /** Takes our finalizer off, and says why where that is news. */
    void removeFinalizer(Optional<Reason> announce) {
        // Before the write: in a moment the object is gone, and with it what the event is about.
        announce.ifPresent(reason -> events.record(request, Verdict.of(reason, describeRemaining()), now));
        try {
            patch(object -> {
                object.removeFinalizer(Api.FINALIZER);
                return object;
            });
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw rejected;
            }
        }
    }

    /** What lies in the cloud, as far as the object tells; it matters not whether its intent can be read. */
    private String describeRemaining() {
        var left = StatusMapper.recordedIds(request);
        if (!left.isEmpty()) {
            return "Left in the cloud: " + String.join(", ", left) + ".";
        }
        return CreateIntentJson.textOn(request)
                .map(intent -> "A snapshot was to be ordered. If there is one, its marker bears the UID "
                        + request.getMetadata().getUid() + ", and the report orphans names it.")
                .orElse("");
    }

    /** Deletes the object, if it is still the one that was decided upon. */
    void deleteRequest(Optional<Verdict> event) {
        event.ifPresent(what -> events.record(request, what, now));
        context.getClient()
                .resource(request)
                .lockResourceVersion(request.getMetadata().getResourceVersion())
                .delete();
    }

    /** Writes a verdict and nothing else, and comes back later. */
    Decision patchStatus(Verdict verdict, Duration retryAfter) {
        var decision = new Decision(
                new Action.None(),
                Optional.of(StatusPatch.verdict(verdict)),
                Optional.of(retryAfter),
                Optional.empty());
        patchStatus(decision);
        return decision;
    }

    /** Writes the page if it differs from what is there, then announces what is to be announced. */
    void patchStatus(Decision decision) {
        decision.statusPatch().ifPresent(this::patchStatus);
        decision.event().ifPresent(what -> events.record(request, what, now));
    }

    private boolean patchStatus(StatusPatch statusPatch) {
        var next = StatusMapper.apply(request, statusPatch, now);
        if (next.equals(request.getStatus())) {
            return false;
        }
        request = context.resourceOperations().jsonPatchPrimaryStatus(request, object -> {
            object.setStatus(next);
            return object;
        });
        return true;
    }

    /**
     * Writes the page that records a fresh id. A conflict is no reason to give up, because only this process knows the id:
     * the object is read again, and as long as it is the same one and records no other snapshot, the write is repeated. If
     * it fails all the same, the next pass finds the snapshot by its marker.
     */
    void recordId(Decision decision, SnapshotId fresh, Optional<SnapshotId> replaced) {
        for (var conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
            try {
                decision.statusPatch().ifPresent(this::patchStatus);
                return;
            } catch (KubernetesClientException rejected) {
                if (!isGoneOrConflict(rejected)) {
                    throw rejected;
                }
                var current = context.getClient().resource(request).get();
                if (current == null
                        || !current.getMetadata()
                                .getUid()
                                .equals(request.getMetadata().getUid())) {
                    LOG.errorf(
                            "Snapshot %s was ordered for %s, which is gone; it stays in the cloud with our marker",
                            fresh, id());
                    throw rejected;
                }
                var recorded = StatusMapper.recordedId(current);
                if (recorded.isPresent()
                        && !recorded.equals(replaced)
                        && !recorded.get().equals(fresh)) {
                    throw rejected;
                }
                request = current;
            }
        }
        throw new IllegalStateException("the id " + fresh + " could not be recorded in " + id());
    }

    private void patch(UnaryOperator<VolumeSnapshotRequest> change) {
        request = context.resourceOperations().jsonPatchPrimary(request, change);
    }

    private static boolean isGoneOrConflict(KubernetesClientException rejected) {
        return rejected.getCode() == HttpURLConnection.HTTP_CONFLICT
                || rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
}
