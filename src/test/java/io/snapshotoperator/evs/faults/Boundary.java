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
    LEASE_READ(Road.KUBERNETES),
    LEASE_WRITE(Road.KUBERNETES),
    /** Of all requests: by a new leader taking stock, and by its informer. */
    REQUESTS_LIST(Road.KUBERNETES),
    /** One delivery of the watch. */
    WATCH_EVENT(Road.KUBERNETES),
    /** Of one request, after a conflict. */
    REQUEST_READ(Road.KUBERNETES),
    INTENT(Road.KUBERNETES),
    FINALIZER_ON(Road.KUBERNETES),
    FINALIZER_OFF(Road.KUBERNETES),
    STATUS_ID(Road.KUBERNETES),
    STATUS_AVAILABLE(Road.KUBERNETES),
    STATUS_OTHER(Road.KUBERNETES),
    EVENT(Road.KUBERNETES),
    LOGIN(Road.CLOUD),
    /** One disk's snapshots. */
    SEARCH(Road.CLOUD),
    /** Everything in one passing state. */
    SWEEP(Road.CLOUD),
    /** Everything. */
    INVENTORY(Road.CLOUD),
    CREATE(Road.CLOUD),
    READ(Road.CLOUD),
    DELETE(Road.CLOUD),
    RENAME(Road.CLOUD);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUESTS = "/volumesnapshotrequests";
    private static final String INTENT_KEY = "evs.snapshot-operator.io/intent";

    private final Road road;

    Boundary(Road road) {
        this.road = road;
    }

    Road road() {
        return road;
    }

    /** Whether the request changes something for good. */
    boolean writes() {
        return switch (this) {
            case LEASE_READ, REQUESTS_LIST, WATCH_EVENT, REQUEST_READ, LOGIN, SEARCH, SWEEP, INVENTORY, READ -> false;
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
                    SWEEP,
                    INVENTORY,
                    READ,
                    DELETE,
                    RENAME -> false;
        };
    }

    /** Empty for what is not on the paths, such as the discovery of the API. */
    static Optional<Boundary> of(Exchange it) {
        return Optional.ofNullable(it.road() == Road.KUBERNETES ? kubernetes(it) : cloud(it));
    }

    private static Boundary kubernetes(Exchange it) {
        var path = it.path().split("\\?", 2)[0];
        var reads = it.method().equals("GET");
        if (path.contains("/leases")) {
            return reads ? LEASE_READ : LEASE_WRITE;
        }
        if (path.endsWith("/events")) {
            return reads ? null : EVENT;
        }
        if (!path.contains(REQUESTS) || it.isWatch()) {
            return null;
        }
        if (reads) {
            return path.endsWith(REQUESTS) && !it.path().contains("fieldSelector") ? REQUESTS_LIST : REQUEST_READ;
        }
        return it.method().equals("PATCH") ? patch(path, it) : null;
    }

    private static Boundary patch(String path, Exchange it) {
        var operations = json(it);
        if (path.endsWith("/status")) {
            return status(operations);
        }
        for (var operation : operations) {
            var where = operation.path("path").asText();
            if (where.startsWith("/metadata/annotations")
                    && (where.endsWith("~1intent") || operation.path("value").has(INTENT_KEY))) {
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

    private static Boundary cloud(Exchange it) {
        var path = it.path().split("\\?", 2)[0];
        if (path.contains("/auth/")) {
            return it.method().equals("POST") ? LOGIN : null;
        }
        if (!path.contains("snapshots")) {
            return null;
        }
        return switch (it.method()) {
            case "POST" -> CREATE;
            case "DELETE" -> DELETE;
            case "PUT" -> RENAME;
            case "GET" -> path.endsWith("/detail") ? list(it.path()) : READ;
            default -> null;
        };
    }

    private static Boundary list(String path) {
        if (path.contains("volume_id=")) {
            return SEARCH;
        }
        return path.contains("status=") ? SWEEP : INVENTORY;
    }

    private static JsonNode json(Exchange it) {
        try {
            return JSON.readTree(it.body());
        } catch (JsonProcessingException notJson) {
            throw new IllegalArgumentException("a patch that is no JSON: " + it.text(), notJson);
        } catch (java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
