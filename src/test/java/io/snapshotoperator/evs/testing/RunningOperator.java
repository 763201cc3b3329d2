/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.snapshotoperator.evs.app.JosdkOperatorProducer;
import io.snapshotoperator.evs.app.OperatorFactory;
import io.snapshotoperator.evs.app.OperatorLifecycle;
import io.snapshotoperator.evs.app.Settings;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The whole operator in the JVM of the test, wired as in production, against a cluster and the simulator. All times are scaled
 * down together, in proportion.
 */
public final class RunningOperator implements AutoCloseable {
    private final OperatorLifecycle operator;
    private final KubernetesClient client;
    private final AtomicBoolean fatal;
    private final MeterRegistry meters;

    private RunningOperator(
            OperatorLifecycle operator, KubernetesClient client, AtomicBoolean fatal, MeterRegistry meters) {
        this.operator = operator;
        this.client = client;
        this.fatal = fatal;
        this.meters = meters;
    }

    /** The settings of every story. The settings of one story take precedence. */
    public static Map<String, String> settings(EvsSimulator cloud, String namespace) {
        var account = cloud.settings().account();
        Map<String, String> settings = new HashMap<>();
        settings.put("evs.connection.endpoint", cloud.endpoint().toString());
        settings.put("evs.connection.iam-endpoint", cloud.endpoint().toString());
        settings.put("evs.connection.project-name", account.project().name());
        settings.put("evs.connection.credentials.username", account.user());
        settings.put("evs.connection.credentials.password", account.password());
        settings.put("evs.connection.credentials.domain-name", account.domain());
        settings.put("evs.connection.raw-id-namespaces", "*");
        settings.put("evs.connection.import-deletion-namespaces", "*");
        settings.put("evs.connection.timeout", "1s");
        settings.put("evs.connection.connect-timeout", "500ms");
        settings.put("evs.installation", "stories");
        settings.put("evs.namespaces", namespace);
        settings.put("evs.leader-election.lease-namespace", namespace);
        settings.put("evs.leader-election.lease-duration", "4s");
        settings.put("evs.leader-election.retry-period", "1s");
        settings.put("evs.leader-election.max-clock-skew", "500ms");
        settings.put("evs.create.settle-time", "3s");
        settings.put("evs.poll.interval", "200ms");
        settings.put("evs.poll.resync-interval", "2s");
        settings.put("evs.retry.initial-backoff", "300ms");
        settings.put("evs.retry.max-backoff", "2s");
        settings.put("evs.claim.retry-interval", "300ms");
        settings.put("evs.budget.calls-per-second", "200");
        settings.put("evs.budget.burst", "200");
        return settings;
    }

    public static RunningOperator start(Cluster cluster, Map<String, String> values) {
        return start(cluster, values, Operator::new);
    }

    /** @param framework makes the operator of the framework from its configuration */
    public static RunningOperator start(
            Cluster cluster,
            Map<String, String> values,
            Function<Consumer<ConfigurationServiceOverrider>, Operator> framework) {
        return start(cluster.client().getConfiguration(), values, framework);
    }

    /** @param kubernetes the API server and the user as which the operator runs */
    public static RunningOperator start(
            Config kubernetes,
            Map<String, String> values,
            Function<Consumer<ConfigurationServiceOverrider>, Operator> framework) {
        return start(kubernetes, values, framework, InstantSource.system());
    }

    /** @param scheduleClock decides which slots of schedules are due */
    public static RunningOperator start(
            Config kubernetes,
            Map<String, String> values,
            Function<Consumer<ConfigurationServiceOverrider>, Operator> framework,
            InstantSource scheduleClock) {
        var config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(values, "story", 500))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(Settings.class)
                .build();
        var settings = config.getConfigMapping(Settings.class);
        // The operator has its own client, so that its stop does not close the connections of the test.
        var client = OperatorFactory.kubernetesClient(kubernetes);
        var meters = new SimpleMeterRegistry();
        var josdk = framework.apply(JosdkOperatorProducer.configuration(
                client, meters, settings.connection().timeout()));
        var fatal = new AtomicBoolean();
        var operator = new OperatorFactory(
                        settings, josdk, client, meters, Clock.systemUTC(), scheduleClock, new Random(1))
                .lifecycle(exitCode -> fatal.set(true));
        operator.start();
        return new RunningOperator(operator, client, fatal, meters);
    }

    public boolean leads() {
        return operator.isLeader();
    }

    public boolean lostItsLease() {
        return fatal.get();
    }

    /** The meters that the operator would serve. */
    public MeterRegistry meters() {
        return meters;
    }

    /** Stops the operator as SIGTERM does. */
    @Override
    public void close() {
        operator.close();
        client.close();
    }
}
