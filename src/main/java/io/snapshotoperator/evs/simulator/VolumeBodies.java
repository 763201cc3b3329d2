/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads and checks the bodies of requests that create a volume (EVS API reference: creating_evs_disks; Cinder 12.0.0
 * cinder/api/v2/volumes.py). The reference lists codes, but not the calls that return them. Which code belongs to which
 * member is therefore guessed from the messages. Members without an effect are rejected, as in {@link QueryRules}.
 */
final class VolumeBodies {

    private static final Set<String> COMMON = Set.of(
            "availability_zone",
            "description",
            "imageRef",
            "metadata",
            "multiattach",
            "name",
            "size",
            "snapshot_id",
            "volume_type");

    private static final Set<String> NATIVE_ONLY = Set.of("backup_id", "count", "tags");

    /** python-cinderclient sends these, and Cinder ignores them. */
    private static final Set<String> IGNORED_BY_CINDER = Set.of("attach_status", "project_id", "status", "user_id");

    /** EVS API reference: creating_evs_disks. */
    private static final int MAX_TAGS = 10;

    /** EVS API reference: creating_evs_disks. */
    private static final Pattern TAG_KEY = Pattern.compile("[0-9A-Za-z_-]{1,36}");

    /** EVS API reference: creating_evs_disks. */
    private static final Pattern TAG_VALUE = Pattern.compile("[0-9A-Za-z_-]{0,43}");

    private final RequestBodies bodies;
    private final Family family;

    private VolumeBodies(RequestBodies bodies, Family family) {
        this.bodies = bodies;
        this.family = family;
    }

    static CreateVolumeBody read(RequestBodies bodies, Request request, Family family) {
        return new VolumeBodies(bodies, family).read(request.body());
    }

    private CreateVolumeBody read(byte[] body) {
        var volume = bodies.wrapped(body, "volume");
        checkMembers(volume);
        checkSources(volume);
        checkCount(volume);
        return new CreateVolumeBody(
                text(volume, "name", "EVS.1003", "invalid volume name!").orElse(null),
                text(volume, "description", "EVS.1004", "invalid volume description!")
                        .orElse(null),
                size(volume.get("size")),
                text(volume, "availability_zone", "EVS.1036", "invalid availability zone!"),
                text(volume, "volume_type", "EVS.1020", "invalid volume type!"),
                text(volume, "snapshot_id", "EVS.2045", "invalid snapshot_id!"),
                volume.hasNonNull("multiattach") && RequestBodies.bool("multiattach", volume.get("multiattach")),
                metadata(volume),
                tags(volume.get("tags")));
    }

    private void checkMembers(ObjectNode volume) {
        for (var entry : volume.properties()) {
            var name = entry.getKey();
            var known = COMMON.contains(name)
                    || (family == Family.NATIVE ? NATIVE_ONLY.contains(name) : isHarmlessForCinder(entry));
            if (!known) {
                throw ApiErrorException.badRequest(
                        "Additional properties are not allowed ('%s' was unexpected)".formatted(name));
            }
        }
    }

    private static boolean isHarmlessForCinder(Map.Entry<String, JsonNode> member) {
        return member.getValue().isNull() || IGNORED_BY_CINDER.contains(member.getKey());
    }

