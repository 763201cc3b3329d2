/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of the operator with their defaults. Each key can be given as a system property ({@code
 * evs.create.settle-time}), in a configuration file, or as an environment variable ({@code EVS_CREATE_SETTLE_TIME}). A
 * test keeps {@code docs/reference/settings.md} equal. Durations are written {@code 500ms}, {@code 20s}, {@code 10m},
 * {@code 1h} or as ISO 8601.
 */
@ConfigMapping(prefix = "evs")
public interface Settings {

    /** The operator's own connection to the cloud. */
    Connection connection();

    /** Connections that users define, the kind {@code EvsConnection}. */
    Connections connections();

    /** Schedules, the kind {@code VolumeSnapshotSchedule}. */
    Schedules schedules();

    /** Restores, the kind {@code VolumeSnapshotRestore}. */
    Restores restores();

    /** Snapshots as {@code VolumeSnapshotContent} of {@code snapshot.storage.k8s.io}. */
    VolumeSnapshotContents volumeSnapshotContents();

    /** Limits of the rate of calls. */
    Budget budget();

    /** Create requests whose outcome is not known. */
    Create create();

    /** How often the cloud is read. */
    Poll poll();

    /** How failed calls are repeated. */
    Retry retry();

    /** Claims as sources. */
    Claim claim();

    /** The watches of the API server. */
    Watch watch();

    /** Leader election: one of several processes reconciles. */
    ElectionSettings leaderElection();

    /** Watched namespaces; absent means all. */
    Optional<Set<String>> namespaces();

    /**
     * Identity of this installation, part of the ownership marker of its snapshots. Absent: the UID of the namespace
     * {@code kube-system}. Never change it while snapshots exist: they would belong to another installation, whose
     * snapshots the operator never touches.
     */
    Optional<String> installation();

    /** Connections that users define, the kind {@code EvsConnection}. */
    interface Connections {
        /** Whether the operator serves them. Without them it needs no right to read Secrets. */
        @WithDefault("true")
        boolean enabled();

        /** Hosts that users may name as endpoints. {@code *.example.com} stands for all names below example.com. */
        @WithDefault("*.otc.t-systems.com,*.myhuaweicloud.com")
        Set<String> hosts();

        /** Regions that users may name. Absent: all whose hosts are allowed. */
        Optional<Set<String>> regions();

        /**
         * Whether these hosts may have addresses that are not public, such as 10.0.0.1 or 127.0.0.1. If true, a user can
         * let the operator open connections within its network.
         */
        @WithDefault("false")
        boolean privateAddresses();
    }

    /** Restores, the kind {@code VolumeSnapshotRestore}. */
    interface Restores {
        /** Whether users can restore snapshots to volumes. */
        @WithDefault("true")
        boolean enabled();

        /** Whether restores create PersistentVolumes and claims, which needs additional rights. */
        @WithDefault("false")
        boolean createClaims();
    }

    /** Schedules, the kind {@code VolumeSnapshotSchedule}. */
    interface Schedules {
        /** Whether the operator serves them. Without them it needs no right to create requests. */
        @WithDefault("true")
        boolean enabled();

        /** How many snapshots of one volume the cloud accepts (EVS reference, section 3). A schedule creates no more. */
        @WithDefault("7")
        int snapshotsPerVolume();
    }

    /** Snapshots as {@code VolumeSnapshotContent} of {@code snapshot.storage.k8s.io}. */
    interface VolumeSnapshotContents {
        /**
         * Whether requests may have one. The operator then needs rights on {@code volumesnapshotcontents} and {@code
         * volumesnapshots}. What exists is removed with its request in any case.
         */
        @WithDefault("false")
        boolean enabled();

        /**
         * Namespaces whose requests may have one although they name a volume or a snapshot by its id, or {@code *} for all.
         * These namespaces can read every snapshot and every volume of the project. Absent: none.
         */
        Optional<Set<String>> rawIdNamespaces();

        /**
         * Time between two reads of a content while another program is expected to act. If nothing is expected, contents are
         * read thirty times less often.
         */
        @WithDefault("10s")
        Duration checkInterval();

        /**
         * Base URL of the EVS API where the CSI drivers of the cluster have their volumes, as in {@code status.endpoint} of a
         * request. Only snapshots of this place and project get a content. Absent: where the operator's own connection leads.
         */
        Optional<String> endpoint();

        /** Id of the project in which the CSI drivers of the cluster have their volumes. Needs the endpoint. */
        Optional<String> projectId();
    }

    /** The operator's own connection to the cloud. Without region, endpoint and credentials there is none. */
    interface Connection {
        /**
         * Namespaces whose requests may use this connection, for the claims of the namespace: names, {@code *} for all, or
         * labels such as {@code team=a}. Absent: none.
         */
        Optional<Set<String>> namespaces();

        /** Namespaces whose requests may also name a volume or a snapshot by its id, written as above. Absent: none. */
        Optional<Set<String>> rawIdNamespaces();

        /** Namespaces whose requests may delete a snapshot that they imported, written as above. Absent: none. */
        Optional<Set<String>> importDeletionNamespaces();

        /** Region of Open Telekom Cloud or Huawei Cloud. Determines both endpoints and the project of the same name. */
        Optional<String> region();

        /** Base URL of EVS, up to the version. Absent: from the region. */
        Optional<String> endpoint();

        /** Base URL of IAM, up to the version. Absent: from the region. */
        Optional<String> iamEndpoint();

