/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.CreateIntent;
import java.time.Instant;
import java.util.Optional;

/** The intent as it stands in the annotation {@value Api#CREATE_INTENT}: one line of JSON, read leniently. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
record CreateIntentJson(
        String uid,
        String at,
        String order,
        Integer orders,
        String volumeId,
        String projectId,
        String endpoint,
        Integer attempt,
        String replaces,
        String replacedOrder,
        String answered,
        String lookRequested) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The intent of this very object. One that names another UID is nothing: the object was restored or copied. One that
     * cannot be read throws, because treating it as absent could order a second snapshot.
     */
    static Optional<CreateIntent> read(VolumeSnapshotRequest request) {
        var text = textOn(request);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var note = JSON.readValue(text.get(), CreateIntentJson.class);
            return request.getMetadata().getUid().equals(note.uid()) ? Optional.of(note.intent()) : Optional.empty();
        } catch (JsonProcessingException | RuntimeException unreadable) {
            throw new InvalidIntentException(unreadable);
        }
    }

    /** What stands on the object, whether it can be read or not, and whomever it names. */
    static Optional<String> textOn(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getAnnotations()).map(all -> all.get(Api.CREATE_INTENT));
    }

    static String write(CreateIntent intent) {
        try {
            return JSON.writeValueAsString(new CreateIntentJson(
                    intent.uid(),
                    intent.at().toString(),
                    intent.orderId(),
                    intent.orders(),
                    intent.volumeId().value(),
                    intent.place().projectId(),
                    intent.place().endpoint(),
                    intent.attempt(),
                    intent.replaces().map(SnapshotId::value).orElse(null),
                    intent.replacedOrder().orElse(null),
                    intent.answered().orElse(null),
                    intent.lookRequested().orElse(null)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private CreateIntent intent() {
        return new CreateIntent(
                uid,
                Instant.parse(at),
                order,
                orders,
                new VolumeId(volumeId),
                new CloudLocation(endpoint, projectId),
                attempt == null ? 1 : attempt,
                Optional.ofNullable(replaces).map(SnapshotId::new),
                Optional.ofNullable(replacedOrder),
                Optional.ofNullable(answered),
                Optional.ofNullable(lookRequested));
    }

    /** Someone edited the annotation into something that is no intent any more. */
    static final class InvalidIntentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidIntentException(Throwable cause) {
            super("the annotation " + Api.CREATE_INTENT + " cannot be read", cause);
        }
    }
}
