/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestListerTest {
    private static final String GROUP = "/apis/evs.snapshot-operator.io/v1alpha1";
    private static final String FIRST = GROUP + "/volumesnapshotrequests?limit=25";
    private static final String SECOND = GROUP + "/volumesnapshotrequests?continue=next&limit=25";

    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    private void respondOnce(String path, int code, Object body) {
        server.expect().get().withPath(path).andReturn(code, body).once();
    }

    private static Object page(String next, VolumeSnapshotRequest... requests) {
        var list = new DefaultKubernetesResourceList<VolumeSnapshotRequest>();
        list.setMetadata(new ListMetaBuilder().withContinue(next).build());
        list.setItems(Arrays.asList(requests));
        return list;
    }

    private static VolumeSnapshotRequest request(String uid, String... finalizers) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(
                new ObjectMetaBuilder().withUid(uid).withFinalizers(finalizers).build());
        return request;
    }

    private static Object expired() {
        return new StatusBuilder()
                .withCode(410)
                .withReason("Expired")
                .withMessage("The provided continue parameter is too old")
                .build();
    }

    @Test
    void readsAllPages() {
        respondOnce(FIRST, 200, page("next", request("uid-1")));
        respondOnce(SECOND, 200, page("", request("uid-2")));

        var listed = RequestLister.ALL.list(client, Set.of());

        assertThat(listed.uids()).containsExactlyInAnyOrder("uid-1", "uid-2");
        assertThat(listed.anyHasOperatorState()).isFalse();
    }

    @Test
    void findsOperatorStateOnAnyPage() {
        respondOnce(FIRST, 200, page("next", request("uid-1", Api.FINALIZER)));
        respondOnce(SECOND, 200, page(null, request("uid-2")));

        assertThat(RequestLister.ALL.list(client, Set.of()).anyHasOperatorState())
                .isTrue();
    }

    @Test
    void startsAgainWhenPagesExpire() {
        respondOnce(FIRST, 200, page("next", request("deleted-since", Api.FINALIZER)));
        respondOnce(SECOND, 410, expired());
        respondOnce(FIRST, 200, page("next", request("uid-1")));
        respondOnce(SECOND, 200, page(null, request("uid-2")));

        var listed = RequestLister.ALL.list(client, Set.of());

        assertThat(listed.uids()).containsExactlyInAnyOrder("uid-1", "uid-2");
        assertThat(listed.anyHasOperatorState()).isFalse();
    }

    @Test
    void failsWhenPagesExpireAgainAndAgain() {
        server.expect().get().withPath(FIRST).andReturn(200, page("next")).always();
        server.expect().get().withPath(SECOND).andReturn(410, expired()).always();

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> RequestLister.ALL.list(client, Set.of()))
                .extracting(KubernetesClientException::getCode)
                .isEqualTo(410);
    }

    @Test
    void listsEachWatchedNamespace() {
        respondOnce(GROUP + "/namespaces/a/volumesnapshotrequests?limit=25", 200, page(null, request("uid-a")));
        respondOnce(GROUP + "/namespaces/b/volumesnapshotrequests?limit=25", 200, page(null, request("uid-b")));

        assertThat(RequestLister.ALL.list(client, Set.of("a", "b")).uids()).containsExactlyInAnyOrder("uid-a", "uid-b");
    }
}
