/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Decides whether the cloud creates a volume, and throws the error of the cloud if it does not. Sources: EVS API
 * reference, creating_evs_disks and error_codes; Cinder 12.0.0 cinder/volume/flows/api/create_volume.py. The reference
 * lists codes, but not the calls that return them: which check returns which code, and their order, is guessed.
 */
final class VolumeCreationRules {

    /** EVS API reference: creating_evs_disks, the size of a data disk. */
    private static final int MIN_NATIVE_GIB = 10;

    /** EVS API reference: creating_evs_disks, the size of a data disk. */
    private static final int MAX_NATIVE_GIB = 32768;

    /** EVS API reference: creating_evs_disks. */
    private static final Set<String> TYPES = Set.of("SATA", "SAS", "SSD", "GPSSD", "ESSD");

    /** EVS API reference: error_codes EVS.1043; the new volume inherits them from the snapshot. */
    private static final List<String> INHERITED = List.of("__system__encrypted", "__system__cmkid", "hw:passthrough");

    /** The type of an empty volume of Cinder that names none; guessed. */
    private static final String DEFAULT_TYPE = "SSD";

    private final SimulatorSettings.Limits limits;
    private final String region;
    private final SnapshotStore snapshots;
    private final VolumeStore volumes;
    private final CreationRules snapshotRules;

    VolumeCreationRules(
            SimulatorSettings settings, SnapshotStore snapshots, VolumeStore volumes, CreationRules snapshotRules) {
        this.limits = settings.limits();
        this.region = settings.account().region();
        this.snapshots = snapshots;
        this.volumes = volumes;
        this.snapshotRules = snapshotRules;
    }

    /**
     * The volume that a valid request describes.
     *
     * @param source the snapshot to copy; empty: the volume is empty
     */
    record Plan(int sizeGib, String availabilityZone, String volumeType, Optional<Snapshot> source) {}

    Plan plan(String projectId, CreateVolumeBody body, Family family, Instant now) {
        if (family == Family.NATIVE) {
            checkNative(body);
        }
        checkType(body.volumeType());
        var snapshot = body.snapshotId().map(id -> snapshot(projectId, id, now));
        var source = snapshot.flatMap(copied -> volumes.find(projectId, copied.volumeId()));
        snapshot.ifPresent(copied -> checkSource(copied, body, family));
        var size = size(body, snapshot);
        var zone = body.availabilityZone()
                .or(() -> source.map(Volume::availabilityZone))
                .orElse(region + "-01");
        checkZone(zone);
        source.ifPresent(volume -> checkSameZone(zone, volume));
        var type = body.volumeType().or(() -> source.map(Volume::volumeType)).orElse(DEFAULT_TYPE);
        source.ifPresent(volume -> checkSameType(type, volume, snapshot.get()));
        checkQuotas(projectId, size, family);
        return new Plan(size, zone, type, snapshot);
    }

    static ApiErrorException invalidSize(String size) {
        return ApiErrorException.ofEvs(
                400,
                "EVS.1010",
                "invalid volume size!",
                "Invalid input received: Volume size '%s' must be an integer and greater than 0".formatted(size));
    }

