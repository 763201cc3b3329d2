/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.controller.ObjectLister;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One request of the operator on a link.
 *
 * @param path with the query, as sent
 * @param body a missing node if there is none
 */
record Exchange(Link link, String method, String path, JsonNode body) {
    private static final String REQUESTS = "volumesnapshotrequests";
    private static final String RESTORES = "volumesnapshotrestores";
    private static final String NAME_IN_MARKER = "evs-snapshot-operator.name";
    private static final String ANNOTATIONS = "/metadata/annotations";
    private static final String INTENT_PATH = ANNOTATIONS + "/" + Api.CREATE_INTENT.replace("/", "~1");

    /** A request without a body. */
    static Exchange withoutBody(Link link, String method, String path) {
        return new Exchange(link, method, path, MissingNode.getInstance());
    }

    String pathWithoutQuery() {
        return path.split("\\?", 2)[0];
    }

    /** Whether its response is a stream without an end. */
    boolean isWatch() {
        return link == Link.KUBERNETES && path.contains("watch=true");
    }

    /** Whether it lists the first page of all requests. A list of one request only checks that the API server serves lists. */
    boolean startsListOfRequests() {
        return link == Link.KUBERNETES
                && method.equals("GET")
                && pathWithoutQuery().endsWith("/" + REQUESTS)
                && path.contains("limit=" + ObjectLister.PAGE_SIZE)
                && !path.contains("continue=");
    }

    /** The object of a user that it names; empty if it names none. */
    Optional<String> objectName() {
        return link == Link.KUBERNETES
                ? nameInPath().or(() -> text(body.at("/involvedObject/name")))
                : text(body.at("/snapshot/metadata").path(NAME_IN_MARKER))
                        .or(() -> text(body.at("/volume/metadata").path(NAME_IN_MARKER)));
    }

    /** Whether it is a patch that writes or removes the create intent. */
    boolean changesCreateIntent() {
        return operations().anyMatch(Exchange::isOfCreateIntent);
    }

    /** The create id in the create intent that it writes; empty if it writes none. */
    Optional<String> intendedCreateId() {
        return operations()
                .filter(Exchange::isOfCreateIntent)
                .map(operation -> operation.path("value"))
                .map(value -> value.isObject() ? value.path(Api.CREATE_INTENT) : value)
                .flatMap(intent -> text(JsonBody.ofText(intent.asText()).path("createId")).stream())
                .findFirst();
    }

    /** Whether it is a patch that records a failed attempt in the status. */
    boolean recordsFailedAttempt() {
        return operations()
                .anyMatch(operation -> pathOf(operation).startsWith("/status/failedAttempts")
                        || pathOf(operation).equals("/status")
                                && operation.path("value").has("failedAttempts"));
    }

    /** Whether it is a patch that gives a field of the status a value. */
    boolean setsStatus(String field) {
        return operations()
                .filter(operation -> !operation.path("op").asText().equals("remove"))
                .anyMatch(operation -> pathOf(operation).equals("/status/" + field)
                        || pathOf(operation).equals("/status")
                                && operation.path("value").hasNonNull(field));
    }

    /** The operations of a JSON patch (RFC 6902); none if it is not one. */
    Stream<JsonNode> operations() {
        return body.isArray() ? StreamSupport.stream(body.spliterator(), false) : Stream.empty();
    }

    static String pathOf(JsonNode operation) {
        return operation.path("path").asText();
    }

    private static boolean isOfCreateIntent(JsonNode operation) {
        return pathOf(operation).equals(INTENT_PATH)
                || pathOf(operation).equals(ANNOTATIONS)
                        && operation.path("value").has(Api.CREATE_INTENT);
    }

    private Optional<String> nameInPath() {
        var segments = List.of(pathWithoutQuery().split("/"));
        var name = Math.max(segments.indexOf(REQUESTS), segments.indexOf(RESTORES)) + 1;
        return name > 0 && name < segments.size() ? Optional.of(segments.get(name)) : Optional.empty();
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }
}
