/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;

/** Writes create intents as a user can who wants the operator to delete, rename or copy what is not his. */
final class IntentForger {
    private final ChoiceSequence choices;
    private final Instant now;
    private final List<ModelCloud.StoredSnapshot> present;

    /** @param present the snapshots that exist, of which the forger knows the ids */
    IntentForger(ChoiceSequence choices, Instant now, List<ModelCloud.StoredSnapshot> present) {
        this.choices = choices;
        this.now = now;
        this.present = present;
    }

    /** Returns the text of an annotation, usually valid JSON. */
    String intent() {
        if (choices.draw(12) == 11) {
            return List.of("", "{", "null", "[]", "{\"uid\":1}", "{\"uid\":\"" + LifecycleModel.UID + "\"}")
                    .get(choices.draw(6));
        }
        var fields = new StringJoiner(",", "{", "}");
        field(fields, "uid", choices.draw(8) == 7 ? "another" : LifecycleModel.UID);
        field(fields, "at", time());
        field(fields, "createId", createId());
        fields.add("\"createCount\":"
                + List.of("1", "1", "2", "0", "-1", "2147483647").get(choices.draw(6)));
        field(
                fields,
                "volumeId",
                List.of(LifecycleModel.VOLUME.value(), LifecycleModel.VOLUME.value(), "volume-2")
                        .get(choices.draw(3)));
        field(fields, "projectId", choices.draw(5) == 4 ? "project-b" : LifecycleModel.LOCATION.projectId());
        field(fields, "endpoint", LifecycleModel.LOCATION.endpoint());
        if (choices.once(2)) {
            fields.add("\"replacementAttempt\":" + (choices.draw(4)));
        }
        if (!choices.once(4) && !present.isEmpty()) {
            field(
                    fields,
                    "replaces",
                    present.get(choices.draw(present.size())).id.value());
            field(fields, "replacedCreateId", createId());
        }
        return fields.toString();
    }

    private String time() {
        return switch (choices.draw(8)) {
            case 0 -> "+1000000000-12-31T23:59:59.999999999Z";
            case 1 -> "-1000000000-01-01T00:00:00Z";
            case 2 -> now.plus(Duration.ofDays(1)).toString();
            case 3 -> now.minus(Duration.ofHours(2)).toString();
            case 4 -> "yesterday";
            default -> now.toString();
        };
    }

    /** Returns the create id of an existing snapshot, or a new one. */
    private String createId() {
        if (present.isEmpty() || choices.draw(3) == 2) {
            return "create-forged";
        }
        return present.get(choices.draw(present.size())).createId();
    }

    private static void field(StringJoiner fields, String key, String value) {
        fields.add("\"" + key + "\":\"" + value + "\"");
    }
}