    /** The members that only the native family requires. */
    private static void checkNative(CreateVolumeBody body) {
        var size = body.sizeGib().orElse(0);
        if (size < MIN_NATIVE_GIB || size > MAX_NATIVE_GIB) {
            throw invalidSize(Integer.toString(size));
        }
        if (body.availabilityZone().isEmpty() || body.availabilityZone().get().isBlank()) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1036",
                    "invalid availability zone!",
                    "Invalid input for field/attribute availability_zone.");
        }
        if (body.volumeType().isEmpty()) {
            throw unknownType("");
        }
        var fullClone = body.metadata().getOrDefault("full_clone", "1");
        if (!Set.of("0", "1").contains(fullClone)) {
            var message = "invalid full_clone in metadata!";
            throw ApiErrorException.ofEvs(400, "EVS.1063", message, message);
        }
    }

    private void checkType(Optional<String> requested) {
        requested.ifPresent(type -> {
            var known = TYPES.contains(type)
                    || volumes.all().stream().map(Volume::volumeType).anyMatch(type::equals);
            if (!known) {
                throw unknownType(type);
            }
        });
    }

    private static ApiErrorException unknownType(String type) {
        return ApiErrorException.ofEvs(
                        400,
                        "EVS.1020",
                        "invalid volume type!",
                        "Volume type with name %s could not be found.".formatted(type))
                .withCinderStatus(404);
    }

    /** Ids that the simulator got from a flag are no UUIDs, so the form is checked only if there is no snapshot. */
    private Snapshot snapshot(String projectId, String id, Instant now) {
        return snapshots
                .find(id)
                .filter(found -> found.projectId().equals(projectId))
                .filter(found -> found.isReadableAt(now))
                .orElseThrow(() -> isUuid(id)
                        ? ApiErrorException.unknownSnapshot(id)
                        : ApiErrorException.ofEvs(
                                400, "EVS.2045", "invalid snapshot_id!", "Snapshot ID must be in UUID form."));
    }

    private static boolean isUuid(String text) {
        try {
            UUID.fromString(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** EVS also copies a snapshot that is {@code backing-up}; Cinder does not. */
    private static void checkSource(Snapshot snapshot, CreateVolumeBody body, Family family) {
        if (family == Family.NATIVE && INHERITED.stream().anyMatch(body.metadata()::containsKey)) {
            var message = "encrypt and cmk and passthrougth in metadata is not support when create volume from snapshot"
                    + " or image!";
            throw ApiErrorException.ofEvs(400, "EVS.1043", message, message);
        }
        var allowed = family == Family.NATIVE ? List.of("available", "backing-up") : List.of("available");
        if (!allowed.contains(snapshot.status())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.2043",
                    "The status of snapshot is not available or backing-up.",
                    "Invalid snapshot: Originating snapshot status must be one of 'available' values");
        }
    }

    private static int size(CreateVolumeBody body, Optional<Snapshot> snapshot) {
        int size = body.sizeGib().or(() -> snapshot.map(Snapshot::sizeGib)).orElseThrow(() -> invalidSize("None"));
        if (size < 1) {
            throw invalidSize(Integer.toString(size));
        }
        if (snapshot.isPresent() && size < snapshot.get().sizeGib()) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1010",
                    "invalid volume size!",
                    ("Invalid input received: Volume size '%d'GB cannot be smaller than the snapshot size %dGB. "
                                    + "They must be >= original snapshot size.")
                            .formatted(size, snapshot.get().sizeGib()));
        }
        return size;
    }

    /** The cloud has three zones, and those of the volumes that were added. */
    private void checkZone(String zone) {
        var known = List.of(region + "-01", region + "-02", region + "-03").contains(zone)
                || volumes.all().stream().map(Volume::availabilityZone).anyMatch(zone::equals);
        if (!known) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.2053",
                    "The az information from request is invalid!",
                    "Invalid input received: Availability zone '%s' is invalid".formatted(zone));
        }
    }

    private static void checkSameZone(String zone, Volume source) {
        if (!zone.equals(source.availabilityZone())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.2054",
                    "Cannot create volume from snapshot as the az is invalid!",
                    "Invalid input received: Volume must be in the same availability zone as the snapshot");
        }
    }

    /** Cinder 12.0.0 cinder/volume/api.py create. */
    private static void checkSameType(String type, Volume source, Snapshot snapshot) {
        if (!type.equals(source.volumeType())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.2096",
                    "Target volumeType[%s] is not matched with snapshot[%s] !".formatted(type, snapshot.id()),
                    ("Invalid input received: Invalid volume_type provided: %s (requested type is not compatible; "
                                    + "recommend omitting the type argument).")
                            .formatted(type));
        }
    }

    /** Cinder 12.0.0 cinder/exception.py VolumeLimitExceeded, VolumeSizeExceedsAvailableQuota. */
    private void checkQuotas(String projectId, int size, Family family) {
        var use = snapshotRules.use(projectId);
        if (limits.volumes() >= 0 && use.volumes() >= limits.volumes()) {
            throw family == Family.NATIVE
                    ? ofQuota("EVS.1034", "volume count exceeded volume count quota!")
                    : ApiErrorException.overLimit("Maximum number of volumes allowed (%d) exceeded for quota 'volumes'."
                            .formatted(limits.volumes()));
        }
        if (limits.gigabytes() >= 0 && use.gigabytes() + size > limits.gigabytes()) {
            throw family == Family.NATIVE
                    ? ofQuota("EVS.1042", "volume gigabytes exceeded volume gigabytes quota!")
                    : CreationRules.gigabytesExceeded(size, limits.gigabytes(), use.gigabytes());
        }
    }

    private static ApiErrorException ofQuota(String code, String message) {
        return ApiErrorException.ofEvs(400, code, message, message);
    }
}
