/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The settings of one simulated cloud.
 *
 * @param bindAddress the address to listen on
 * @param port 0: any free port
 * @param volumes the volumes that exist at the start
 * @param snapshots the snapshots that exist at the start
 * @param faults the faults that are registered at the start
 * @param steppedFrom if given, the time stops at this instant until a test advances it
 * @param tls if given, the endpoint uses HTTPS with this key, as the real endpoint does
 */
public record SimulatorSettings(
        String bindAddress,
        int port,
        Account account,
        Timing timing,
        Limits limits,
        BehaviorOptions behavior,
        List<Volume> volumes,
        List<InitialSnapshot> snapshots,
        List<FaultRule> faults,
        Optional<Instant> steppedFrom,
        Optional<SSLContext> tls) {

    public SimulatorSettings {
        volumes = List.copyOf(volumes);
        snapshots = List.copyOf(snapshots);
        faults = List.copyOf(faults);
        requireDistinct("volume", volumes.stream().map(Volume::id));
        requireDistinct("snapshot", snapshots.stream().map(InitialSnapshot::id));
        volumes.forEach(account::requireProjectOf);
    }

    private static void requireDistinct(String kind, Stream<String> ids) {
        var seen = new HashSet<String>();
        ids.filter(id -> !seen.add(id)).findFirst().ifPresent(id -> {
            throw new IllegalArgumentException(
                    "There must be only one " + kind + " " + id + ", but there are several.");
        });
    }

    /** Returns the default settings, which the methods of the builder document. */
    public static SimulatorSettings defaults() {
        return builder().build();
    }

    public static SimulatorSettingsBuilder builder() {
        return new SimulatorSettingsBuilder();
    }

    /**
     * The account and its credentials.
     *
     * @param projects the first is the default project; tests use the others as projects of other tenants
     * @param securityToken if given, the access key is temporary and valid only with this token
     */
    public record Account(
            List<Project> projects,
            String domain,
            String user,
            String password,
            String accessKey,
            String secretKey,
            Optional<String> securityToken,
            String region) {

        public Account {
            projects = List.copyOf(projects);
            if (projects.isEmpty()) {
                throw new IllegalArgumentException("An account must have a project.");
            }
            requireDistinct("project", projects.stream().map(Project::id));
            requireDistinct("project", projects.stream().map(Project::name));
        }

        public Project project() {
            return projects.get(0);
        }

        /** Throws {@link IllegalArgumentException} with a sentence for the user if the volume names another project. */
        void requireProjectOf(Volume volume) {
            var id = volume.projectId();
            if (!id.isEmpty() && projects.stream().map(Project::id).noneMatch(id::equals)) {
                throw new IllegalArgumentException("The volume " + volume.id()
                        + " must be in a project of the account, but there is no project " + id + ".");
            }
        }

        /** Returns a text without the secrets. */
        @Override
        public String toString() {
            return "Account[projects=" + projects + ", domain=" + domain + ", user=" + user + "]";
        }
    }

    /**
     * Durations.
     *
     * @param snapshotTakes from the create request to {@code available}
     * @param volumeTakes from the create request for a volume to {@code available}
     * @param volumeAppearsAfter from the create request of the native family to the existence of the volume
     * @param deletionTakes from the delete request to the absence of the snapshot or volume
     * @param latency the real time that delays every response of EVS and IAM
     * @param tokenLife 24 h in the real cloud (IAM API reference:
     * obtaining_a_user_token_through_password_authentication)
     */
    public record Timing(
            Duration snapshotTakes,
            Duration volumeTakes,
            Duration volumeAppearsAfter,
            Duration deletionTakes,
            Duration latency,
            Duration tokenLife) {}

    /**
     * Limits and quotas. A quota of -1 is unlimited (EVS API reference: querying_quotas).
     *
     * @param manualSnapshotsPerVolume 7 in the real cloud (user manual: creating_an_evs_snapshot); backups do not count
     * @param capStatus the HTTP status beyond that limit; undocumented, so guessed
     * @param capCode the EVS code beyond that limit; undocumented, so guessed
     * @param volumes per project
     * @param snapshots per project
     * @param gigabytes per project, volumes and snapshots together
     */
    public record Limits(
            int manualSnapshotsPerVolume, int capStatus, String capCode, int volumes, int snapshots, int gigabytes) {}

    /**
     * Behavior that the documents leave open.
     *
     * @param anyVolume if given, every volume id exists and has the properties of this volume
     * @param expiredTokenReturns400 400 {@code Common.0013} instead of 401 (EVS API reference: error_codes)
     * @param cinderErrorsOnNative error bodies of the native family have the form of Cinder
     * @param attachingIsEnoughWithForce force allows a snapshot of a volume in {@code attaching}, as the English page
     * says
     * @param followableLinks the link to the next page of a list leads to the simulator instead of an unreachable address
     */
    public record BehaviorOptions(
            Optional<Volume> anyVolume,
            boolean expiredTokenReturns400,
            boolean cinderErrorsOnNative,
            boolean attachingIsEnoughWithForce,
            boolean followableLinks) {}
}
