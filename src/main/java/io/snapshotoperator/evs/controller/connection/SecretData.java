/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The data of one Secret, read by its name when somebody needs it. The operator has no right to list or watch Secrets. Keeps
 * what it read last, in memory only, so that objects can be deleted after their Secret. Safe for use by many threads.
 */
public final class SecretData {
    private static final Logger LOG = Logger.getLogger(SecretData.class);

    /** No data is used longer than a minute without another read. */
    private static final Duration MAX_AGE = Duration.ofSeconds(50);

    /** Many calls can be rejected at the same time. */
    private static final Duration MIN_AGE = Duration.ofSeconds(2);

    private final KubernetesClient kubernetes;
    private final String namespace;
    private final String name;
    private final Supplier<String> reader;
    private final InstantSource clock;
    private Instant readAt = Instant.MIN;
    private Map<String, String> values = Map.of();
    private Optional<Verdict> problem = Optional.empty();
    private boolean rejected;

    /** @param reader who needs the right to read it, for messages, for example {@code system:serviceaccount:evs:evs} */
    SecretData(
            KubernetesClient kubernetes, String namespace, String name, Supplier<String> reader, InstantSource clock) {
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.name = name;
        this.reader = reader;
        this.clock = clock;
    }

    /** Returns the name of the Secret. */
    public String name() {
        return name;
    }

    /** Returns the current values, or those that were read last if the Secret is not readable. Empty if it never was. */
    public synchronized Map<String, String> values() {
        var age = Duration.between(readAt, clock.instant());
        var isDue = readAt.equals(Instant.MIN) || age.isNegative() || age.compareTo(rejected ? MIN_AGE : MAX_AGE) >= 0;
        if (isDue) {
            read();
        }
        return values;
    }

    /** Returns whether the Secret was read once. */
    synchronized boolean wasRead() {
        return !values.isEmpty();
    }

    /** Reads the Secret again, and returns why it is not readable; empty if it is. */
    synchronized Optional<Verdict> check() {
        read();
        return problem;
    }

    /** Says that the cloud rejected the values, so that the next use reads them again. */
    public synchronized void onRejected() {
        rejected = true;
    }

    private void read() {
        readAt = clock.instant();
        rejected = false;
        try {
            var secret =
                    kubernetes.secrets().inNamespace(namespace).withName(name).get();
            if (secret == null) {
                problem = Optional.of(Verdict.of(ConnectionReason.SecretNotFound, "Its name is " + name + "."));
                return;
            }
            Map<String, String> decoded = new HashMap<>();
            Optional.ofNullable(secret.getData())
                    .orElse(Map.of())
                    .forEach((key, value) ->
                            decoded.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
            values = decoded;
            problem = Optional.empty();
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                problem = Optional.of(Verdict.of(
                        ConnectionReason.SecretNotReadable,
                        "What is missing is a Role with get on the Secret " + name + ", and a RoleBinding to "
                                + reader.get() + "."));
                return;
            }
            // The API server does not respond, which says nothing about the Secret.
            LogEvent.warn(LOG, "Secret not read")
                    .with(LogEvent.NAMESPACE, namespace)
                    .with(LogEvent.NAME, name)
                    .with(LogEvent.CODE, failure.getCode())
                    .log();
        }
    }
}
