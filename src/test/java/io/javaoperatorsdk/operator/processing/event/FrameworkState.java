/* SPDX-License-Identifier: Apache-2.0 */
package io.javaoperatorsdk.operator.processing.event;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What JOSDK 5.3.2 keeps for each object after a reconcile that asked for another one: the state of the event processor and
 * the task of its timer. It is in the package of the framework, because these classes are not public there.
 */
public final class FrameworkState {
    private final ResourceStateManager states = new ResourceStateManager();
    private final TimerEventSource<HasMetadata> timer = new TimerEventSource<>();
    private final Map<ResourceID, Object> tasks = new ConcurrentHashMap<>();
    private final RateLimiter<?> rateLimiter;

    public FrameworkState(RateLimiter<?> rateLimiter) {
        this.rateLimiter = rateLimiter;
    }

    /** Adds what the first event of an object adds, and the start of its reconcile. */
    public void onEvent(ResourceID object) {
        states.getOrCreate(object).setRateLimit(rateLimiter.initState());
    }

    /** Adds what a reconcile adds that asks for another one. */
    public void onReschedule(ResourceID object) {
        tasks.put(object, timer.new EventProducerTimeTask(object));
    }
}
