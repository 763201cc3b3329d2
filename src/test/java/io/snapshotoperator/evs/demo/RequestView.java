/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a user sees of one version of a request. The status can be empty, because the operator has not reconciled it yet. */
record RequestView(VolumeSnapshotRequest request) {
    static final String NOTHING = "-";

    /** So many characters distinguish the ids of the demo. */
    private static final int SHORT = 8;

    String state() {
        return status().map(VolumeSnapshotRequestStatus::snapshotStatus).orElse(NOTHING);
    }

    String snapshot() {
        return status().map(VolumeSnapshotRequestStatus::snapshotId)
                .map(RequestView::shortened)
                .orElse(NOTHING);
    }

    /** In GiB, as kubectl prints it. */
    String size() {
        return status().map(VolumeSnapshotRequestStatus::sizeGiB)
                .map(Object::toString)
                .orElse(NOTHING);
    }

    /** As kubectl prints it. */
    String age(Instant now) {
        var created = Instant.parse(request.getMetadata().getCreationTimestamp());
        return Math.max(0, Duration.between(created, now).toSeconds()) + "s";
    }

    String ready() {
        return condition(Conditions.READY).map(Condition::getStatus).orElse(NOTHING);
    }

    String reason() {
        return condition(Conditions.READY).map(Condition::getReason).orElse(NOTHING);
    }

    String message() {
        return condition(Conditions.READY)
                .map(Condition::getMessage)
                .orElse("The operator has not reconciled this request yet.");
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
