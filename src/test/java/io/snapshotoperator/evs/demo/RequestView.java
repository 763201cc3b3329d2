/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.Conditions;
import java.util.List;
import java.util.Optional;

/** What a person sees of a request: one version of it, read leniently, because nobody may have visited it yet. */
record RequestView(VolumeSnapshotRequest request) {
    static final String NOTHING = "-";

    /** Ids are told apart by so much; the rest would only fill the line. */
    private static final int SHORT = 8;

    String state() {
        return status().map(VolumeSnapshotRequestStatus::snapshotStatus).orElse(NOTHING);
    }

    String snapshot() {
        return status().map(VolumeSnapshotRequestStatus::snapshotId)
                .map(RequestView::shortened)
                .orElse(NOTHING);
    }

    String ready() {
        return condition(Conditions.READY).map(Condition::getStatus).orElse(NOTHING);
    }

    String reason() {
        return condition(Conditions.READY).map(Condition::getReason).orElse(NOTHING);
    }

    String message() {
        return condition(Conditions.READY).map(Condition::getMessage).orElse("Nobody has visited it yet.");
    }

    boolean is(String type) {
        return condition(type).map(Condition::getStatus).filter("True"::equals).isPresent();
    }

    int replacements() {
        return status().map(VolumeSnapshotRequestStatus::replacements).orElse(0);
    }

    List<Condition> conditions() {
        return status().map(VolumeSnapshotRequestStatus::conditions).orElse(List.of());
    }

    static String shortened(String id) {
        return id.substring(0, Math.min(SHORT, id.length()));
    }

    private Optional<Condition> condition(String type) {
        return conditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private Optional<VolumeSnapshotRequestStatus> status() {
        return Optional.ofNullable(request.getStatus());
    }
}
