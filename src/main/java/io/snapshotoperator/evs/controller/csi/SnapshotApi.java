/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Gettable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.csi.ContentName;
import io.snapshotoperator.evs.csi.DesiredContent;
import io.snapshotoperator.evs.csi.ObservedContent;
import io.snapshotoperator.evs.csi.ObservedContentBuilder;
import io.snapshotoperator.evs.csi.ObservedVolumeSnapshot;
import io.snapshotoperator.evs.csi.ObservedVolumeSnapshotBuilder;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads, creates and deletes objects of {@code snapshot.storage.k8s.io/v1}. It never updates one, so the fields that it does not know
 * are never lost. Each read is one request for one object, because a watch would need memory for the contents of the whole cluster.
 *
 * <p>All methods throw {@link SnapshotApiException} if the API server rejects a request or does not respond. If the cluster does not
 * have these kinds, reads find nothing, and creates are rejected.
 */
final class SnapshotApi {
    private static final String GROUP = "snapshot.storage.k8s.io";
    private static final String VERSION = "v1";

    static final ResourceDefinitionContext CONTENTS = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion(VERSION)
            .withKind("VolumeSnapshotContent")
            .withPlural("volumesnapshotcontents")
            .withNamespaced(false)
            .build();

    private static final ResourceDefinitionContext VOLUME_SNAPSHOTS = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion(VERSION)
            .withKind("VolumeSnapshot")
            .withPlural("volumesnapshots")
            .withNamespaced(true)
            .build();

    private final KubernetesClient kubernetes;

    SnapshotApi(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    Optional<ObservedContent> findContent(String name) {
        return read(kubernetes.genericKubernetesResources(CONTENTS).withName(name))
                .map(SnapshotApi::content);
    }

    /** Returns the newest content with the label of a request. Lists the contents of the cluster. */
    Optional<ObservedContent> findNewestContentOf(String requestUid) {
        var labeled = kubernetes.genericKubernetesResources(CONTENTS).withLabel(Api.REQUEST_UID, requestUid);
        List<GenericKubernetesResource> found;
        try {
            found = labeled.list().getItems();
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw new SnapshotApiException(rejected);
        }
        return found.stream()
                .map(SnapshotApi::content)
                .filter(content -> ContentName.binding(requestUid, content.name()) > 0)
                .max(Comparator.comparing(content -> ContentName.binding(requestUid, content.name())));
    }

    Optional<ObservedVolumeSnapshot> findVolumeSnapshot(String namespace, String name) {
        return read(kubernetes
                        .genericKubernetesResources(VOLUME_SNAPSHOTS)
                        .inNamespace(namespace)
                        .withName(name))
                .map(SnapshotApi::volumeSnapshot);
    }

    void createContent(HasMetadata request, String name, DesiredContent desired) {
        Map<String, Object> spec = new HashMap<>();
        spec.put("deletionPolicy", ObservedContent.RETAIN);
        spec.put("driver", desired.driver());
        spec.put("source", Map.of("snapshotHandle", desired.snapshotHandle()));
        spec.put(
                "volumeSnapshotRef",
                Map.of(
                        "apiVersion",
                        GROUP + "/" + VERSION,
                        "kind",
                        "VolumeSnapshot",
                        "namespace",
                        request.getMetadata().getNamespace(),
                        "name",
                        desired.volumeSnapshotName()));
        desired.className().ifPresent(className -> spec.put("volumeSnapshotClassName", className));
        desired.sourceVolumeMode().ifPresent(mode -> spec.put("sourceVolumeMode", mode));
        write(() -> kubernetes
                .genericKubernetesResources(CONTENTS)
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion(GROUP + "/" + VERSION)
                        .withKind(CONTENTS.getKind())
                        .withMetadata(new ObjectMetaBuilder()
                                .withName(name)
                                .addToLabels(
                                        Api.REQUEST_UID, request.getMetadata().getUid())
                                .build())
                        .addToAdditionalProperties("spec", spec)
                        .build())
                .create());
    }

