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
    RENAME(Link.CLOUD),
    /** Any list of all restores. */
    RESTORES_LIST(Link.KUBERNETES),
    /** The read of one restore, after a conflict. */
    RESTORE_READ(Link.KUBERNETES),
    RESTORE_INTENT(Link.KUBERNETES),
    RESTORE_FINALIZER_ON(Link.KUBERNETES),
    RESTORE_FINALIZER_OFF(Link.KUBERNETES),
    /** The first write after the response of the cloud to a create request: the id of the job. */
    RESTORE_STATUS_JOB(Link.KUBERNETES),
    /** The write of the id of the volume. */
    RESTORE_STATUS_VOLUME(Link.KUBERNETES),
    RESTORE_STATUS_OTHER(Link.KUBERNETES),
    DISK_CREATE(Link.CLOUD),
    JOB_GET(Link.CLOUD),
    DISK_LIST(Link.CLOUD),
    DISK_GET(Link.CLOUD),
    DISK_DELETE(Link.CLOUD);

    private static final String REQUESTS = "/volumesnapshotrequests";
    private static final String RESTORES = "/volumesnapshotrestores";

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
                    READ,
                    RESTORES_LIST,
                    RESTORE_READ,
                    JOB_GET,
                    DISK_LIST,
                    DISK_GET -> false;
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
                    RENAME,
                    RESTORE_INTENT,
                    RESTORE_FINALIZER_ON,
                    RESTORE_FINALIZER_OFF,
                    RESTORE_STATUS_JOB,
                    RESTORE_STATUS_VOLUME,
                    RESTORE_STATUS_OTHER,
                    DISK_CREATE,
                    DISK_DELETE -> true;
        };
    }

    /** Whether only a process that becomes the leader reaches it. */
    boolean isOfTermStart() {
        return this == TERM_START || this == REQUESTS_LIST || this == RESTORES_LIST;
    }

    /** Whether only restores reach it. */
    boolean isOfRestore() {
        return compareTo(RESTORES_LIST) >= 0;
    }

    /** Whether it is a request that creates something in the cloud. */
    boolean isCreate() {
        return this == CREATE || this == DISK_CREATE;
    }

    /** Whether the create intent is written there. */
    boolean isIntent() {
        return this == INTENT || this == RESTORE_INTENT;
    }

    /** Whether the id that the response to a create request contains is written there. */
    boolean recordsCreated() {
        return this == STATUS_ID || this == RESTORE_STATUS_JOB;
    }

    /** Whether the request names one object of a user. */
    boolean namesObject() {
        return switch (this) {
            case REQUEST_READ,
                    INTENT,
                    FINALIZER_ON,
                    FINALIZER_OFF,
                    STATUS_ID,
                    STATUS_AVAILABLE,
                    STATUS_OTHER,
                    CREATE,
                    RESTORE_READ,
                    RESTORE_INTENT,
                    RESTORE_FINALIZER_ON,
                    RESTORE_FINALIZER_OFF,
                    RESTORE_STATUS_JOB,
                    RESTORE_STATUS_VOLUME,
                    RESTORE_STATUS_OTHER,
                    DISK_CREATE -> true;
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
                    RENAME,
                    RESTORES_LIST,
                    JOB_GET,
                    DISK_LIST,
                    DISK_GET,
                    DISK_DELETE -> false;
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
        if (exchange.isWatch()) {
            return null;
        }
        if (path.contains(RESTORES)) {
            return reads
                    ? path.endsWith(RESTORES) ? RESTORES_LIST : RESTORE_READ
                    : exchange.method().equals("PATCH") ? restorePatch(path, exchange) : null;
        }
        if (!path.contains(REQUESTS)) {
            return null;
        }
        if (reads) {
            return path.endsWith(REQUESTS) && !exchange.path().contains("fieldSelector") ? REQUESTS_LIST : REQUEST_READ;
        }
        return exchange.method().equals("PATCH") ? patch(path, exchange) : null;
    }

    private static Boundary restorePatch(String path, Exchange exchange) {
        if (path.endsWith("/status")) {
            if (exchange.setsStatus("volumeId")) {
                return RESTORE_STATUS_VOLUME;
            }
            return exchange.setsStatus("jobId") ? RESTORE_STATUS_JOB : RESTORE_STATUS_OTHER;
        }
        return Optional.ofNullable(patch(path, exchange))
                .map(where -> switch (where) {
                    case INTENT -> RESTORE_INTENT;
                    case FINALIZER_ON -> RESTORE_FINALIZER_ON;
                    default -> RESTORE_FINALIZER_OFF;
                })
                .orElse(null);
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
        if (path.contains("/jobs/")) {
            return JOB_GET;
        }
        if (path.contains("volumes")) {
            return switch (exchange.method()) {
                case "POST" -> DISK_CREATE;
                case "DELETE" -> DISK_DELETE;
                case "GET" -> path.endsWith("/detail") ? DISK_LIST : DISK_GET;
                default -> null;
            };
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
