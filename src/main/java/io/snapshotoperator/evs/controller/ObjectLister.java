/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Lists the objects of one kind from the API server itself, because an informer can start with a stale list. Reads them in pages and
 * keeps only what the caller needs, because the size of an object is up to its author.
 *
 * @param kind the kind of the objects
 * @param hasOperatorState whether the operator has written anything to an object
 */
public record ObjectLister<T extends HasMetadata>(Class<T> kind, Predicate<T> hasOperatorState) {
    /**
     * The number of objects per page, also for the informer. An object can have 1.5 MiB, the limit of etcd, and the client
     * holds a page twice while it reads it.
     */
    public static final long PAGE_SIZE = 25;

    /** A list whose pages expire so often in a row changes faster than this process reads it. */
    private static final int MAX_RESTARTS = 5;

    /**
     * The objects that exist.
     *
     * @param uids the UIDs of all objects
     * @param anyHasOperatorState whether the operator has written anything to one of them
     */
    public record Listed(Set<String> uids, boolean anyHasOperatorState) {
        public Listed {
            uids = Set.copyOf(uids);
        }

        /** Returns the objects of both. */
        public Listed and(Listed more) {
            var all = new HashSet<>(uids);
            all.addAll(more.uids());
            return new Listed(all, anyHasOperatorState || more.anyHasOperatorState());
        }
    }

    /**
     * Lists all objects of the watched namespaces.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    public Listed list(KubernetesClient kubernetes, Set<String> namespaces) {
        return lists(kubernetes, namespaces)
                .map(this::listPages)
                .reduce(Listed::and)
                .orElse(new Listed(Set.of(), false));
    }

    /**
     * Visits all objects of the watched namespaces, page by page. An object that is created or deleted meanwhile can be missing.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    public void forEach(KubernetesClient kubernetes, Set<String> namespaces, Consumer<T> action) {
        lists(kubernetes, namespaces).forEach(list -> forEachPage(list, page -> page.forEach(action)));
    }

    /**
     * Lists at most one object of each watched namespace, to learn whether the API server serves such lists.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects a list or does not respond
     */
    public void listOne(KubernetesClient kubernetes, Set<String> namespaces) {
        lists(kubernetes, namespaces)
                .forEach(
                        list -> list.list(new ListOptionsBuilder().withLimit(1L).build()));
    }

    private Stream<Listable<? extends KubernetesResourceList<T>>> lists(
            KubernetesClient kubernetes, Set<String> namespaces) {
        var objects = kubernetes.resources(kind);
        return namespaces.isEmpty()
                ? Stream.of(objects.inAnyNamespace())
                : namespaces.stream().map(objects::inNamespace);
    }

    private Listed listPages(Listable<? extends KubernetesResourceList<T>> objects) {
        for (var restarts = 0; ; restarts++) {
            try {
                var uids = new HashSet<String>();
                var withState = new HashSet<String>();
                forEachPage(
                        objects,
                        page -> page.forEach(object -> {
                            uids.add(object.getMetadata().getUid());
                            if (hasOperatorState.test(object)) {
                                withState.add(object.getMetadata().getUid());
                            }
                        }));
                return new Listed(uids, !withState.isEmpty());
            } catch (KubernetesClientException rejected) {
                // The API server forgets the state of a list after some minutes. The pages must be of one state.
                if (rejected.getCode() != HttpURLConnection.HTTP_GONE || restarts == MAX_RESTARTS) {
                    throw rejected;
                }
            }
        }
    }

    private static <T extends HasMetadata> void forEachPage(
            Listable<? extends KubernetesResourceList<T>> objects, Consumer<Collection<T>> action) {
        var options = new ListOptionsBuilder().withLimit(PAGE_SIZE);
        Optional<String> next;
        do {
            var page = objects.list(options.build());
            action.accept(List.copyOf(page.getItems()));
            next = Optional.ofNullable(page.getMetadata().getContinue()).filter(token -> !token.isEmpty());
            next.ifPresent(options::withContinue);
        } while (next.isPresent());
    }
}