    /** Creates the {@code VolumeSnapshot} of a request, which Kubernetes deletes at the latest when the request is gone. */
    void createVolumeSnapshot(HasMetadata request, String contentName, DesiredContent desired) {
        Map<String, Object> spec = new HashMap<>();
        spec.put("source", Map.of("volumeSnapshotContentName", contentName));
        desired.className().ifPresent(className -> spec.put("volumeSnapshotClassName", className));
        write(() -> kubernetes
                .genericKubernetesResources(VOLUME_SNAPSHOTS)
                .inNamespace(request.getMetadata().getNamespace())
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion(GROUP + "/" + VERSION)
                        .withKind(VOLUME_SNAPSHOTS.getKind())
                        .withMetadata(new ObjectMetaBuilder()
                                .withNamespace(request.getMetadata().getNamespace())
                                .withName(desired.volumeSnapshotName())
                                .addToLabels(
                                        Api.REQUEST_UID, request.getMetadata().getUid())
                                .addToOwnerReferences(new OwnerReferenceBuilder()
                                        .withApiVersion(request.getApiVersion())
                                        .withKind(request.getKind())
                                        .withName(request.getMetadata().getName())
                                        .withUid(request.getMetadata().getUid())
                                        .withController(true)
                                        .build())
                                .build())
                        .addToAdditionalProperties("spec", spec)
                        .build())
                .create());
    }

    /** Deletes a content in the version that was read: it may have been bound since. */
    void delete(ObservedContent content) {
        write(() -> kubernetes
                .genericKubernetesResources(CONTENTS)
                .withName(content.name())
                .lockResourceVersion(content.resourceVersion())
                .delete());
    }

    void delete(String namespace, ObservedVolumeSnapshot volumeSnapshot) {
        write(() -> kubernetes
                .genericKubernetesResources(VOLUME_SNAPSHOTS)
                .inNamespace(namespace)
                .withName(volumeSnapshot.name())
                .lockResourceVersion(volumeSnapshot.resourceVersion())
                .delete());
    }

    private static Optional<GenericKubernetesResource> read(Gettable<GenericKubernetesResource> object) {
        try {
            return Optional.ofNullable(object.get());
        } catch (KubernetesClientException rejected) {
            throw new SnapshotApiException(rejected);
        }
    }

    private static void write(Runnable request) {
        try {
            request.run();
        } catch (KubernetesClientException rejected) {
            throw new SnapshotApiException(rejected);
        }
    }

    private static ObservedContent content(GenericKubernetesResource object) {
        return ObservedContentBuilder.builder()
                .name(object.getMetadata().getName())
                .resourceVersion(object.getMetadata().getResourceVersion())
                .requestUid(requestUid(object))
                .driver(text(object, "spec", "driver"))
                .snapshotHandle(text(object, "spec", "source", "snapshotHandle"))
                .deletionPolicy(text(object, "spec", "deletionPolicy"))
                .className(optional(object, "spec", "volumeSnapshotClassName"))
                .volumeSnapshotNamespace(text(object, "spec", "volumeSnapshotRef", "namespace"))
                .volumeSnapshotName(text(object, "spec", "volumeSnapshotRef", "name"))
                .boundUid(optional(object, "spec", "volumeSnapshotRef", "uid"))
                .readyToUse(Boolean.TRUE.equals(object.get("status", "readyToUse")))
                .deleting(object.isMarkedForDeletion())
                .build();
    }

    private static ObservedVolumeSnapshot volumeSnapshot(GenericKubernetesResource object) {
        return ObservedVolumeSnapshotBuilder.builder()
                .name(object.getMetadata().getName())
                .uid(object.getMetadata().getUid())
                .resourceVersion(object.getMetadata().getResourceVersion())
                .requestUid(requestUid(object))
                .contentName(text(object, "spec", "source", "volumeSnapshotContentName"))
                .deleting(object.isMarkedForDeletion())
                .build();
    }

    private static String requestUid(GenericKubernetesResource object) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map(labels -> labels.get(Api.REQUEST_UID))
                .orElse("");
    }

    private static String text(GenericKubernetesResource object, Object... path) {
        return optional(object, path).orElse("");
    }

    private static Optional<String> optional(GenericKubernetesResource object, Object... path) {
        return object.get(path) instanceof String value && !value.isBlank() ? Optional.of(value) : Optional.empty();
    }
}
