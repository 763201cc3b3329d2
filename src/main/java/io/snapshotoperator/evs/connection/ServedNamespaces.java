/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.connection;

import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The namespaces whose objects may use the operator's own connection. A namespace that is not listed is not served: the
 * credentials of the operator can reach the volumes of every team.
 *
 * <p>Each set contains names of namespaces, {@code *} for every namespace, or labels such as {@code team=a} for every namespace
 * with this label. Only administrators can set labels of a namespace.
 *
 * @param claims the namespaces whose objects may name a claim
 * @param rawIds the namespaces whose objects may also name a volume or a snapshot by its id
 * @param importDeletion the namespaces whose objects may delete a snapshot that they imported
 */
public record ServedNamespaces(Set<String> claims, Set<String> rawIds, Set<String> importDeletion) {
    /** Stands for every namespace. */
    public static final String ALL = "*";

    public ServedNamespaces {
        claims = Set.copyOf(claims);
        rawIds = Set.copyOf(rawIds);
        importDeletion = Set.copyOf(importDeletion);
    }

    /**
     * Returns what the objects of a namespace may do; empty if the namespace is not served.
     *
     * @param labels returns the labels of the namespace; called only if it is needed
     */
    public Optional<ConnectionPolicy> policyFor(String namespace, Supplier<Map<String, String>> labels) {
        var mayNameIds = matches(rawIds, namespace, labels);
        return mayNameIds || matches(claims, namespace, labels)
                ? Optional.of(new ConnectionPolicy(mayNameIds, matches(importDeletion, namespace, labels)))
                : Optional.empty();
    }

    private static boolean matches(Set<String> entries, String namespace, Supplier<Map<String, String>> labels) {
        return entries.contains(ALL)
                || entries.contains(namespace)
                || entries.stream().filter(ServedNamespaces::isLabel).anyMatch(entry -> hasLabel(labels.get(), entry));
    }

    private static boolean isLabel(String entry) {
        return entry.contains("=");
    }

    private static boolean hasLabel(Map<String, String> labels, String entry) {
        var at = entry.indexOf('=');
        return entry.substring(at + 1).equals(labels.get(entry.substring(0, at)));
    }
}
