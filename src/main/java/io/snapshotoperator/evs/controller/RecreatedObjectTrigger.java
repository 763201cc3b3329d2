/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Triggers the reconcile of an object that was created again under the name of a deleted one.
 *
 * <p>JOSDK 5.3.2 keeps its queue by name. After the reconcile of a deletion, {@code EventProcessor.cleanupForDeletedEvent}
 * drops the queue of the name, and with it the event of an object that was created in the meantime. No other event
 * arrives for that object, because the operator writes nothing to it. The framework calls {@link #cleanupDone} right after
 * the drop, and under the same lock. An object that is in the cache at that time lost its event, or its event follows. An
 * object that enters the cache later keeps its event. A second event of an object is harmless.
 */
public final class RecreatedObjectTrigger implements Metrics {
    private static final Logger LOG = Logger.getLogger(RecreatedObjectTrigger.class);

    private final Map<String, Controller<? extends HasMetadata>> controllers = new ConcurrentHashMap<>();

    @Override
    public void controllerRegistered(Controller<? extends HasMetadata> controller) {
        controllers.put(controller.getConfiguration().getName(), controller);
    }

    @Override
    public void cleanupDone(ResourceID name, Map<String, Object> metadata) {
        Optional.ofNullable(controllers.get(String.valueOf(metadata.get(Constants.CONTROLLER_NAME))))
                .ifPresent(controller -> trigger(controller, name));
    }

    private static <P extends HasMetadata> void trigger(Controller<P> controller, ResourceID name) {
        controller.getEventSourceManager().getControllerEventSource().get(name).ifPresent(object -> {
            LogEvent.debug(LOG, "Object created again under the same name")
                    .with(LogEvent.NAMESPACE, object.getMetadata().getNamespace())
                    .with(LogEvent.NAME, object.getMetadata().getName())
                    .with(LogEvent.UID, object.getMetadata().getUid())
                    .log();
            controller.getEventProcessor().handleEvent(new ResourceEvent(ResourceAction.ADDED, name, object));
        });
    }
}
