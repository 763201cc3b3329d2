/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.IDENTITY;
import static io.snapshotoperator.evs.controller.Requests.NOON;
import static io.snapshotoperator.evs.controller.Requests.VOLUME;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.modifiable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CallsInFlight;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.LockKey;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.CallObstacle;
import io.snapshotoperator.evs.createonce.CallObstacle.Cause;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CloudActuatorTest {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(20);
    private static final Duration SETTLE_TIME = Duration.ofSeconds(60);
    private static final String UID = "uid-1";
    private static final SnapshotId SNAPSHOT = new SnapshotId("s-1");
    private static final Action.DeleteSnapshot DELETE =
            new Action.DeleteSnapshot(modifiable(SNAPSHOT), Optional.of(VOLUME), false);
    private static final Action.UpdateSnapshot UPDATE = new Action.UpdateSnapshot(
            modifiable(SNAPSHOT), new UpdateSnapshotRequest(Optional.of("new-name"), Optional.empty()));

    private final ScriptedClient client = new ScriptedClient();
    private final CreateGuard guard = new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), SETTLE_TIME);
    private final AtomicInteger intents = new AtomicInteger();
    private Instant now = NOON;
    private Duration leaseLeft = Duration.ofSeconds(60);
    private CloudConnection connection = connection(CallBudget.unlimited());
    private final MutatingCalls calls =
            new MutatingCalls(guard, time -> time.compareTo(leaseLeft) <= 0, () -> now, LONGEST_CALL);
    private final CloudActuator actuator = new CloudActuator(calls, RequestUse.NONE);

    @Nested
    class Create {
        @Test
        void writesIntentThenSendsRequest() {
            client.duringCall(() -> assertThat(intents).hasValue(1));

            var result = create();

            assertThat(result).isInstanceOf(CreateResult.Created.class);
            assertThat(client.calls()).containsExactly("create v-1");
        }

        @Test
        void sendsNothingAfterClose() {
            calls.close();

            assertThat(create()).isEqualTo(notSent(Cause.STOPPING));
            assertNothingWrittenOrSent();
        }

        @Test
        void sendsNothingWhenLeaseIsTooShort() {
            leaseLeft = LONGEST_CALL.minusMillis(1);

            assertThat(create()).isEqualTo(notSent(Cause.LEASE_TOO_SHORT));
            assertNothingWrittenOrSent();
        }

        @Test
        void sendsNothingWhileVolumeIsLocked() {
            connection.tryLock(new LockKey.OfVolume(VOLUME));

            assertThat(create()).isEqualTo(notSent(Cause.VOLUME_BUSY));
            assertNothingWrittenOrSent();
        }

        @Test
        void sendsNothingWithoutPermit() {
            connection = connection(exhaustedBudget());

            assertThat(create())
                    .asInstanceOf(type(ActionResult.NotSent.class))
                    .returns(Cause.NO_PERMIT, result -> result.obstacle().cause())
                    .satisfies(
                            result -> assertThat(result.obstacle().retryAfter()).isPositive());
            assertNothingWrittenOrSent();
        }

        @Test
        void sendsNothingWhileTooManyCreatesAreInFlight() {
            var entered = 0;
            while (connection.tryEnter(Lane.CREATE)) {
                entered++;
            }

            assertThat(entered).isLessThan(CallsInFlight.WORKERS / 2);
            assertThat(create())
                    .asInstanceOf(type(ActionResult.NotSent.class))
                    .returns(Cause.NO_PERMIT, result -> result.obstacle().cause());
            assertNothingWrittenOrSent();
            assertThat(actuator.delete(connection, UID, DELETE, () -> true)).isInstanceOf(DeleteResult.Accepted.class);
            connection.leave(Lane.CREATE);
            assertThat(create()).isInstanceOf(CreateResult.Created.class);
            assertThat(create(action(Optional.of(NOON.plusSeconds(1)))))
                    .as("a second create request, after the place of the first one is free again")
                    .isInstanceOf(CreateResult.Created.class);
        }

        @Test
        void sendsNothingWhenIntentIsNotWritten() {
            var result = actuator.create(connection, recorded(), action(Optional.empty()), () -> false);

            assertThat(result).isEqualTo(notSent(Cause.CONFLICT));
            assertThat(client.calls()).isEmpty();
            assertThat(guard.hasNoPriorCreate(IDENTITY.uid())).isTrue();
        }

        @Test
        void sendsNothingWhenGuardDenies() {
            create();

            assertThat(create()).isEqualTo(notSent(Cause.PRIOR_CREATE_UNRESOLVED));
            assertThat(client.calls()).hasSize(1);
        }

        @Test
        void sendsNothingWhenLeaseGetsTooShortWhileIntentIsWritten() {
            var result = actuator.create(connection, recorded(), action(Optional.empty()), () -> {
                leaseLeft = Duration.ZERO;
                return true;
            });

            assertThat(result).isEqualTo(notSent(Cause.LEASE_TOO_SHORT));
            assertThat(client.calls()).isEmpty();
            assertThat(guard.isDrained(now)).isTrue();
        }

        @Test
        void countsRequestAsOpenUntilResponse() {
            client.duringCall(() -> assertThat(guard.inFlight()).isEqualTo(1));

            create();

            assertThat(client.calls()).hasSize(1);
            assertThat(guard.inFlight()).isZero();
            assertThat(guard.isDrained(now)).isTrue();
        }

        @Test
        void completesGuardAsDefiniteAfterRejection() {
            client.failWith(ScriptedClient.failure(Kind.INVALID_REQUEST, false));

            assertThat(create()).isInstanceOf(ActionResult.Failed.class);

            assertThat(guard.isDrained(now)).isTrue();
            assertThat(guard.absenceProvableFrom(IDENTITY.uid(), true)).isEqualTo(NOON);
        }

        @Test
        void completesGuardAsAmbiguousWhenCloudMayHaveActed() {
            client.failWith(ScriptedClient.failure(Kind.TRANSIENT, true));
            client.duringCall(() -> now = NOON.plusSeconds(20));

            assertThat(create()).isInstanceOf(ActionResult.Failed.class);

            assertThat(guard.isDrained(now)).isFalse();
            assertThat(guard.absenceProvableFrom(IDENTITY.uid(), true))
                    .isEqualTo(NOON.plusSeconds(20).plus(SETTLE_TIME));
        }

        @Test
        void completesGuardAsAmbiguousWhenClientThrowsUnexpectedly() {
            client.duringCall(() -> {
                throw new IllegalStateException("bug");
            });

            assertThatThrownBy(CloudActuatorTest.this::create).hasMessage("bug");

            assertThat(guard.inFlight()).isZero();
            assertThat(guard.isDrained(now)).isFalse();
        }

        @Test
        void createsAgainOnlyAfterSearchThatStartedLater() {
            client.failWith(ScriptedClient.failure(Kind.INVALID_REQUEST, false));
            create();

            assertThat(create(action(Optional.of(NOON)))).isEqualTo(notSent(Cause.PRIOR_CREATE_UNRESOLVED));
            assertThat(create(action(Optional.of(NOON.plusSeconds(1))))).isInstanceOf(ActionResult.Failed.class);
            assertThat(client.calls()).hasSize(2);
        }

        @Test
        void believesResponseWithoutMetadata() {
            client.respondToCreateWith(response(VOLUME, Map.of()));

            assertThat(create()).isInstanceOf(CreateResult.Created.class);
            assertThat(connection.preservesMetadata()).isTrue();
        }

        @Test
        void treatsResponseOfAnotherVolumeAsUnknownOutcome() {
            client.respondToCreateWith(response(new VolumeId("v-2"), Map.of()));

            assertThatOutcomeIsUnknown(create());
        }

        @Test
        void treatsResponseWithAnotherMarkerAsUnknownOutcome() {
            var other = new OwnershipMarker("uid-2", "create-9", "cluster-1", "shop", "other");
            client.respondToCreateWith(response(VOLUME, other.addTo(Map.of())));

            assertThatOutcomeIsUnknown(create());
        }

        @Test
        void treatsResponseWithoutVolumeAsUnknownOutcome() {
            client.respondToCreateWith(CloudSnapshotBuilder.builder()
                    .id(SNAPSHOT)
                    .wireState("creating")
                    .build());

            assertThatOutcomeIsUnknown(create());
        }

        private void assertThatOutcomeIsUnknown(CreateResult result) {
            assertThat(result).isInstanceOfSatisfying(ActionResult.Failed.class, failed -> assertThat(
                            failed.failure().mayHaveActed())
                    .isTrue());
            // A search that starts before the settle time has passed does not allow another create request.
            now = NOON.plus(SETTLE_TIME).minusSeconds(1);
            assertThat(create(action(Optional.of(now)))).isEqualTo(notSent(Cause.PRIOR_CREATE_UNRESOLVED));
        }

        private CloudSnapshot response(VolumeId volume, Map<String, String> metadata) {
            return CloudSnapshotBuilder.builder()
                    .id(SNAPSHOT)
                    .wireState("creating")
                    .volumeId(volume)
                    .metadata(metadata)
                    .build();
        }
    }

    @Nested
    class Locks {
        @Test
        void sendsOneCallPerVolumeAtATime() {
            var concurrent = new AtomicReference<DeleteResult>();
            client.duringCall(() -> {
                if (concurrent.get() == null) {
                    concurrent.set(actuator.delete(connection, UID, DELETE, () -> true));
                }
            });

            create();

            assertThat(concurrent.get()).isEqualTo(notSent(Cause.VOLUME_BUSY));
            assertThat(client.calls()).containsExactly("create v-1");
        }

        @Test
        void sendsCallsForOtherVolumesAtTheSameTime() {
            connection.tryLock(new LockKey.OfVolume(new VolumeId("v-2")));

            assertThat(create()).isInstanceOf(CreateResult.Created.class);
        }

        @Test
        void unlocksAfterFailure() {
            client.failWith(ScriptedClient.failure(Kind.TRANSIENT, true));
            create();

            assertThat(connection.tryLock(new LockKey.OfVolume(VOLUME))).isTrue();
        }

        @Test
        void unlocksWhenNoPermitIsLeft() {
            connection = connection(exhaustedBudget());
            create();

            assertThat(connection.tryLock(new LockKey.OfVolume(VOLUME))).isTrue();
        }

        @Test
        void locksSnapshotWhenVolumeIsUnknown() {
            var unknown = new Action.DeleteSnapshot(modifiable(SNAPSHOT), Optional.empty(), false);
            connection.tryLock(new LockKey.OfSnapshot(SNAPSHOT));

            assertThat(actuator.delete(connection, UID, unknown, () -> true)).isEqualTo(notSent(Cause.VOLUME_BUSY));
            assertThat(actuator.update(connection, UPDATE)).isEqualTo(notSent(Cause.VOLUME_BUSY));
        }
    }

    @Nested
    class Delete {
        @Test
        void returnsAccepted() {
            assertThat(actuator.delete(connection, UID, DELETE, () -> true)).isEqualTo(new DeleteResult.Accepted());
            assertThat(client.calls()).containsExactly("delete s-1");
        }

        @Test
        void returnsNotFoundWhenCloudHasNoSuchSnapshot() {
            client.forgetSnapshots();

            assertThat(actuator.delete(connection, UID, DELETE, () -> true)).isEqualTo(new DeleteResult.NotFound());
        }

        @Test
        void returnsFailure() {
            client.failWith(ScriptedClient.failure(Kind.BUSY, false));

            assertThat(actuator.delete(connection, UID, DELETE, () -> true)).isInstanceOf(ActionResult.Failed.class);
        }

        @Test
        void sendsNothingWhenObjectChanged() {
            assertThat(actuator.delete(connection, UID, DELETE, () -> false)).isEqualTo(notSent(Cause.CONFLICT));
            assertThat(client.calls()).isEmpty();
        }

        @Test
        void sendsNothingWhenLeaseGetsTooShortDuringConfirmation() {
            var result = actuator.delete(connection, UID, DELETE, () -> {
                leaseLeft = Duration.ZERO;
                return true;
            });

            assertThat(result).isEqualTo(notSent(Cause.LEASE_TOO_SHORT));
            assertThat(client.calls()).isEmpty();
        }

        @Test
        void usesPermitThatObjectHasKept() {
            connection = connection(exhaustedBudget());
            connection.keptPermits().keep(UID, NOON);

            assertThat(actuator.delete(connection, UID, DELETE, () -> true)).isEqualTo(new DeleteResult.Accepted());
            assertThat(actuator.delete(connection, UID, DELETE, () -> true))
                    .asInstanceOf(type(ActionResult.NotSent.class))
                    .returns(Cause.NO_PERMIT, result -> result.obstacle().cause());
        }

        @Test
        void doesNotUsePermitThatWasKeptForTooLong() {
            connection = connection(exhaustedBudget());
            connection.keptPermits().keep(UID, NOON.minusSeconds(30));

            assertThat(actuator.delete(connection, UID, DELETE, () -> true))
                    .asInstanceOf(type(ActionResult.NotSent.class))
                    .returns(Cause.NO_PERMIT, result -> result.obstacle().cause());
        }

        @Test
        void doesNotConfirmWithoutPermit() {
            connection = connection(exhaustedBudget());

            actuator.delete(connection, UID, DELETE, () -> {
                throw new AssertionError("nothing may be written without a permit");
            });

            assertThat(client.calls()).isEmpty();
        }
    }

    @Nested
    class Update {
        @Test
        void returnsUpdatedSnapshot() {
            assertThat(actuator.update(connection, UPDATE)).isInstanceOf(UpdateResult.Updated.class);
            assertThat(client.calls()).containsExactly("update s-1");
        }

        @Test
        void returnsNotFoundWhenCloudHasNoSuchSnapshot() {
            client.forgetSnapshots();

            assertThat(actuator.update(connection, UPDATE)).isEqualTo(new UpdateResult.NotFound());
        }

        @Test
        void sendsNothingAfterClose() {
            calls.close();

            assertThat(actuator.update(connection, UPDATE)).isEqualTo(notSent(Cause.STOPPING));
            assertThat(client.calls()).isEmpty();
        }
    }

    private CreateResult create() {
        return create(action(Optional.empty()));
    }

    private CreateResult create(Action.CreateSnapshot action) {
        return actuator.create(connection, recorded(), action, () -> {
            intents.incrementAndGet();
            return true;
        });
    }

    private void assertNothingWrittenOrSent() {
        assertThat(intents).hasValue(0);
        assertThat(client.calls()).isEmpty();
    }

    private static RecordedState recorded() {
        return StatusMapper.read(Requests.newRequest());
    }

    private static Action.CreateSnapshot action(Optional<Instant> searchStartedAt) {
        var marker = new OwnershipMarker(IDENTITY.uid(), "create-1", "cluster-1", "shop", "nightly");
        return new Action.CreateSnapshot(
                Requests.firstIntent(),
                new CreateSnapshotRequest(VOLUME, "snap", Optional.empty(), false, marker.addTo(Map.of())),
                searchStartedAt);
    }

    private static ActionResult.NotSent notSent(Cause cause) {
        return new ActionResult.NotSent(new CallObstacle(cause, Duration.ofSeconds(1)));
    }

    private CloudConnection connection(CallBudget budget) {
        return client.connection(budget, () -> now);
    }

    private static CallBudget exhaustedBudget() {
        var budget = new CallBudget(0.1, 1);
        for (var lane : Lane.values()) {
            for (var i = 0; i < 10; i++) {
                budget.reserve(lane, "shop", Optional.empty(), NOON);
            }
        }
        return budget;
    }
}
