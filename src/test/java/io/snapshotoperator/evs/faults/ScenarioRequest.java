/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** One request of a run: what becomes of it by people's hands, and what has to come out. Written by several threads. */
final class ScenarioRequest {
    /** What people do with a request. */
    enum Scenario {
        PLAIN,
        /** Its first snapshot ends in error, and the request says Replace. */
        REPLACED,
        /** Deleted some time after it was applied. */
        DELETED_EARLY,
        DELETED_WHEN_READY,
        /** Deleted when ready, with {@code deletionPolicy: Retain}. */
        RETAINED,
        RENAMED,
        /** Its status is emptied when it is ready. */
        WIPED,
        /** Finalizer and intent are taken off when it is ready; deleted in the end. */
        STRIPPED,
        /** Its snapshot turns to error when it is ready. */
        SPOILED,
        /** Its snapshot vanishes when it is ready. */
        MISSING,
        /** Imports a snapshot that someone else took. */
        IMPORTED
    }

    private final Scenario role;
    private final String name;
    private final String volumeId;
    private final Duration offset;
    private final AtomicReference<String> uid = new AtomicReference<>("");
    private final AtomicReference<String> imports = new AtomicReference<>("");
    private volatile Instant applied = Instant.MAX;
    private volatile boolean acted;
    private volatile boolean deleted;
    private volatile boolean stripped;

    ScenarioRequest(Scenario role, String name, String volumeId, Duration offset) {
        this.role = role;
        this.name = name;
        this.volumeId = volumeId;
        this.offset = offset;
    }

    Scenario role() {
        return role;
    }

    String name() {
        return name;
    }

    String disk() {
        return volumeId;
    }

    /** When after its application something happens to it. */
    Duration offset() {
        return offset;
    }

    String uid() {
        return uid.get();
    }

    void isKnownAs(String id) {
        uid.set(id);
    }

    String imports() {
        return imports.get();
    }

    void willImport(String id) {
        imports.set(id);
    }

    Instant applied() {
        return applied;
    }

    void isApplied(Instant when) {
        applied = when;
    }

    /** Whether people have done what the role says. */
    boolean isActed() {
        return acted || !waitsForPeople();
    }

    void hasActed() {
        acted = true;
    }

    private boolean waitsForPeople() {
        return switch (role) {
            case PLAIN, REPLACED, IMPORTED -> false;
            case DELETED_EARLY, DELETED_WHEN_READY, RETAINED, RENAMED, WIPED, STRIPPED, SPOILED, MISSING -> true;
        };
    }

    boolean actsWhenReady() {
        return role != Scenario.DELETED_EARLY;
    }

    boolean isDeleted() {
        return deleted;
    }

    void hasBeenDeleted() {
        deleted = true;
    }

    /** Whether someone took off the finalizer, so that a deletion may pass the operator by. */
    boolean isStripped() {
        return stripped;
    }

    void hasBeenStripped() {
        stripped = true;
    }

    /** From now on its deletion is the operator's business again. */
    void hasFinalizerAgain() {
        stripped = false;
    }

    @Override
    public String toString() {
        return name + " (" + role + (deleted ? ", deleted" : "") + (stripped ? ", finalizer taken off" : "") + ", "
                + uid + ")";
    }
}
