/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Optional;

/** The JSON of the annotation {@value Api#CREATE_INTENT}. Unknown fields are ignored. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record CreateIntentJson(
        String uid,
        String at,
        String createId,
        Integer createCount,
        String volumeId,
        String projectId,
        String endpoint,
        Integer replacementAttempt,
        String replaces,
        String replacedCreateId,
        String answeredRetryCreate,
        String reconcileRequest) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Returns the create intent of the object; empty if there is none, or if it names another UID because the object was
     * restored or copied.
     *
     * @throws InvalidIntentException if the annotation cannot be read. To treat it as absent could create a second
     *     snapshot.
     */
    public static Optional<CreateIntent> read(HasMetadata object) {
        var text = textOn(object);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var note = JSON.readValue(text.get(), CreateIntentJson.class);
            return object.getMetadata().getUid().equals(note.uid()) ? Optional.of(note.intent()) : Optional.empty();
        } catch (JsonProcessingException | RuntimeException invalid) {
            throw new InvalidIntentException(invalid);
        }
    }

    /** Returns the text of the annotation, also if it is invalid or names another UID; empty if there is none. */
    public static Optional<String> textOn(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getAnnotations()).map(all -> all.get(Api.CREATE_INTENT));
    }

    public static String write(CreateIntent intent) {
        try {
            return JSON.writeValueAsString(CreateIntentJsonBuilder.builder()
                    .uid(intent.uid())
                    .at(intent.at().toString())
                    .createId(intent.createId())
                    .createCount(intent.createCount())
                    .volumeId(intent.volumeId().value())
                    .projectId(intent.location().projectId())
                    .endpoint(intent.location().endpoint())
                    .replacementAttempt(intent.replacementAttempt())
                    .replaces(intent.replaces().map(SnapshotId::value).orElse(null))
                    .replacedCreateId(intent.replacedCreateId().orElse(null))
                    .answeredRetryCreate(intent.answeredRetryCreate().orElse(null))
                    .reconcileRequest(intent.reconcileRequest().orElse(null))
                    .build());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private CreateIntent intent() {
        return CreateIntentBuilder.builder()
                .uid(uid)
                .at(Instant.parse(at))
                .createId(createId)
                .createCount(createCount)
                .volumeId(new VolumeId(volumeId))
                .location(new CloudLocation(endpoint, projectId))
                .replacementAttempt(replacementAttempt == null ? 1 : replacementAttempt)
                .replaces(Optional.ofNullable(replaces).map(SnapshotId::new))
                .replacedCreateId(Optional.ofNullable(replacedCreateId))
                .answeredRetryCreate(Optional.ofNullable(answeredRetryCreate))
                .reconcileRequest(Optional.ofNullable(reconcileRequest))
                .build();
    }

    /** Thrown when the annotation is not a valid create intent, because a user edited it. */
    public static final class InvalidIntentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidIntentException(Throwable cause) {
            super("The annotation " + Api.CREATE_INTENT + " is not a valid create intent.", cause);
        }
    }
}
