/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.Watcher.Action;
import io.fabric8.kubernetes.client.WatcherException;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.testing.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClaimWatchTest {
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

    private final LogCapture log = LogCapture.of(ClaimWatch.class);
    private final SteppedClock clock = new SteppedClock();
    private final List<String> seen = new ArrayList<>();
    private final ScriptedClaims claims = new ScriptedClaims();
    private final ClaimWatch watch = watch(claims);

    private ClaimWatch watch(ClaimWatch.Claims... parts) {
        return new ClaimWatch(
                List.of(parts), claim -> seen.add(claim.getMetadata().getName()), clock, MAX_BACKOFF);
    }

    @AfterEach
    void stop() {
        watch.close();
        log.close();
    }

    private void checkAfter(Duration time) {
        clock.step(time);
        watch.check();
    }

    private static PersistentVolumeClaim claim(String name, String version, boolean beingDeleted) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .withResourceVersion(version)
                .withDeletionTimestamp(beingDeleted ? "2026-01-01T12:00:00Z" : null)
                .endMetadata()
                .build();
    }

    @Test
    void findsClaimThatWasBeingDeletedBeforeStart() {
        claims.exist(claim("living", "5", false), claim("leaving", "6", true));

        watch.check();

        assertThat(seen).containsExactly("leaving");
        assertThat(claims.calls).containsExactly("list", "watch from 100");
    }

    @Test
    void passesOnOnlyClaimsThatAreBeingDeletedOrWere() {
        watch.check();

        claims.emit(Action.ADDED, claim("new", "101", false));
        claims.emit(Action.MODIFIED, claim("changed", "102", false));
        claims.emit(Action.MODIFIED, claim("leaving", "103", true));
        claims.emit(Action.DELETED, claim("gone", "104", false));
        claims.emit(Action.BOOKMARK, claim("", "200", false));

        assertThat(seen).containsExactly("leaving", "gone");
    }

    @Test
    void continuesWhereWatchEnded() {
        watch.check();
        claims.emit(Action.BOOKMARK, claim("", "200", false));
        claims.end(new WatcherException("connection reset"));

        checkAfter(Duration.ofSeconds(1));

        assertThat(claims.calls).containsExactly("list", "watch from 100", "watch from 200");
    }

    @Test
    void listsAgainWhenApiServerForgotThePoint() {
        watch.check();
        claims.exist(claim("leaving", "300", true));
        claims.end(new WatcherException("too old", failure(410)));

        checkAfter(Duration.ofSeconds(1));

        assertThat(seen).containsExactly("leaving");
        assertThat(claims.calls).containsExactly("list", "watch from 100", "list", "watch from 100");
    }

    @Test
    void listsAgainWhenApiServerRejectsThePointAtOnce() {
        watch.check();
        claims.end(new WatcherException("connection reset"));
        claims.rejectWatch(410);
        checkAfter(Duration.ofSeconds(1));
        claims.rejectWatch(0);

        checkAfter(Duration.ofSeconds(2));

        assertThat(claims.calls).endsWith("list", "watch from 100");
    }

    @Test
    void saysOnceWhichRightIsMissingAndTriesAgainSlowly() {
        claims.rejectWatch(403);

        watch.check();
        for (var second = 0; second < 3600; second++) {
            checkAfter(Duration.ofSeconds(1));
        }

        assertThat(log.lines()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.values().get("detail")).contains("Grant list and watch on persistentvolumeclaims");
        });
        assertThat(claims.calls).hasSizeBetween(12, 30);
    }

    @Test
    void watchesWhenRightIsGranted() {
        claims.rejectWatch(403);
        watch.check();
        claims.rejectWatch(0);

        checkAfter(Duration.ofSeconds(1));
        claims.emit(Action.MODIFIED, claim("leaving", "103", true));

        assertThat(seen).containsExactly("leaving");
        assertThat(log.lines()).extracting(LogCapture.Line::level).containsExactly("WARN", "INFO");
    }

    @Test
    void failureOfListIsNoFailureOfOperator() {
        claims.rejectList(500);
        watch.check();
        claims.rejectList(0);

        checkAfter(Duration.ofSeconds(1));

        assertThat(claims.calls).containsExactly("list", "list", "watch from 100");
    }

    @Test
    void unexpectedFailureIsLoggedOnceAndTriedAgain() {
        var broken = new ClaimWatch(
                List.of(claims),
                claim -> {
                    throw new IllegalStateException("bug");
                },
                clock,
                MAX_BACKOFF);
        claims.exist(claim("leaving", "6", true));

        try (broken) {
            broken.check();
            clock.step(MAX_BACKOFF);
            broken.check();
        }

        assertThat(claims.calls).containsExactly("list", "list");
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void backsOffWhenWatchEndsAtOnceEachTime() {
        watch.check();
        for (var second = 0; second < 600; second++) {
            claims.end(new WatcherException("connection reset"));
            checkAfter(Duration.ofSeconds(1));
        }

        assertThat(claims.calls).hasSizeBetween(8, 12);
    }

    @Test
    void opensAtOnceAfterWatchThatLastedLong() {
        watch.check();
        for (var hour = 0; hour < 20; hour++) {
            clock.step(Duration.ofMinutes(45));
            claims.end(new WatcherException("the API server ended the watch"));
            checkAfter(Duration.ofSeconds(1));
        }

        assertThat(claims.calls).hasSize(22);
    }

    @Test
    void oneNamespaceWithoutRightDoesNotDisturbOthers() {
        var denied = new ScriptedClaims();
        denied.rejectList(403);
        try (var both = watch(denied, claims)) {
            both.check();
            claims.emit(Action.MODIFIED, claim("leaving", "103", true));
        }

        assertThat(seen).containsExactly("leaving");
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void endsWatchWhenClosedAndOpensNoOther() {
        watch.check();

        watch.close();
        claims.end(new WatcherException("closed"));
        checkAfter(Duration.ofMinutes(10));

        assertThat(claims.calls).containsExactly("list", "watch from 100", "close");
    }

    private static KubernetesClientException failure(int code) {
        return new KubernetesClientException(
                new StatusBuilder().withCode(code).withMessage("no").build());
    }

    /** The API server as a test says. */
    private static final class ScriptedClaims implements ClaimWatch.Claims {
        final List<String> calls = new ArrayList<>();
        private List<PersistentVolumeClaim> existing = List.of();
        private Optional<Watcher<PersistentVolumeClaim>> watcher = Optional.empty();
        private int listCode;
        private int watchCode;

        void exist(PersistentVolumeClaim... claims) {
            existing = List.of(claims);
        }

        /** @param code 0 for success */
        void rejectList(int code) {
            listCode = code;
        }

        /** @param code 0 for success */
        void rejectWatch(int code) {
            watchCode = code;
        }

        void emit(Action action, PersistentVolumeClaim claim) {
            watcher.orElseThrow().eventReceived(action, claim);
        }

        void end(WatcherException cause) {
            watcher.ifPresent(open -> open.onClose(cause));
            watcher = Optional.empty();
        }

        @Override
        public String list(Consumer<PersistentVolumeClaim> action) {
            calls.add("list");
            if (listCode != 0) {
                throw failure(listCode);
            }
            existing.forEach(action);
            return "100";
        }

        @Override
        public Watch watch(String resourceVersion, Watcher<PersistentVolumeClaim> opened) {
            calls.add("watch from " + resourceVersion);
            if (watchCode != 0) {
                throw failure(watchCode);
            }
            watcher = Optional.of(opened);
            return () -> calls.add("close");
        }
    }
}
