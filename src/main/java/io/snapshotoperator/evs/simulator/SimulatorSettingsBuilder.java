/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Builds settings. Each method names the default of its setting. Not thread-safe. */
public final class SimulatorSettingsBuilder {

    private String bindAddress = "127.0.0.1";
    private int port;
    private Project project = new Project("0c2eba2c5af04d3f9e9d0d410b371fde", "eu-de");
    private final List<Project> otherProjects = new ArrayList<>();
    private String domain = "simulated-account";
    private String user = "simulated-user";
    private String password = "simulated-password";
    private String accessKey = "SIMULATEDACCESSKEY00";
    private String secretKey = "simulated-secret-key";
    private Optional<String> securityToken = Optional.empty();
    private String region = "eu-de";
    private Duration snapshotTakes = Duration.ofSeconds(10);
    private Duration volumeTakes = Duration.ofSeconds(10);
    private Duration volumeAppearsAfter = Duration.ofSeconds(1);
    private Duration deletionTakes = Duration.ofSeconds(3);
    private Duration latency = Duration.ZERO;
    private Duration tokenLife = Duration.ofHours(24);
    private int snapshotsPerVolume = 7;
    private int capStatus = 413;
    private String capCode = "EVS.5413";
    private int volumeQuota = -1;
    private int snapshotQuota = -1;
    private int gigabyteQuota = -1;
    private Optional<Volume> anyVolume = Optional.empty();
    private boolean expiredTokenReturns400;
    private boolean cinderErrorsOnNative;
    private boolean attachingIsEnoughWithForce;
    private boolean followableLinks;
    private final List<Volume> volumes = new ArrayList<>();
    private final List<InitialSnapshot> snapshots = new ArrayList<>();
    private final List<FaultRule> faults = new ArrayList<>();
    private Optional<Instant> steppedFrom = Optional.empty();
    private Optional<SSLContext> tls = Optional.empty();

    SimulatorSettingsBuilder() {}

    /** Default: loopback, {@code 127.0.0.1}. */
    public SimulatorSettingsBuilder bindAddress(String address) {
        this.bindAddress = address;
        return this;
    }

    /** Default: 0, any free port. */
    public SimulatorSettingsBuilder port(int number) {
        this.port = number;
        return this;
    }

    /** Default: {@code 0c2eba2c5af04d3f9e9d0d410b371fde}, {@code eu-de}. */
    public SimulatorSettingsBuilder project(String id, String name) {
        this.project = new Project(id, name);
        return this;
    }

    /** Adds a project that the same user may use. Default: none. */
    public SimulatorSettingsBuilder otherProject(String id, String name) {
        otherProjects.add(new Project(id, name));
        return this;
    }

    /** Sets the name of the account. Default: {@code simulated-account}. */
    public SimulatorSettingsBuilder domain(String name) {
        this.domain = name;
        return this;
    }

    /** Default: {@code simulated-user} with {@code simulated-password}. */
    public SimulatorSettingsBuilder user(String name, String secret) {
        this.user = name;
        this.password = secret;
        return this;
    }

    /** Default: {@code SIMULATEDACCESSKEY00} with {@code simulated-secret-key}. */
    public SimulatorSettingsBuilder keys(String access, String secret) {
        this.accessKey = access;
        this.secretKey = secret;
        return this;
    }

    /** Makes the access key temporary. Default: it is permanent. */
    public SimulatorSettingsBuilder securityToken(String token) {
        this.securityToken = Optional.of(token);
        return this;
    }

    /** Default: {@code eu-de}. */
    public SimulatorSettingsBuilder region(String name) {
        this.region = name;
        return this;
    }

    /** Default: 10 s. */
    public SimulatorSettingsBuilder snapshotTakes(Duration duration) {
        this.snapshotTakes = duration;
        return this;
    }

    /** Default: 10 s. */
    public SimulatorSettingsBuilder volumeTakes(Duration duration) {
        this.volumeTakes = duration;
        return this;
    }

    /**
     * Sets the time until a volume of the native family exists. Before, no list shows it, and its job names none.
     * Default: 1 s; guessed.
     */
    public SimulatorSettingsBuilder volumeAppearsAfter(Duration duration) {
        this.volumeAppearsAfter = duration;
        return this;
    }

    /** Default: 3 s. */
    public SimulatorSettingsBuilder deletionTakes(Duration duration) {
        this.deletionTakes = duration;
        return this;
    }

    /** Default: none. */
    public SimulatorSettingsBuilder latency(Duration duration) {
        this.latency = duration;
        return this;
    }

