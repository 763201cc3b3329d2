/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Drops the metadata of a request that the operator does not use, whenever the Kubernetes client reads a request. Every user
 * who may edit a request can add megabytes of labels, owner references and annotations to it. Without this, a few hundred such
 * requests fill the memory of the operator.
 *
 * <p>It does this for each way by which a request enters the memory: lists, watches and responses to writes. An item store of
 * the informer would cover the cache only, and the framework shares it among all watched namespaces, so that the list of one
 * namespace would remove the requests of the others.
 *
 * <p>The result must only be written as a JSON patch that is locked to the resource version. The patch contains the
 * differences of two reduced objects, so what was dropped remains on the server. Where anything was dropped from the
 * annotations, the placeholder {@link #OMITTED} remains. Without it, a patch would add the whole map of annotations and so
 * replace the one on the server.
 */
final class ReducedMetadata extends StdConverter<ObjectMeta, ObjectMeta> {
    /** Shows that the request has other annotations. It exists in the memory of the operator only. */
    static final String OMITTED = Api.GROUP + "/omitted";

    /** Longer than every create intent that the operator writes. A longer one is cut and so invalid. */
    static final int MAX_INTENT = 8192;

    /** Users set short values: {@code true}, a time, a name. The digest of a longer one takes its place. */
    static final int MAX_VALUE = 256;

    /**
     * The positions of the kept finalizers are those on the server, as a patch needs them. Behind so many others, the
     * operator does not see its own finalizer, and the user must remove the others first.
     */
    static final int MAX_FINALIZERS = 20;

    /** Jackson reads it as if the annotations were on the class of the request. */
    @JsonDeserialize(converter = SharedText.Converter.class)
    private abstract static class Mixin {
        @JsonDeserialize(converter = ReducedMetadata.class)
        abstract void setMetadata(ObjectMeta metadata);
    }

    /** Users can flood the other kinds in the same way. */
    private abstract static class OtherKinds {
        @JsonDeserialize(converter = ReducedMetadata.class)
        abstract void setMetadata(ObjectMeta metadata);
    }

    /** Adds this conversion and {@link SharedText} to the Kubernetes client that Quarkus makes. */
    @Singleton
    static final class Customizer implements KubernetesClientObjectMapperCustomizer {
        @Override
        public void customize(ObjectMapper mapper) {
            mapper.addMixIn(VolumeSnapshotRequest.class, Mixin.class);
            mapper.addMixIn(EvsConnection.class, OtherKinds.class);
            mapper.addMixIn(VolumeSnapshotSchedule.class, OtherKinds.class);
            mapper.addMixIn(VolumeSnapshotRestore.class, OtherKinds.class);
        }
    }

    /** Returns a new serialization with both conversions, for a client that Quarkus does not make. */
    static KubernetesSerialization serialization() {
        var mapper = new ObjectMapper();
        new Customizer().customize(mapper);
        return new KubernetesSerialization(mapper, true);
    }

    /** The framework clones objects by reading them again, so a second conversion changes nothing. */
    @Override
    public ObjectMeta convert(ObjectMeta metadata) {
        if (metadata == null) {
            return null;
        }
        metadata.setManagedFields(List.of());
        metadata.setOwnerReferences(List.of());
        metadata.setLabels(scheduleOf(metadata.getLabels()));
        metadata.setGenerateName(null);
        metadata.setSelfLink(null);
        metadata.setAdditionalProperties(Map.of());
        metadata.setAnnotations(reduced(metadata.getAnnotations()));
        var finalizers = metadata.getFinalizers();
        if (finalizers != null && finalizers.size() > MAX_FINALIZERS) {
            metadata.setFinalizers(List.copyOf(finalizers.subList(0, MAX_FINALIZERS)));
        }
        return metadata;
    }

    /** The API server limits the value of a label to 63 characters. */
    private static Map<String, String> scheduleOf(Map<String, String> labels) {
        var schedule = labels == null ? null : labels.get(Api.SCHEDULE_UID);
        return schedule == null ? Map.of() : Map.of(Api.SCHEDULE_UID, schedule);
    }

    private static Map<String, String> reduced(Map<String, String> annotations) {
        if (annotations == null || annotations.isEmpty()) {
            return Map.of();
        }
        Map<String, String> kept = new HashMap<>();
        for (var key : Api.ANNOTATIONS) {
            var value = annotations.get(key);
            if (value != null) {
                kept.put(key, Api.CREATE_INTENT.equals(key) ? cut(value) : shorten(value));
            }
        }
        if (kept.size() < annotations.size()) {
            kept.put(OMITTED, "");
        }
        return Map.copyOf(kept);
    }

    private static String cut(String intent) {
        return intent.length() <= MAX_INTENT ? intent : intent.substring(0, MAX_INTENT);
    }

    private static String shorten(String value) {
        return value.length() <= MAX_VALUE
                ? value
                : UUID.nameUUIDFromBytes(value.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
