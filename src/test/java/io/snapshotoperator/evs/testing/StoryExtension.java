/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a scenario class one Kubernetes API, and gives each test stories on it. Closes all stories of a test after the test,
 * also if it failed.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final StoryExtension stories = StoryExtension.onAnyApi();
 *
 * @Test
 * void reportsReady() {
 *     var story = stories.begin();
 *     story.apply("nightly", ofVolume(VOLUME).build());
 *     story.awaitReady("nightly");
 * }
 * }</pre>
 */
public final class StoryExtension implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    /** A volume that exists in {@link #cloud()} and is not attached. */
    public static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    /** Which API the class uses. */
    private enum Api {
        ANY,
        REAL,
        OWN
    }

    private final Api api;
    private final List<String> controllers;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private Optional<Cluster> cluster = Optional.empty();

    private StoryExtension(Api api, List<String> controllers) {
        this.api = api;
        this.controllers = controllers;
    }

    /** Uses a real API server if its binaries exist, and the embedded API otherwise. */
    public static StoryExtension onAnyApi() {
        return new StoryExtension(Api.ANY, List.of());
    }

    /**
     * Uses a real API server. Skips the class if its binaries are missing.
     *
     * @param controllers the controllers of Kubernetes that run too
     */
    public static StoryExtension onRealApiServer(String... controllers) {
        return new StoryExtension(Api.REAL, List.of(controllers));
    }

    /**
     * Uses a real API server of the class, for tests that change what all tests share, such as the definitions. The test
     * installs the definitions. Skips the class if the binaries are missing.
     */
    public static StoryExtension onOwnApiServer() {
        return new StoryExtension(Api.OWN, List.of());
    }

    /**
     * Uses a real API server of the class with the definitions, because these controllers would change objects of other classes.
     * Skips the class if the binaries are missing.
     */
    public static StoryExtension onOwnApiServerWith(String... controllers) {
        return new StoryExtension(Api.OWN, List.of(controllers));
    }

    /** An id of a volume, the same for the same name. The API server accepts only UUIDs. */
    public static String volumeId(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** A cloud with {@link #VOLUME} that creates and deletes snapshots in less than a second. */
    public static SimulatorSettingsBuilder cloud() {
        return SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(600))
                .deletionTakes(Duration.ofMillis(400))
                .volume(Volume.available(VOLUME));
    }

    /** A story with a running operator. */
    public Story begin() {
        return begin(cloud());
    }

    public Story begin(SimulatorSettingsBuilder cloud) {
        return begin(cloud, Map.of());
    }

    /** @param settings take precedence over {@link RunningOperator#settings} */
    public Story begin(SimulatorSettingsBuilder cloud, Map<String, String> settings) {
        var story = prepare(cloud, settings);
        story.startOperator();
        return story;
    }

    /** A story without an operator yet. */
    public Story prepare() {
        return prepare(cloud());
    }

    public Story prepare(SimulatorSettingsBuilder cloud) {
        return prepare(cloud, Map.of());
    }

    /** @param settings take precedence over {@link RunningOperator#settings} */
    public Story prepare(SimulatorSettingsBuilder cloud, Map<String, String> settings) {
        var story = Story.prepare(cluster(), cloud, settings);
        open.push(story);
        return story;
    }

    /**
     * A team in a new namespace. Make it before the story, so that its objects are removed after the operator has stopped.
     *
     * @param directory for the key of its cloud
     */
    public Team team(SimulatorSettingsBuilder cloud, Path directory) {
        try {
            var team = Team.in(cluster(), cloud, directory);
            open.push(team);
            return team;
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Cluster cluster() {
        return cluster.orElseThrow(() -> new IllegalStateException("no test of the class runs"));
    }

    /** The API server of {@link #onRealApiServer} or {@link #onOwnApiServer}. */
    public RealApiServer server() {
        return cluster().real().orElseThrow(() -> new IllegalStateException("the API is embedded"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (api == Api.OWN) {
            cluster = Optional.of(
                    Cluster.of(RealApiServer.of(RealApiServer.NEWEST).start()));
            if (!controllers.isEmpty()) {
                server().installCrds();
                startControllers(server());
            }
            return;
        }
        if (api == Api.REAL) {
            startControllers(RealApiServer.shared(RealApiServer.NEWEST));
        }
        cluster = Optional.of(Cluster.realOrEmbedded());
    }

    private void startControllers(RealApiServer server) {
        if (!controllers.isEmpty()) {
            Assumptions.assumeTrue(
                    server.startControllers(controllers.toArray(String[]::new)),
                    "skipped: there is no kube-controller-manager");
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        var failures = new ArrayList<Exception>();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception failed) {
                failures.add(failed);
            }
        }
        if (!failures.isEmpty()) {
            var first = failures.remove(0);
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        cluster.ifPresent(Cluster::close);
        if (api == Api.OWN) {
            cluster.flatMap(Cluster::real).ifPresent(RealApiServer::close);
        }
        cluster = Optional.empty();
    }
}
