/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.Optional;

/**
 * A named point of the create and delete paths at which the operator communicates with another system. Each has two sides:
 * the request is not forwarded yet, and the response is not delivered yet.
 */
enum Boundary {
    LEASE_READ(Link.KUBERNETES),
    LEASE_WRITE(Link.KUBERNETES),
    /** The first list of all requests by a process that gained the lease. It has reconciled nothing yet. */
    TERM_START(Link.KUBERNETES),
    /** Any other list of all requests: of the informer, and of the checks that the API server serves lists. */
    REQUESTS_LIST(Link.KUBERNETES),
    /** One delivery of the watch. */
    WATCH_EVENT(Link.KUBERNETES),
    /** The read of one request, after a conflict. */
    REQUEST_READ(Link.KUBERNETES),
    INTENT(Link.KUBERNETES),
    FINALIZER_ON(Link.KUBERNETES),
    FINALIZER_OFF(Link.KUBERNETES),
    STATUS_ID(Link.KUBERNETES),
    STATUS_AVAILABLE(Link.KUBERNETES),
    STATUS_OTHER(Link.KUBERNETES),
    EVENT(Link.KUBERNETES),
    LOGIN(Link.CLOUD),
    /** The list of the snapshots of one volume. */
    SEARCH(Link.CLOUD),
    /** The list of all snapshots in one transient state. */
    POLL(Link.CLOUD),
    /** The list of all snapshots. */
    INVENTORY(Link.CLOUD),
    CREATE(Link.CLOUD),
    READ(Link.CLOUD),
    DELETE(Link.CLOUD),
    RENAME(Link.CLOUD);

    private static final String REQUESTS = "/volumesnapshotrequests";

    private final Link link;

    Boundary(Link link) {
        this.link = link;
    }

    Link link() {
        return link;
    }

    /** Whether the request changes something. */
    boolean isMutating() {
        return switch (this) {
            case LEASE_READ,
                    TERM_START,
                    REQUESTS_LIST,
                    WATCH_EVENT,
                    REQUEST_READ,
                    LOGIN,
                    SEARCH,
                    POLL,
                    INVENTORY,
                    READ -> false;
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

    /** Whether only a process that becomes the leader reaches it. */
    boolean isOfTermStart() {
        return this == TERM_START || this == REQUESTS_LIST;
    }

    /** Whether the request names one VolumeSnapshotRequest. */
    boolean namesObject() {
        return switch (this) {
            case REQUEST_READ, INTENT, FINALIZER_ON, FINALIZER_OFF, STATUS_ID, STATUS_AVAILABLE, STATUS_OTHER, CREATE ->
                true;
            case LEASE_READ,
                    LEASE_WRITE,
                    TERM_START,
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

    /**
     * The boundary that a request reaches; empty if it is not on the paths, such as the discovery of the API. The proxy
     * recognizes {@link #TERM_START}, because it depends on what the process did before.
     */
    static Optional<Boundary> of(Exchange exchange) {
        return Optional.ofNullable(exchange.link() == Link.KUBERNETES ? kubernetes(exchange) : cloud(exchange));
    }

    private static Boundary kubernetes(Exchange exchange) {
        var path = exchange.pathWithoutQuery();
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
        if (path.endsWith("/status")) {
            return status(exchange);
        }
        if (exchange.changesCreateIntent()) {
            return INTENT;
        }
        return exchange.operations()
                .filter(operation -> Exchange.pathOf(operation).startsWith("/metadata/finalizers"))
                .findFirst()
                .map(operation -> operation.path("op").asText().equals("add") ? FINALIZER_ON : FINALIZER_OFF)
                .orElse(null);
    }

    private static Boundary status(Exchange exchange) {
        var state = "";
        for (var operation : exchange.operations().toList()) {
            var path = Exchange.pathOf(operation);
            var value = operation.path("value");
            if (path.equals("/status/snapshotId") || path.equals("/status") && value.has("snapshotId")) {
                return STATUS_ID;
            }
            if (path.equals("/status/snapshotStatus")) {
                state = value.asText();
            }
        }
        return state.equals("available") ? STATUS_AVAILABLE : STATUS_OTHER;
    }

    private static Boundary cloud(Exchange exchange) {
        var path = exchange.pathWithoutQuery();
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
}
