/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Stores the jobs, oldest first. Not thread-safe; the owner holds a lock. */
final class JobStore {

    private final Map<String, Job> byId = new LinkedHashMap<>();

    void put(Job job) {
        byId.put(job.id(), job);
    }

    /** Changes the job, unless the cloud forgot it. */
    void change(String id, UnaryOperator<Job> change) {
        byId.computeIfPresent(id, (key, stored) -> change.apply(stored));
    }

    /** Makes the id unknown. The work of the job continues. Returns whether the id was known. */
    boolean forget(String id) {
        return byId.remove(id) != null;
    }

    Optional<Job> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    List<Job> all() {
        return List.copyOf(byId.values());
    }
}
