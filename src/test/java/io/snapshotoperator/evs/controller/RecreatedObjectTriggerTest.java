/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.app.JosdkOperatorProducer;
import io.snapshotoperator.evs.testing.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The framework itself, with one worker that the test blocks, against an API in memory. */
class RecreatedObjectTriggerTest {
    private static final String NAMESPACE = "default";

    private final Cluster cluster = Cluster.embedded();
    private final KubernetesClient operatorClient = new KubernetesClientBuilder()
            .withConfig(cluster.client().getConfiguration())
            .build();
    private final BlockingReconciler reconciler = new BlockingReconciler();
    private final Operator operator = new Operator(
            JosdkOperatorProducer.configuration(operatorClient, new SimpleMeterRegistry(), Duration.ofSeconds(1))
                    .andThen(overrider -> overrider.withConcurrentReconciliationThreads(1)));

    @BeforeEach
    void startOperator() {
        operator.register(reconciler, configuration -> configuration
                .settingNamespace(NAMESPACE)
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true));
        operator.start();
    }

    @AfterEach
    void stop() {
        reconciler.unblock();
        operator.stop();
        operatorClient.close();
        cluster.close();
    }

    @Test
    void reconcilesObjectRecreatedWhileDeletionRuns() {
        var old = create("a");
        awaitReconciled(old);
        reconciler.blockAt("a");
        delete(old);
        reconciler.awaitBlocked();

        var recreated = create("a");
        awaitCached(recreated);
        reconciler.unblock();

        awaitReconciled(recreated);
        assertThat(reconciler.deletedUids).containsExactly(uid(old));
    }

    @Test
    void reconcilesObjectRecreatedWhileDeletionIsQueued() {
        var old = create("a");
        awaitReconciled(old);
        reconciler.blockAt("b");
        create("b");
        reconciler.awaitBlocked();
        delete(old);
        await("deletion")
                .until(() -> reconciler.cache.get(ResourceID.fromResource(old)).isEmpty());

        var recreated = create("a");
        awaitCached(recreated);
        reconciler.unblock();

        awaitReconciled(recreated);
        assertThat(reconciler.deletedUids).containsExactly(uid(old));
    }

    private ConfigMap create(String name) {
        return cluster.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private void delete(ConfigMap object) {
        cluster.client().resource(object).delete();
    }

    private void awaitReconciled(ConfigMap object) {
        await("reconcile of " + uid(object))
                .untilAsserted(() -> assertThat(reconciler.existingUids).contains(uid(object)));
    }

    private void awaitCached(ConfigMap object) {
        await("object in the cache").until(() -> reconciler
                .cache
                .get(ResourceID.fromResource(object))
                .filter(cached -> uid(cached).equals(uid(object)))
                .isPresent());
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private static String uid(ConfigMap object) {
        return object.getMetadata().getUid();
    }

    /** Records what it reconciles, and uses {@link DeletedObjects} as the reconcilers of the operator do. */
    private static final class BlockingReconciler implements Reconciler<ConfigMap> {
        private final List<String> existingUids = new CopyOnWriteArrayList<>();
        private final List<String> deletedUids = new CopyOnWriteArrayList<>();
        private final DeletedObjects<ConfigMap> deletedObjects = new DeletedObjects<>();
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch unblocked = new CountDownLatch(1);
        private volatile String blockedName = "";
        private volatile IndexedResourceCache<ConfigMap> cache;

        void blockAt(String name) {
            blockedName = name;
        }

        void awaitBlocked() {
            await("blocked worker").until(() -> blocked.getCount() == 0);
        }

        void unblock() {
            unblocked.countDown();
        }

        @Override
        public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
            cache = context.getPrimaryCache();
            return List.of(deletedObjects);
        }

        @Override
        public UpdateControl<ConfigMap> reconcile(ConfigMap object, Context<ConfigMap> context)
                throws InterruptedException {
            if (object.getMetadata().getName().equals(blockedName)) {
                blocked.countDown();
                unblocked.await(20, TimeUnit.SECONDS);
            }
            deletedObjects.take(ResourceID.fromResource(object)).forEach(gone -> deletedUids.add(uid(gone)));
            if (!context.isPrimaryResourceDeleted()) {
                existingUids.add(uid(object));
            }
            return UpdateControl.noUpdate();
        }
    }
}
