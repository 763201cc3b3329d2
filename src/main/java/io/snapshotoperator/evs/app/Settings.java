/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can be set, with its default. Each key can be given as a system property ({@code evs.create.settle-time}), in a
 * configuration file, or as an environment variable ({@code EVS_CREATE_SETTLE_TIME}). {@code docs/reference/settings.md} lists them,
 * and a test keeps the two equal. Durations are written {@code 500ms}, {@code 20s}, {@code 10m}, {@code 1h} or as ISO 8601.
 */
@ConfigMapping(prefix = "evs")
public interface Settings {

    /** How the cloud is reached. */
    Connection connection();

    /** How many calls the connection may make. */
    Budget budget();

    /** Create requests whose outcome is not known. */
    Create create();

    /** How often the cloud is read. */
    Poll poll();

    /** How failed calls are repeated. */
    Retry retry();

    /** Claims as sources. */
    Claim claim();

    /** Leader election: one of several processes reconciles. */
    ElectionSettings leaderElection();

    /** Watched namespaces; absent means all. */
    Optional<Set<String>> namespaces();

    /**
     * The identity by which this installation knows its snapshots. Absent: the UID of the namespace {@code kube-system}.
     * Never change it while snapshots exist: they would belong to another installation.
     */
    Optional<String> installation();

    /** How the cloud is reached. */
    interface Connection {
        /** Region of Open Telekom Cloud or Huawei Cloud; gives both endpoints and the project of the same name. */
        Optional<String> region();

        /** Base URL of EVS, up to the version. Absent: from the region. */
        Optional<String> endpoint();

        /** Base URL of IAM, up to the version. Absent: from the region. */
        Optional<String> iamEndpoint();

        /** Id of the project whose disks are meant; beats the name. */
        Optional<String> projectId();

        /** Name of the project. Absent: the region's name, which is the account's default project. */
        Optional<String> projectName();

        /** Family of calls: {@code native} (cloudsnapshots) or {@code cinder} (snapshots). */
        @WithDefault("native")
        String family();

        /** Longest time for one call as a whole, a login and the last byte of the answer included. */
        @WithDefault("20s")
        Duration timeout();

        /** Longest time for establishing a connection. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** PEM file with certificates to trust beside those of the Java runtime. */
        Optional<Path> caBundle();

        /** Proxy as {@code http://host:port}. Absent: the Java runtime's own settings. */
        Optional<String> proxy();

        /** Hosts that are reached without the proxy, separated by commas. */
        Optional<String> noProxy();

        /** Lets endpoints on other machines be plain HTTP. Only for the simulator: passwords travel readably. */
        @WithDefault("false")
        boolean plainHttp();

        /** Who we are: either a user's name and password, or an access key. */
        Credentials credentials();
    }

    /** Credentials, from the files of a directory or as values. */
    interface Credentials {
        /** Directory with one file per key, as Kubernetes mounts a Secret; re-read when it changes. Beats the values. */
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

    /** The cloud publishes no limit; 200 calls in 5 minutes per user were seen on its gateway. */
    interface Budget {
        /** Calls per second in the long run; halved by every 429, and recovering slowly. */
        @WithDefault("10")
        double callsPerSecond();

        /** Calls that may go at once after a quiet time. */
        @WithDefault("20")
        int burst();
    }

    /** Create requests whose outcome is not known. */
    interface Create {
        /**
         * The longest time that a create request can take to reach the cloud. Longer than {@code
         * evs.connection.timeout}.
         */
        @WithDefault("60s")
        Duration settleTime();

        /**
         * How long after a create request of unknown outcome the absence of its snapshot still proves that the cloud did
         * not act. Later the request is {@code CreateOutcomeUnknown}, until a user decides.
         */
        @WithDefault("1h")
        Duration outcomeProvableFor();
    }

    /** How often the cloud is read. */
    interface Poll {
        /** Time between two polls while a new snapshot is in flight. */
        @WithDefault("2s")
        Duration interval();

        /** Time between two inventories of all snapshots. An inventory shows missing and changed snapshots. */
        @WithDefault("10m")
        Duration resyncInterval();
    }

    /** How failed calls are repeated. */
    interface Retry {
        /** Back-off before the first retry of a temporary failure. Each further retry doubles it. */
        @WithDefault("5s")
        Duration initialBackoff();

        /** Longest back-off, and the interval between retries of a failure that an administrator must repair. */
        @WithDefault("5m")
        Duration maxBackoff();
    }

    /** Claims as sources. */
    interface Claim {
        /** Time between two attempts to resolve a claim that is not bound. */
        @WithDefault("10s")
        Duration retryInterval();

        /** CSI drivers whose volume handle is a volume id, in addition to the known ones. */
        Optional<Set<String>> csiDrivers();
    }

    /** Leader election by a Lease. */
    interface ElectionSettings {
        /**
         * Without leader election only one process may run at a time, and after each start the operator creates nothing
         * until {@code evs.create.settle-time} has passed.
         */
        @WithDefault("true")
        boolean enabled();

        /** Namespace of the Lease. Absent: the namespace of the pod. */
        Optional<String> leaseNamespace();

        /** Name of the Lease. */
        @WithDefault("evs-snapshot-operator")
        String leaseName();

        /** How long a Lease is valid without renewal; longer than timeout, retry period and clock skew together. */
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
