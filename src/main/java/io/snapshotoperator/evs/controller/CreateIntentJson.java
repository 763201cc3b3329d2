/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** With it, a duplicate key makes the annotation invalid: which of the two values counts would be arbitrary. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Times outside of these make the annotation invalid. Their sum with a duration cannot overflow. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    /** A larger count makes the annotation invalid. No object needs so many create requests. */
    private static final int MAX_COUNT = 1_000_000;

    /** A longer value makes the annotation invalid. The operator writes none. */
    private static final int MAX_LENGTH = 512;

    /** What the annotation says. */
    public sealed interface ParsedIntent {
        /** There is none, or it names another UID because the object was restored or copied. */
        record Absent() implements ParsedIntent {}

        record Valid(CreateIntent intent) implements ParsedIntent {}

        /** A user edited it, and it cannot be read. To treat it as absent could create a second snapshot. */
        record Invalid() implements ParsedIntent {}
    }

    /** Returns the create intent of the object. */
    public static ParsedIntent read(HasMetadata object) {
        var text = textOn(object);
        if (text.isEmpty()) {
            return new ParsedIntent.Absent();
        }
        try {
            var note = JSON.readValue(text.get(), CreateIntentJson.class);
            return object.getMetadata().getUid().equals(Objects.requireNonNull(note.uid()))
                    ? new ParsedIntent.Valid(note.intent())
                    : new ParsedIntent.Absent();
        } catch (JsonProcessingException | RuntimeException invalid) {
            return new ParsedIntent.Invalid();
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
        var time = Instant.parse(at);
        requireValid(time.isAfter(EARLIEST) && time.isBefore(LATEST));
        requireValid(createCount <= MAX_COUNT && (replacementAttempt == null || replacementAttempt <= MAX_COUNT));
        requireValid(Stream.of(
                        createId,
                        volumeId,
                        projectId,
                        endpoint,
                        replaces,
                        replacedCreateId,
                        answeredRetryCreate,
                        reconcileRequest)
                .allMatch(text -> text == null || text.length() <= MAX_LENGTH));
        return CreateIntentBuilder.builder()
                .uid(uid)
                .at(time)
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

    private static void requireValid(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("a value is out of range");
        }
    }
}
