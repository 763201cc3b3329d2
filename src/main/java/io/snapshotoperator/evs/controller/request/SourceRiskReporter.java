/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.snapshotoperator.evs.api.v1alpha1.request.SourceRisk;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.snapshot.SourceRiskRules;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.Assessment;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.BoundClaim;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.LivingClaim;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.PersistentVolumeState;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Reports in the status of a request that its volume is to be deleted. Reads the claim and its PersistentVolume, but only for
 * a request whose claim was seen while it was being deleted, or that reports a risk. Any other request costs nothing. It never
 * fails a reconcile, and it changes nothing but the status.
 */
public final class SourceRiskReporter
        implements ReconcileExtension<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> {
    private static final Logger LOG = Logger.getLogger(SourceRiskReporter.class);
    private static final String DELETE = "Delete";

    private final KubernetesClient kubernetes;
    private final TerminatingClaims claims;
    private final Duration recheckInterval;
    private final Map<String, Check> checks = new ConcurrentHashMap<>();
    private final AtomicBoolean failing = new AtomicBoolean();

    /** @param recheckInterval the shortest time between two reads for one request, and the longest while it is at risk */
    public SourceRiskReporter(KubernetesClient kubernetes, TerminatingClaims claims, Duration recheckInterval) {
        this.kubernetes = kubernetes;
        this.claims = claims;
        this.recheckInterval = recheckInterval;
    }

    /**
     * The last check of a request. It limits the reads: a user can delete and create a claim as often as he likes.
     *
     * @param sighting what was checked; empty if there was none, or if the check failed
     */
    private record Check(Optional<TerminatingClaims.Sighting> sighting, Instant at) {
        Duration waitUntilNext(Instant now, Duration interval) {
            var next = at.plus(interval);
            return now.isBefore(at) || !now.isBefore(next) ? Duration.ZERO : Duration.between(now, next);
        }

        boolean decides(Optional<TerminatingClaims.Sighting> current) {
            return sighting.equals(current);
        }
    }

    @Override
    public void attach(IndexerResourceCache<VolumeSnapshotRequest> requests) {
        claims.attach(requests);
    }

    @Override
    public FollowUp reconcile(ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer, Instant now) {
        var request = writer.resource();
        var uid = request.getMetadata().getUid();
        var sighting = claims.of(uid);
        var status = request.getStatus();
        var reportsRisk = status != null && status.sourceRisk() != null;
        if (sighting.isEmpty() && !reportsRisk) {
            return FollowUp.NONE;
        }
        var recorded = StatusMapper.read(request);
        var claim = endangeringClaim(request, recorded);
        if (claim.isEmpty()) {
            return FollowUp.NONE;
        }
        var last = Optional.ofNullable(checks.get(uid));
        var wait = last.map(check -> check.waitUntilNext(now, recheckInterval)).orElse(Duration.ZERO);
        if (!wait.isZero()) {
            var decided = last.filter(check -> check.decides(sighting)).isPresent();
            return decided && !reportsRisk ? FollowUp.NONE : FollowUp.within(wait);
        }
        var assessment = assess(recorded, claim.get(), sighting);
        if (assessment.isEmpty()) {
            checks.put(uid, new Check(Optional.empty(), now));
            return FollowUp.within(recheckInterval);
        }
        var followUp = report(writer, claim.get(), assessment.get(), reportsRisk);
        checks.put(uid, new Check(sighting, now));
        return followUp;
    }

    private static Optional<Source.Claim> endangeringClaim(VolumeSnapshotRequest request, RecordedState recorded) {
        return SpecMapper.parse(request) instanceof SpecMapper.ParsedSpec.Valid valid
                ? SourceRiskRules.endangeringClaim(valid.desired(), recorded)
                : Optional.empty();
    }

    private FollowUp report(
            ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer,
            Source.Claim claim,
            Assessment assessment,
            boolean reportedRisk) {
        var log = new RequestLog(writer.resource());
        if (assessment instanceof Assessment.AtRisk risk) {
            var verdict = SourceRiskRules.verdict(claim, risk.persistentVolume());
            patchStatus(writer, Optional.of(new SourceRisk(risk.persistentVolume(), verdict.message())));
            if (!reportedRisk) {
                writer.recordEvent(verdict);
                log.sourceAtRisk(risk.persistentVolume());
            }
            return FollowUp.within(recheckInterval);
        }
        if (reportedRisk) {
            patchStatus(writer, Optional.empty());
            log.sourceRiskOver();
        }
        return assessment instanceof Assessment.VolumeObjectGone
                ? new FollowUp(Optional.of(RetryPolicy.IMMEDIATE_REQUEUE), true)
                : FollowUp.NONE;
    }

    private static void patchStatus(
            ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer, Optional<SourceRisk> risk) {
        writer.patchStatus(current -> StatusMapper.withSourceRisk(current, risk));
    }

    /** Returns empty if the API server did not return the objects. The next check is then the slow one. */
    private Optional<Assessment> assess(
            RecordedState recorded, Source.Claim claim, Optional<TerminatingClaims.Sighting> sighting) {
        try {
            var assessment = read(recorded, claim, sighting);
            failing.set(false);
            return Optional.of(assessment);
        } catch (KubernetesClientException rejected) {
            if (!failing.getAndSet(true)) {
                LogEvent.warn(LOG, "Claim or volume not readable; it is unknown whether a source is at risk")
                        .with(LogEvent.NAMESPACE, recorded.identity().namespace())
                        .with(LogEvent.NAME, recorded.identity().name())
                        .with(LogEvent.CODE, rejected.getCode())
                        .with(LogEvent.DETAIL, ApiServerException.describe(rejected))
                        .log();
            }
            return Optional.empty();
        }
    }

    private Assessment read(
            RecordedState recorded, Source.Claim source, Optional<TerminatingClaims.Sighting> sighting) {
        var owner = recorded.identity();
        var claim = Optional.ofNullable(kubernetes
                .persistentVolumeClaims()
                .inNamespace(owner.namespace())
                .withName(source.name())
                .get());
        // What the status records is of the volume of the snapshot. A new claim of the same name can have another one.
        var volumeName = recorded.volumeAtRisk()
                .or(() -> sighting.flatMap(TerminatingClaims.Sighting::volumeName))
                .filter(name -> !name.isBlank());
        if (volumeName.isEmpty()) {
            return new Assessment.Safe();
        }
        var volume = Optional.ofNullable(
                kubernetes.persistentVolumes().withName(volumeName.get()).get());
        return SourceRiskRules.assess(
                owner,
                source,
                recorded.snapshot()
                        .flatMap(RecordedState.RecordedSnapshot::volumeId)
                        .orElseThrow(),
                claim.map(SourceRiskReporter::living),
                volume.map(SourceRiskReporter::state));
    }

    private static LivingClaim living(PersistentVolumeClaim claim) {
        return new LivingClaim(claim.getMetadata().getUid(), claim.isMarkedForDeletion());
    }

    private static PersistentVolumeState state(PersistentVolume volume) {
        var spec = Optional.ofNullable(volume.getSpec());
        return new PersistentVolumeState(
                volume.getMetadata().getName(),
                spec.filter(present -> DELETE.equals(present.getPersistentVolumeReclaimPolicy()))
                        .isPresent(),
                spec.flatMap(present -> Optional.ofNullable(present.getClaimRef()))
                        .filter(reference -> reference.getNamespace() != null && reference.getName() != null)
                        .map(reference -> new BoundClaim(
                                reference.getNamespace(),
                                reference.getName(),
                                Optional.ofNullable(reference.getUid()))),
                spec.flatMap(present -> Optional.ofNullable(present.getCsi()))
                        .flatMap(csi -> Optional.ofNullable(csi.getVolumeHandle()))
                        .filter(handle -> !handle.isBlank())
                        .map(VolumeId::new));
    }

    @Override
    public void remove(String uid) {
        claims.remove(uid);
        checks.remove(uid);
    }
}
