/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Lists requests from the API server itself, because an informer can start with a stale list. Reads them in pages and keeps
 * only what the caller needs, because the size of a request is up to its author.
 */
public final class RequestLister {
    /**
     * The number of requests per page, also for the informer. A request can have 1.5 MiB, the limit of etcd, and the client
     * holds a page twice while it reads it.
     */
    public static final long PAGE_SIZE = 25;

    /** A list whose pages expire so often in a row changes faster than this process reads it. */
    private static final int MAX_RESTARTS = 5;

    private RequestLister() {}

    /**
     * The requests that exist.
     *
     * @param uids the UIDs of all requests
     * @param anyHasOperatorState whether the operator has written anything to one of them
     */
    public record ListedRequests(Set<String> uids, boolean anyHasOperatorState) {
        public ListedRequests {
            uids = Set.copyOf(uids);
        }
    }

    /**
     * Lists all requests of the watched namespaces.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    public static ListedRequests list(KubernetesClient kubernetes, Set<String> namespaces) {
        var listed = lists(kubernetes, namespaces).map(RequestLister::listPages).toList();
        var uids = new HashSet<String>();
        listed.forEach(part -> uids.addAll(part.uids()));
        return new ListedRequests(uids, listed.stream().anyMatch(ListedRequests::anyHasOperatorState));
    }

    /**
     * Visits all requests of the watched namespaces, page by page. A request that is created or deleted meanwhile can be missing.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    public static void forEach(
            KubernetesClient kubernetes, Set<String> namespaces, Consumer<VolumeSnapshotRequest> action) {
        lists(kubernetes, namespaces).forEach(list -> forEachPage(list, page -> page.forEach(action)));
    }

    /**
     * Lists at most one request of each watched namespace, to learn whether the API server serves such lists.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects a list or does not respond
     */
    public static void listOne(KubernetesClient kubernetes, Set<String> namespaces) {
        lists(kubernetes, namespaces)
                .forEach(
                        list -> list.list(new ListOptionsBuilder().withLimit(1L).build()));
    }

    private static Stream<Listable<? extends KubernetesResourceList<VolumeSnapshotRequest>>> lists(
            KubernetesClient kubernetes, Set<String> namespaces) {
        var requests = kubernetes.resources(VolumeSnapshotRequest.class);
        return namespaces.isEmpty()
                ? Stream.of(requests.inAnyNamespace())
                : namespaces.stream().map(requests::inNamespace);
    }

    private static ListedRequests listPages(
            Listable<? extends KubernetesResourceList<VolumeSnapshotRequest>> requests) {
        for (var restarts = 0; ; restarts++) {
            try {
                var uids = new HashSet<String>();
                var withState = new HashSet<String>();
                forEachPage(
                        requests,
                        page -> page.forEach(request -> {
                            uids.add(request.getMetadata().getUid());
                            if (hasOperatorState(request)) {
                                withState.add(request.getMetadata().getUid());
                            }
                        }));
                return new ListedRequests(uids, !withState.isEmpty());
            } catch (KubernetesClientException rejected) {
                // The API server forgets the state of a list after some minutes. The pages must be of one state.
                if (rejected.getCode() != HttpURLConnection.HTTP_GONE || restarts == MAX_RESTARTS) {
                    throw rejected;
                }
            }
        }
    }

    private static void forEachPage(
            Listable<? extends KubernetesResourceList<VolumeSnapshotRequest>> requests,
            Consumer<Collection<VolumeSnapshotRequest>> action) {
        var options = new ListOptionsBuilder().withLimit(PAGE_SIZE);
        Optional<String> next;
        do {
            var page = requests.list(options.build());
            action.accept(List.copyOf(page.getItems()));
            next = Optional.ofNullable(page.getMetadata().getContinue()).filter(token -> !token.isEmpty());
            next.ifPresent(options::withContinue);
        } while (next.isPresent());
    }

    /** Returns whether the operator has written anything to the request. */
    static boolean hasOperatorState(VolumeSnapshotRequest request) {
        return request.hasFinalizer(Api.FINALIZER)
                || StatusMapper.recordedId(request).isPresent()
                || CreateIntentJson.textOn(request).isPresent();
    }
}