        /** Id of the project that holds the volumes. Takes precedence over the name. */
        Optional<String> projectId();

        /** Name of the project. Absent: the name of the region, which is the default project of the account. */
        Optional<String> projectName();

        /** Family of API calls: {@code native} (cloudsnapshots) or {@code cinder} (snapshots). */
        @WithDefault("native")
        String family();

        /** Longest time for one complete call, including a login and the last byte of the response. */
        @WithDefault("20s")
        Duration timeout();

        /** Longest time to establish a connection. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** PEM file with certificates to trust in addition to those of the Java runtime. */
        Optional<Path> caBundle();

        /** Proxy as {@code http://host:port}, without a password. Absent: the settings of the Java runtime. */
        Optional<String> proxy();

        /** Hosts that are reached without the proxy, separated by commas: domain names, addresses, ranges. */
        Optional<String> noProxy();

        /**
         * Allows plain HTTP for endpoints on other machines. Passwords and tokens are then sent unencrypted, and the
         * operator warns at the start.
         */
        @WithDefault("false")
        boolean plainHttp();

        /** Says that the endpoints are the simulator. Allows plain HTTP like {@code plain-http}, without a warning. */
        @WithDefault("false")
        boolean simulator();

        /** Credentials: either the name, password and account of a user, or an access key. */
        Credentials credentials();
    }

    /** Credentials, from the files of a directory or as values. */
    interface Credentials {
        /**
         * Directory with one file per key, as Kubernetes mounts a Secret. The operator reads it again when it changes.
         * Takes precedence over the values.
         */
        Optional<Path> directory();

        /** Name of the IAM user. */
        Optional<String> username();

        /** Password of the IAM user. */
        Optional<String> password();

        /** Name of the account (IAM calls it domain). */
        Optional<String> domainName();

        /** Access key (AK). */
        Optional<String> accessKey();

        /** Secret key (SK). */
        Optional<String> secretKey();

        /** Security token of a temporary access key. */
        Optional<String> securityToken();
    }

    /** Limits of the rate of calls. The cloud publishes none; 200 calls in 5 minutes per user were observed. */
    interface Budget {
        /** Average number of calls per second. Each 429 response halves it; it recovers slowly. */
        @WithDefault("10")
        double callsPerSecond();

        /** Number of calls that can be sent at once after an idle time. */
        @WithDefault("20")
        int burst();
    }

    /** Create requests whose outcome is not known. */
    interface Create {
        /**
         * The longest time that a create request can take to reach the cloud. Must be longer than {@code
         * evs.connection.timeout}.
         */
        @WithDefault("60s")
        Duration settleTime();

        /**
         * How long after a create request of unknown outcome the absence of its snapshot still proves that the cloud
         * did not act. Later the request is {@code CreateOutcomeUnknown}, until the user decides.
         */
        @WithDefault("1h")
        Duration outcomeProvableFor();
    }

    /** How often the cloud is read. */
    interface Poll {
        /** Time between two polls while a new snapshot is in flight. For older snapshots the time is longer. */
        @WithDefault("2s")
        Duration interval();

        /** Time between two inventories of all snapshots. An inventory shows missing and changed snapshots. */
        @WithDefault("10m")
        Duration resyncInterval();
    }

    /** How failed calls are repeated. */
    interface Retry {
        /** Back-off before the first retry of a temporary failure. Each further retry doubles it, up to the maximum. */
        @WithDefault("5s")
        Duration initialBackoff();

        /** Longest back-off, and the interval between retries of a failure that an administrator must repair. */
        @WithDefault("5m")
        Duration maxBackoff();
    }

    /** Claims as sources. */
    interface Claim {
        /** Time between two attempts to resolve a claim that is not bound yet. */
        @WithDefault("10s")
        Duration retryInterval();

        /** CSI drivers whose volume handle is a volume id, in addition to the known ones. */
        Optional<Set<String>> csiDrivers();
    }

    /** The watches of the API server. */
    interface Watch {
        /**
         * How long a watch may receive nothing until the operator starts it again. The API server sends a bookmark about
         * once a minute, so a shorter time only starts watches more often. At least a second.
         */
        @WithDefault("90s")
        Duration idleTimeout();

        /** Time between two checks whether the leader sees changes of requests. Two failed checks in a row are trouble. */
        @WithDefault("30s")
        Duration checkInterval();
    }

    /** Leader election by a Lease. */
    interface ElectionSettings {
        /**
         * Whether the processes elect a leader. Without leader election only one process may run at a time, and it must
         * have ended before the next one starts. Otherwise two processes could each create a snapshot for one request.
         * If any existing request has operator state, a start delays the creates of existing requests by the settle
         * time.
         */
        @WithDefault("true")
        boolean enabled();

        /** Namespace of the Lease. Absent: the namespace of the pod. */
        Optional<String> leaseNamespace();

        /** Name of the Lease. */
        @WithDefault("evs-snapshot-operator")
        String leaseName();

        /**
         * How long the Lease is valid without renewal. Must be longer than {@code evs.connection.timeout}, retry period
         * and clock skew together.
         */
        @WithDefault("45s")
        Duration leaseDuration();

        /** Time between two renewals. */
        @WithDefault("10s")
        Duration retryPeriod();

        /** The largest difference between the clocks of two nodes. Use NTP on the nodes. */
        @WithDefault("5s")
        Duration maxClockSkew();
    }
}
