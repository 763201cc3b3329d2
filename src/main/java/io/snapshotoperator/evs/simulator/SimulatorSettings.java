/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How one simulated cloud is set up.
 *
 * @param bindAddress the address to listen on
 * @param port 0: any free one
 * @param volumes those that exist from the start
 * @param snapshots those that exist from the start
 * @param faults those in force from the start
 * @param steppedFrom if given, time stands still at this instant until it is advanced
 * @param tls if given, the endpoint speaks HTTPS with this key, as the real one does
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
    }

    /** Everything as documented on the builder's methods. */
    public static SimulatorSettings defaults() {
        return builder().build();
    }

    public static SimulatorSettingsBuilder builder() {
        return new SimulatorSettingsBuilder();
    }

    /**
     * Who may call, and with what.
     *
     * @param projects the first is the simulator's own; the others exist to be told apart from it
     * @param securityToken if given, the access key is a temporary one and useless without it
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
                throw new IllegalArgumentException("An account needs a project");
            }
        }

        public Project project() {
            return projects.get(0);
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "Account[projects=" + projects + ", domain=" + domain + ", user=" + user + "]";
        }
    }

    /**
     * How long things take.
     *
     * @param snapshotTakes from the order to {@code available}
     * @param deletionTakes from the order to gone
     * @param latency real time that every answer of EVS and IAM takes on top
     * @param tokenLife 24 h in the real cloud (IAM API reference: obtaining_a_user_token_through_password_authentication)
     */
    public record Timing(Duration snapshotTakes, Duration deletionTakes, Duration latency, Duration tokenLife) {}

    /**
     * How much there may be. A quota of -1 is unlimited (EVS API reference: querying_quotas).
     *
     * @param manualSnapshotsPerVolume 7 in the real cloud (user manual: creating_an_evs_snapshot); backups do not count
     * @param capStatus the HTTP status of the refusal beyond that cap; undocumented, so guessed
     * @param capCode the EVS code of the refusal beyond that cap; undocumented, so guessed
     * @param snapshots per project
     * @param gigabytes per project, disks and snapshots together
     */
    public record Limits(int manualSnapshotsPerVolume, int capStatus, String capCode, int snapshots, int gigabytes) {}

    /**
     * Where documents leave a choice.
     *
     * @param anyVolume if given, every disk id exists and looks like this one
     * @param expiredTokenReturns400 400 {@code Common.0013} instead of 401 (EVS API reference: error_codes)
     * @param cinderErrorsOnNative error bodies of the native family look like Cinder's
     * @param attachingIsEnoughWithForce a disk being attached may be snapshotted with force, as the English page reads
     */
    public record BehaviorOptions(
            Optional<Volume> anyVolume,
            boolean expiredTokenReturns400,
            boolean cinderErrorsOnNative,
            boolean attachingIsEnoughWithForce) {}
}
