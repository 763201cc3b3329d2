/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/**
 * A named point of the create and delete paths, where the operator speaks to the outside. Each has two sides: the request
 * not yet forwarded, and the answer not yet delivered.
 */
enum Boundary {
    LEASE_READ(Link.KUBERNETES),
    LEASE_WRITE(Link.KUBERNETES),
    /** Of all requests: by a new leader taking stock, and by its informer. */
    REQUESTS_LIST(Link.KUBERNETES),
    /** One delivery of the watch. */
    WATCH_EVENT(Link.KUBERNETES),
    /** Of one request, after a conflict. */
    REQUEST_READ(Link.KUBERNETES),
    INTENT(Link.KUBERNETES),
    FINALIZER_ON(Link.KUBERNETES),
    FINALIZER_OFF(Link.KUBERNETES),
    STATUS_ID(Link.KUBERNETES),
    STATUS_AVAILABLE(Link.KUBERNETES),
    STATUS_OTHER(Link.KUBERNETES),
    EVENT(Link.KUBERNETES),
    LOGIN(Link.CLOUD),
    /** One disk's snapshots. */
    SEARCH(Link.CLOUD),
    /** Everything in one passing state. */
    POLL(Link.CLOUD),
    /** Everything. */
    INVENTORY(Link.CLOUD),
    CREATE(Link.CLOUD),
    READ(Link.CLOUD),
    DELETE(Link.CLOUD),
    RENAME(Link.CLOUD);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUESTS = "/volumesnapshotrequests";
    private static final String INTENT_KEY = "evs.snapshot-operator.io/create-intent";

    private final Link link;

    Boundary(Link link) {
        this.link = link;
    }

    Link road() {
        return link;
    }

    /** Whether the request changes something for good. */
    boolean writes() {
        return switch (this) {
            case LEASE_READ, REQUESTS_LIST, WATCH_EVENT, REQUEST_READ, LOGIN, SEARCH, POLL, INVENTORY, READ -> false;
            case LEASE_WRITE,
                    INTENT,
                    FINALIZER_ON,
                    FINALIZER_OFF,
                    STATUS_ID,
                    STATUS_AVAILABLE,
                    STATUS_OTHER,
                    EVENT,
                    CREATE,
                    DELETE,
                    RENAME -> true;
        };
    }

    /** Whether it is met only by a process that starts to lead. */
    boolean isOfAStart() {
        return this == REQUESTS_LIST;
    }

    /** Whether the request names one VolumeSnapshotRequest. */
    boolean isOfAnObject() {
        return switch (this) {
            case REQUEST_READ, INTENT, FINALIZER_ON, FINALIZER_OFF, STATUS_ID, STATUS_AVAILABLE, STATUS_OTHER, CREATE ->
                true;
            case LEASE_READ,
                    LEASE_WRITE,
                    REQUESTS_LIST,
                    WATCH_EVENT,
                    EVENT,
                    LOGIN,
                    SEARCH,
                    POLL,
                    INVENTORY,
                    READ,
                    DELETE,
                    RENAME -> false;
        };
    }

    /** Empty for what is not on the paths, such as the discovery of the API. */
    static Optional<Boundary> of(Exchange exchange) {
        return Optional.ofNullable(exchange.link() == Link.KUBERNETES ? kubernetes(exchange) : cloud(exchange));
    }

    private static Boundary kubernetes(Exchange exchange) {
        var path = exchange.path().split("\\?", 2)[0];
        var reads = exchange.method().equals("GET");
        if (path.contains("/leases")) {
            return reads ? LEASE_READ : LEASE_WRITE;
        }
        if (path.endsWith("/events")) {
            return reads ? null : EVENT;
        }
        if (!path.contains(REQUESTS) || exchange.isWatch()) {
            return null;
        }
        if (reads) {
            return path.endsWith(REQUESTS) && !exchange.path().contains("fieldSelector") ? REQUESTS_LIST : REQUEST_READ;
        }
        return exchange.method().equals("PATCH") ? patch(path, exchange) : null;
    }

    private static Boundary patch(String path, Exchange exchange) {
        var operations = json(exchange);
        if (path.endsWith("/status")) {
            return status(operations);
        }
        for (var operation : operations) {
            var where = operation.path("path").asText();
            if (where.startsWith("/metadata/annotations")
                    && (where.endsWith("~1create-intent")
                            || operation.path("value").has(INTENT_KEY))) {
                return INTENT;
            }
        }
        for (var operation : operations) {
            if (operation.path("path").asText().startsWith("/metadata/finalizers")) {
                return operation.path("op").asText().equals("add") ? FINALIZER_ON : FINALIZER_OFF;
            }
        }
        return null;
    }

    private static Boundary status(JsonNode operations) {
        var word = "";
        for (var operation : operations) {
            var where = operation.path("path").asText();
            var value = operation.path("value");
            if (where.equals("/status/snapshotId") || where.equals("/status") && value.has("snapshotId")) {
                return STATUS_ID;
            }
            if (where.equals("/status/snapshotStatus")) {
                word = value.asText();
            }
        }
        return word.equals("available") ? STATUS_AVAILABLE : STATUS_OTHER;
    }

    private static Boundary cloud(Exchange exchange) {
        var path = exchange.path().split("\\?", 2)[0];
        if (path.contains("/auth/")) {
            return exchange.method().equals("POST") ? LOGIN : null;
        }
        if (!path.contains("snapshots")) {
            return null;
        }
        return switch (exchange.method()) {
            case "POST" -> CREATE;
            case "DELETE" -> DELETE;
            case "PUT" -> RENAME;
            case "GET" -> path.endsWith("/detail") ? list(exchange.path()) : READ;
            default -> null;
        };
    }

    private static Boundary list(String path) {
        if (path.contains("volume_id=")) {
            return SEARCH;
        }
        return path.contains("status=") ? POLL : INVENTORY;
    }

    private static JsonNode json(Exchange exchange) {
        try {
            return JSON.readTree(exchange.body());
        } catch (JsonProcessingException notJson) {
            throw new IllegalArgumentException("a patch that is no JSON: " + exchange.text(), notJson);
        } catch (java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
