/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.cloud.http.auth.InvalidCredentialsException;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.InvalidSettingsException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Checks settings that depend on each other. It collects all problems, so that one start shows all of them. */
final class SettingsCheck {
    private final List<String> problems = new ArrayList<>();

    private SettingsCheck() {}

    /** @throws UnusableSettingsException naming the keys of all settings that cannot be used */
    static void requireValid(Settings settings) {
        var check = new SettingsCheck();
        check.connections(settings);
        check.budget(settings.budget());
        check.durations(settings);
        check.schedules(settings.schedules());
        check.volumeSnapshotContents(settings.volumeSnapshotContents());
        if (!check.problems.isEmpty()) {
            throw new UnusableSettingsException(check.problems);
        }
    }

    private void connections(Settings settings) {
        // Without connections of users, a missing setting of the own connection is a mistake.
        if (CloudClients.isConfigured(settings.connection())
                || !settings.connections().enabled()) {
            connection(settings.connection());
        }
    }

    private void connection(Settings.Connection connection) {
        collect(() -> CloudClients.family(connection.family()));
        collect(() -> CloudClients.settings(connection, ApiFamily.NATIVE));
        collect(() -> CloudClients.credentials(connection.credentials(), InstantSource.system()));
    }

    private void budget(Settings.Budget budget) {
        if (!(budget.callsPerSecond() > 0)) {
            problems.add("evs.budget.calls-per-second must be greater than 0, not " + budget.callsPerSecond());
        }
        if (budget.burst() < 1) {
            problems.add("evs.budget.burst must be at least 1, not " + budget.burst());
        }
    }

    private void schedules(Settings.Schedules schedules) {
        if (schedules.snapshotsPerVolume() < 1) {
            problems.add(
                    "evs.schedules.snapshots-per-volume must be at least 1, not " + schedules.snapshotsPerVolume());
        }
    }

    private void volumeSnapshotContents(Settings.VolumeSnapshotContents contents) {
        if (contents.endpoint().isPresent() != contents.projectId().isPresent()) {
            problems.add(
                    "evs.volume-snapshot-contents.endpoint and evs.volume-snapshot-contents.project-id belong together."
                            + " Set both, or neither");
        }
        if (contents.checkInterval().isNegative() || contents.checkInterval().isZero()) {
            problems.add(
                    "evs.volume-snapshot-contents.check-interval must be more than 0, not " + contents.checkInterval());
        }
    }

    private void durations(Settings settings) {
        var timeout = settings.connection().timeout();
        var election = settings.leaderElection();
        var longestUse = timeout.plus(election.retryPeriod()).plus(election.maxClockSkew());
        if (election.enabled() && longestUse.compareTo(election.leaseDuration()) >= 0) {
            problems.add("evs.leader-election.lease-duration (" + election.leaseDuration()
                    + ") must be longer than evs.connection.timeout (" + timeout
                    + "), evs.leader-election.retry-period (" + election.retryPeriod()
                    + ") and evs.leader-election.max-clock-skew (" + election.maxClockSkew()
                    + ") together, because a create request must not outlive the Lease under which it was sent");
        }
        requireAtLeastSecond("evs.watch.idle-timeout", settings.watch().idleTimeout());
        requireAtLeastSecond("evs.watch.check-interval", settings.watch().checkInterval());
        var settleTime = settings.create().settleTime();
        if (settleTime.compareTo(timeout) <= 0) {
            problems.add("evs.create.settle-time (" + settleTime + ") must be longer than evs.connection.timeout ("
                    + timeout + "), because a create request in flight must not count as one that was never sent");
        }
    }

    private void requireAtLeastSecond(String key, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0) {
            problems.add(key + " must be at least 1s, not " + value);
        }
    }

    private void collect(Runnable check) {
        try {
            check.run();
        } catch (InvalidSettingsException several) {
            problems.addAll(several.problems());
        } catch (InvalidCredentialsException several) {
            problems.addAll(several.problems());
        } catch (IllegalArgumentException invalid) {
            problems.add(invalid.getMessage());
        }
    }
}