    /** Default: 24 h. */
    public SimulatorSettingsBuilder tokenLife(Duration duration) {
        this.tokenLife = duration;
        return this;
    }

    /** Default: 7. */
    public SimulatorSettingsBuilder snapshotsPerVolume(int count) {
        this.snapshotsPerVolume = count;
        return this;
    }

    /** Sets the error for a snapshot beyond the limit of its volume. Default: 413, {@code EVS.5413}; guessed. */
    public SimulatorSettingsBuilder capRejection(int status, String code) {
        this.capStatus = status;
        this.capCode = code;
        return this;
    }

    /** Sets the number of volumes per project. Default: unlimited, -1. */
    public SimulatorSettingsBuilder volumeQuota(int count) {
        this.volumeQuota = count;
        return this;
    }

    /** Sets the number of snapshots per project. Default: unlimited, -1. */
    public SimulatorSettingsBuilder snapshotQuota(int count) {
        this.snapshotQuota = count;
        return this;
    }

    /** Sets the GiB of volumes and snapshots per project. Default: unlimited, -1. */
    public SimulatorSettingsBuilder gigabyteQuota(int gib) {
        this.gigabyteQuota = gib;
        return this;
    }

    /** Makes every volume id exist, attached and with 40 GiB. Default: only added volumes exist. */
    public SimulatorSettingsBuilder anyVolume() {
        return anyVolume(Volume.inUse("any"));
    }

    /** Makes every volume id exist with the properties of this volume. Default: only added volumes exist. */
    public SimulatorSettingsBuilder anyVolume(Volume pattern) {
        this.anyVolume = Optional.of(pattern);
        return this;
    }

    /** Returns 400 {@code Common.0013} for an expired token. Default: 401. */
    public SimulatorSettingsBuilder expiredTokenReturns400(boolean enabled) {
        this.expiredTokenReturns400 = enabled;
        return this;
    }

    /** Returns native errors in the form of Cinder. Default: in the form of EVS. */
    public SimulatorSettingsBuilder cinderErrorsOnNative(boolean enabled) {
        this.cinderErrorsOnNative = enabled;
        return this;
    }

    /** Allows snapshots of {@code attaching} volumes with force. Default: rejected, as by Cinder. */
    public SimulatorSettingsBuilder attachingIsEnoughWithForce(boolean enabled) {
        this.attachingIsEnoughWithForce = enabled;
        return this;
    }

    /** Links lists to their next page at the simulator. Default: at an unreachable address, as in the documentation. */
    public SimulatorSettingsBuilder followableLinks(boolean enabled) {
        this.followableLinks = enabled;
        return this;
    }

    /** Adds a volume that exists at the start. Default: none. */
    public SimulatorSettingsBuilder volume(Volume volume) {
        volumes.add(volume);
        return this;
    }

    /** Adds a snapshot that exists at the start. Default: none. */
    public SimulatorSettingsBuilder snapshot(InitialSnapshot snapshot) {
        snapshots.add(snapshot);
        return this;
    }

    /** Adds a fault that is registered at the start. Default: none. */
    public SimulatorSettingsBuilder fault(FaultRule rule) {
        faults.add(rule);
        return this;
    }

    /** Stops the time at {@code start} until a test advances it. Default: the time runs. */
    public SimulatorSettingsBuilder steppedFrom(Instant start) {
        this.steppedFrom = Optional.of(start);
        return this;
    }

    /** Uses HTTPS with this key. Default: HTTP. */
    public SimulatorSettingsBuilder tls(SSLContext context) {
        this.tls = Optional.of(context);
        return this;
    }

    public SimulatorSettings build() {
        var projects = new ArrayList<Project>();
        projects.add(project);
        projects.addAll(otherProjects);
        return new SimulatorSettings(
                bindAddress,
                port,
                new SimulatorSettings.Account(
                        projects, domain, user, password, accessKey, secretKey, securityToken, region),
                new SimulatorSettings.Timing(
                        snapshotTakes, volumeTakes, volumeAppearsAfter, deletionTakes, latency, tokenLife),
                new SimulatorSettings.Limits(
                        snapshotsPerVolume, capStatus, capCode, volumeQuota, snapshotQuota, gigabyteQuota),
                new SimulatorSettings.BehaviorOptions(
                        anyVolume,
                        expiredTokenReturns400,
                        cinderErrorsOnNative,
                        attachingIsEnoughWithForce,
                        followableLinks),
                volumes,
                snapshots,
                faults,
                steppedFrom,
                tls);
    }
}
