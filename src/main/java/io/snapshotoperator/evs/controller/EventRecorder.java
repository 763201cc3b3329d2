/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.telemetry.LogEvent;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Records Kubernetes events about objects. A rejected event is logged and never fails a reconcile. */
public final class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);
    private static final String COMPONENT = "evs-snapshot-operator";

    private final Consumer<Event> create;
    private final SnapshotMetrics metrics;

    public EventRecorder(KubernetesClient kubernetes, SnapshotMetrics metrics) {
        this(
                event -> kubernetes
                        .v1()
                        .events()
                        .inNamespace(event.getMetadata().getNamespace())
                        .resource(event)
                        .create(),
                metrics);
    }

    /** @param create creates an event; throws {@link KubernetesClientException} if the API server rejects it */
    public EventRecorder(Consumer<Event> create, SnapshotMetrics metrics) {
        this.create = create;
        this.metrics = metrics;
    }

    public void record(HasMetadata object, Verdict verdict, Instant now) {
        metrics.eventRecorded(verdict.reason());
        var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        var meta = object.getMetadata();
        var event = new EventBuilder()
                .withNewMetadata()
                .withNamespace(meta.getNamespace())
                .withGenerateName(
                        meta.getName().substring(0, Math.min(meta.getName().length(), 200)) + ".")
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withUid(meta.getUid())
                .endInvolvedObject()
                .withType(verdict.reason().phase() == Phase.STALLED ? "Warning" : "Normal")
                .withReason(verdict.reason().name())
                .withMessage(verdict.message())
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .build();
        try {
            create.accept(event);
        } catch (KubernetesClientException rejected) {
            // For example in a namespace that is being deleted. The condition of the object says the same.
            LogEvent.warn(LOG, "Event rejected")
                    .with(LogEvent.NAMESPACE, meta.getNamespace())
                    .with(LogEvent.NAME, meta.getName())
                    .with(LogEvent.UID, meta.getUid())
                    .with(LogEvent.REASON, verdict.reason().name())
                    .with(LogEvent.CODE, rejected.getCode())
                    .with(LogEvent.DETAIL, ApiServerException.describe(rejected))
                    .log();
        }
    }
}