    /** The simulator has no images and no backups, so those that a request names do not exist. */
    private static void checkSources(ObjectNode volume) {
        var named = List.of("imageRef", "snapshot_id", "backup_id").stream()
                .filter(volume::hasNonNull)
                .toList();
        if (named.size() > 1) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1016",
                    "Invalid input received: May specify only one of imageRef, snapshot_id, backup_id!",
                    "Invalid input received: May specify only one of imageRef, snapshot, source_volume");
        }
        if (named.contains("imageRef")) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.5400",
                    "Invalid imageRef provided.",
                    "Invalid image identifier or unable to access requested image.");
        }
        if (named.contains("backup_id")) {
            throw ApiErrorException.ofCinder(
                    404, "Backup " + volume.get("backup_id").asText() + " could not be found.");
        }
    }

    /** The simulator creates one volume per call. That the cloud rejects more from a snapshot is documented. */
    private static void checkCount(ObjectNode volume) {
        var count = volume.path("count");
        if (!count.isMissingNode() && !count.isNull() && count.asInt() != 1) {
            throw ApiErrorException.ofEvs(400, "EVS.1070", "invalid request.", "invalid request.");
        }
    }

    /** A null counts as absent, as in the example of creating_evs_disks. */
    private Optional<String> text(ObjectNode volume, String field, String code, String evsMessage) {
        var node = volume.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw wrongType(field);
        }
        var text = node.textValue();
        var tooLong = family == Family.NATIVE ? NameRules.isTooLong(text) : text.length() > NameRules.MAX_TEXT_BYTES;
        if (tooLong) {
            throw ApiErrorException.ofEvs(
                    400,
                    code,
                    evsMessage,
                    "Invalid input received: %s has %d characters, more than 255.".formatted(field, text.length()));
        }
        return Optional.of(text);
    }

    /** The native family cuts decimals (creating_evs_disks). Cinder accepts a number in a text. */
    private Optional<Integer> size(JsonNode node) {
        if (node == null || node.isNull()) {
            return Optional.empty();
        }
        if (family == Family.NATIVE && node.isNumber() && node.canConvertToInt()) {
            return Optional.of(node.intValue());
        }
        if (family == Family.CINDER && node.asText().matches("[0-9]{1,9}")) {
            return Optional.of(Integer.parseInt(node.asText()));
        }
        throw family == Family.NATIVE && !node.isNumber()
                ? wrongType("size")
                : VolumeCreationRules.invalidSize(node.asText());
    }

    /** Cinder 12.0.0 cinder/utils.py check_metadata_properties. */
    private static Map<String, String> metadata(ObjectNode volume) {
        var all = new LinkedHashMap<String, String>();
        var node = volume.path("metadata");
        if (node.isMissingNode() || node.isNull()) {
            return all;
        }
        if (!node.isObject()) {
            throw wrongType("metadata");
        }
        for (var entry : node.properties()) {
            if (entry.getKey().isEmpty()) {
                throw ApiErrorException.badRequest("Invalid metadata: Metadata property key blank.");
            }
            if (!entry.getValue().isTextual()) {
                throw wrongType("metadata");
            }
            var value = entry.getValue().textValue();
            if (Math.max(entry.getKey().length(), value.length()) > NameRules.MAX_METADATA_LENGTH) {
                throw ApiErrorException.ofEvs(
                                400,
                                "EVS.1005",
                                "size of metadata is too large!",
                                "Invalid metadata size: Metadata property key %s or its value is greater than 255 characters."
                                        .formatted(entry.getKey()))
                        .withCinderStatus(413);
            }
            all.put(entry.getKey(), value);
        }
        return all;
    }

    private static Map<String, String> tags(JsonNode node) {
        var all = new LinkedHashMap<String, String>();
        if (node == null || node.isNull()) {
            return all;
        }
        if (!node.isObject()) {
            throw wrongType("tags");
        }
        for (var entry : node.properties()) {
            var value = entry.getValue();
            if (!TAG_KEY.matcher(entry.getKey()).matches()
                    || !value.isTextual()
                    || !TAG_VALUE.matcher(value.textValue()).matches()) {
                throw ApiErrorException.ofEvs(400, "EVS.1062", "invalid tag!", "invalid tag!");
            }
            all.put(entry.getKey(), value.textValue());
        }
        if (all.size() > MAX_TAGS) {
            var message = "The Volume Tags is Exceed Max Limit Num.";
            throw ApiErrorException.ofEvs(400, "EVS.1061", message, message);
        }
        return all;
    }

    private static ApiErrorException wrongType(String field) {
        return ApiErrorException.ofEvs(
                400,
                "EVS.1018",
                "Type conversion error , parameter type is unexpected",
                "Invalid input for field/attribute " + field + ".");
    }
}
