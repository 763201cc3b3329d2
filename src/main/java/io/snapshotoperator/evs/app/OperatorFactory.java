/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.app.SnapshotOperator.OperatorSettings;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.http.HttpSnapshotClient;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.telemetry.CloudCallMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Makes an operator out of settings. What is wrong with them is said here, before anything is started. */
public final class OperatorFactory {
    private OperatorFactory() {}

    /**
     * @param josdk not started; the operator starts it when it leads
     * @param lost called when the process must end
     * @throws IllegalArgumentException naming the keys of settings that cannot be used
     */
    public static SnapshotOperator operator(
            Settings settings,
            Operator operator,
            KubernetesClient kubernetes,
            MeterRegistry meters,
            InstantSource clock,
            RandomGenerator random,
            Runnable onFatal) {
        var operatorSettings = operatorSettings(settings, kubernetes);
        var budget = new CallBudget(
                settings.budget().callsPerSecond(), settings.budget().burst());
        return new SnapshotOperator(
                operator,
                kubernetes,
                snapshotClient(settings, new CloudCallMetrics(meters), clock),
                budget,
                new SnapshotMetrics(meters),
                operatorSettings,
                clock,
                random,
                onFatal);
    }

    static SnapshotClient snapshotClient(Settings settings, CallObserver observer, InstantSource clock) {
        return new HttpSnapshotClient(
                connection(settings.connection()),
                credentials(settings.connection().credentials(), clock),
                clock,
                observer);
    }

    private static ConnectionSettings connection(Settings.Connection connection) {
        return ConnectionSettings.builder()
                .region(connection.region().orElse(null))
                .endpoint(connection.endpoint().orElse(null))
                .iamEndpoint(connection.iamEndpoint().orElse(null))
                .projectId(connection.projectId().orElse(null))
                .projectName(connection.projectName().orElse(null))
                .family(family(connection.family()))
                .connectTimeout(connection.connectTimeout())
                .timeout(connection.timeout())
                .caBundle(connection.caBundle().orElse(null))
                .proxy(connection.proxy().orElse(null))
                .noProxy(connection.noProxy().orElse(null))
                .plainHttp(connection.plainHttp())
                .build();
    }

    private static ApiFamily family(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "native" -> ApiFamily.NATIVE;
            case "cinder" -> ApiFamily.CINDER;
            default ->
                throw new IllegalArgumentException("evs.connection.family must be native or cinder, not " + word);
        };
    }

    private static CredentialSource credentials(Settings.Credentials credentials, InstantSource clock) {
        if (credentials.directory().isPresent()) {
            return CredentialSource.ofDirectory(credentials.directory().get(), clock);
        }
        Map<String, String> values = new HashMap<>();
        put(values, "username", credentials.username());
        put(values, "password", credentials.password());
        put(values, "domainName", credentials.domainName());
        put(values, "accessKey", credentials.accessKey());
        put(values, "secretKey", credentials.secretKey());
        put(values, "securityToken", credentials.securityToken());
        return CredentialSource.ofValues(values, OperatorFactory::setting);
    }

    /** The setting that gives a credential: {@code domainName} is {@code evs.connection.credentials.domain-name}. */
    private static String setting(String key) {
        return "evs.connection.credentials." + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static void put(Map<String, String> values, String key, Optional<String> value) {
        value.ifPresent(present -> values.put(key, present));
    }

    static OperatorSettings operatorSettings(Settings settings, KubernetesClient kubernetes) {
        var election = settings.leaderElection();
        return new OperatorSettings(
                settings.installation().orElseGet(() -> uidOfKubeSystem(kubernetes)),
                settings.namespaces().orElse(Set.of()),
                settings.claim().csiDrivers().orElse(Set.of()),
                election.enabled(),
                election.leaseNamespace()
                        .or(() -> Optional.ofNullable(kubernetes.getNamespace()))
                        .orElse("default"),
                election.leaseName(),
                election.leaseDuration(),
                election.retryPeriod(),
                settings.connection().timeout(),
                election.maxClockSkew(),
                settings.poll().interval(),
                settings.poll().resyncInterval(),
                settings.claim().retryInterval(),
                new RetryPolicy(
                        settings.create().settleTime(),
                        settings.create().outcomeProvableFor(),
                        settings.retry().initialBackoff(),
                        settings.retry().maxBackoff()));
    }

    private static String uidOfKubeSystem(KubernetesClient kubernetes) {
        var namespace = kubernetes.namespaces().withName("kube-system").get();
        if (namespace == null) {
            throw new IllegalArgumentException(
                    "evs.installation is not set, and there is no namespace kube-system whose UID"
                            + " could stand for it: set it to a word that no other installation in the same project uses");
        }
        return namespace.getMetadata().getUid();
    }
}
