/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReducedMetadataTest {
    private static final String LARGE = "x".repeat(240 * 1024);

    private final KubernetesSerialization plain = new KubernetesSerialization();
    private final KubernetesSerialization reduced = ReducedMetadata.serialization();

    private VolumeSnapshotRequest read(ObjectMeta metadata) {
        return reduced.unmarshal(plain.asJson(request(metadata)), VolumeSnapshotRequest.class);
    }

    private static VolumeSnapshotRequest request(ObjectMeta metadata) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(metadata);
        return request;
    }

    private static ObjectMetaBuilder named() {
        return new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("team")
                .withUid("uid-1")
                .withResourceVersion("7")
                .withGeneration(3L)
                .withCreationTimestamp("2026-01-01T12:00:00Z")
                .withDeletionTimestamp("2026-01-01T13:00:00Z")
                .withFinalizers("other/one", Api.FINALIZER);
    }

    @Test
    void keepsWhatOperatorUses() {
        var own = Map.of(
                Api.PAUSED, "true",
                Api.RECONCILE_REQUESTED_AT, "now",
                Api.ABANDON, "true",
                Api.RETRY_CREATE, "1",
                Api.CREATE_INTENT, "{}");

        assertThat(read(named().withAnnotations(own).build()).getMetadata())
                .isEqualTo(named().withAnnotations(own).build());
    }

    @Test
    void dropsWhatOperatorDoesNotUse() {
        var metadata = read(named().withAnnotations(
                                Map.of("team/note", LARGE, Api.GROUP + "/unknown", LARGE, Api.PAUSED, "true"))
                        .withLabels(Map.of("a", "b"))
                        .withOwnerReferences(
                                new OwnerReferenceBuilder().withName("owner").build())
                        .withManagedFields(new ManagedFieldsEntryBuilder()
                                .withManager("kubectl")
                                .build())
                        .addToAdditionalProperties("future", LARGE)
                        .build())
                .getMetadata();

        assertThat(metadata)
                .isEqualTo(named().withAnnotations(Map.of(Api.PAUSED, "true", ReducedMetadata.OMITTED, ""))
                        .build());
        assertThat(plain.asJson(metadata)).hasSizeLessThan(1024);
    }

    @Test
    void dropsInWatchEvents() {
        var event = plain.asJson(new WatchEvent(
                request(named().withAnnotations(Map.of("team/note", LARGE)).build()), "ADDED"));
        reduced.registerKubernetesResource(VolumeSnapshotRequest.class);

        var request = (VolumeSnapshotRequest)
                reduced.unmarshal(event, WatchEvent.class).getObject();

        assertThat(request.getMetadata().getAnnotations()).containsOnlyKeys(ReducedMetadata.OMITTED);
    }

    @Test
    void limitsValuesThatUsersWrite() {
        var values = new HashMap<String, String>();
        Api.ANNOTATIONS.forEach(key -> values.put(key, LARGE));
        var finalizers = IntStream.range(0, 5000).mapToObj(i -> "other/" + i).toList();

        var metadata = read(named().withAnnotations(values)
                        .withFinalizers(finalizers)
                        .build())
                .getMetadata();

        assertThat(metadata.getAnnotations()).hasSize(Api.ANNOTATIONS.size());
        assertThat(metadata.getFinalizers()).isEqualTo(finalizers.subList(0, ReducedMetadata.MAX_FINALIZERS));
        assertThat(plain.asJson(metadata)).hasSizeLessThan(16 * 1024);
    }

    @Test
    void changesNothingWhenItReadsReducedObjectAgain() {
        var once = read(named().withAnnotations(Map.of("team/note", LARGE, Api.CREATE_INTENT, LARGE))
                .build());

        assertThat(reduced.clone(once)).isEqualTo(once);
    }

    @Test
    void leavesOtherKindsUnchanged() {
        var claim = new PersistentVolumeClaimBuilder()
                .withMetadata(named().withLabels(Map.of("a", "b")).build())
                .build();

        assertThat(reduced.unmarshal(plain.asJson(claim), PersistentVolumeClaim.class))
                .isEqualTo(claim);
    }

    @Test
    void knowsEveryAnnotationOfApi() {
        assertThat(Arrays.stream(Api.class.getFields())
                        .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                        .map(field -> {
                            try {
                                return (String) field.get(null);
                            } catch (IllegalAccessException e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .filter(value -> value.startsWith(Api.GROUP + "/")
                                && !List.of(
                                                Api.FINALIZER,
                                                Api.CONTENT_FINALIZER,
                                                Api.SCHEDULE,
                                                Api.SCHEDULE_UID,
                                                Api.REQUEST_UID)
                                        .contains(value)))
                .containsExactlyInAnyOrderElementsOf(Api.ANNOTATIONS);
    }
}
