/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.LockKey;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.MutatingCalls.Call;
import io.snapshotoperator.evs.controller.MutatingCalls.Creation;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Sends the mutating calls for snapshots, as {@link MutatingCalls} allows. */
public final class CloudActuator {
    private final MutatingCalls calls;
    private final RequestUse use;

    /** @param use knows the requests whose snapshots must not be deleted now */
    public CloudActuator(MutatingCalls calls, RequestUse use) {
        this.calls = calls;
        this.use = use;
    }

    /** Whether the snapshot of a request must not be deleted now. A restore can have begun since the decision to delete it. */
    boolean isBeingRestored(ResourceID request) {
        return use.isBeingRestored(request);
    }

    /**
     * Sends a create request.
     *
     * @param writeIntent writes the create intent, locked to the resource version of the decision; returns false if the
     *     object has changed since
     */
    CreateResult create(
            CloudConnection connection,
            RecordedState recorded,
            Action.CreateSnapshot action,
            BooleanSupplier writeIntent) {
        var volume = action.intent().volumeId();
        return calls.create(
                        connection,
                        new Call(new LockKey.OfVolume(volume), Lane.CREATE, Optional.of(volume), Optional.empty()),
                        new Creation(
                                recorded.identity().uid(),
                                action.searchStartedAt(),
                                recorded.lastCreateOutcomeIsRecorded()),
                        writeIntent,
                        client -> client.create(action.snapshot()),
                        answer -> true,
                        answer -> unfitting(action, answer))
                .map(CreateResult.Created::new, ActionResult.Failed::new, ActionResult.NotSent::new);
    }

    /** The cloud may have created the snapshot that was requested, and described another one. */
    private static Optional<CloudException.Details> unfitting(Action.CreateSnapshot action, CloudSnapshot answer) {
        return action.snapshot().isAnsweredBy(answer)
                ? Optional.empty()
                : Optional.of(CloudExceptionDetailsBuilder.builder()
                        .kind(CloudException.Kind.TRANSIENT)
                        .operation("create a snapshot of volume "
                                + action.snapshot().volumeId())
                        .cloudMessage("the response describes another snapshot than the requested one")
                        .advice("The operator searches for the requested snapshot by its ownership marker.")
                        .mayHaveActed(true)
                        .build());
    }

    /**
     * Sends a delete request. Uses the permit that the object has kept, if there is one.
     *
     * @param uid the UID of the object
     * @param confirm checks what must precede the request: that the recorded snapshot of a duplicate is still recorded;
     *     returns false if the object has changed since
     */
    DeleteResult delete(CloudConnection connection, String uid, Action.DeleteSnapshot action, BooleanSupplier confirm) {
        var call = new Call(lockOf(action), Lane.DELETE, Optional.empty(), Optional.of(uid));
        return calls.send(connection, call, confirm, client -> client.delete(action.id()))
                .map(
                        exists -> exists ? new DeleteResult.Accepted() : new DeleteResult.NotFound(),
                        ActionResult.Failed::new,
                        ActionResult.NotSent::new);
    }

    private static LockKey lockOf(Action.DeleteSnapshot action) {
        return action.volumeId()
                .<LockKey>map(LockKey.OfVolume::new)
                .orElseGet(() -> new LockKey.OfSnapshot(action.id()));
    }

    /** Sends a change of name or description. */
    UpdateResult update(CloudConnection connection, Action.UpdateSnapshot action) {
        var call = new Call(new LockKey.OfSnapshot(action.id()), Lane.DELETE, Optional.empty(), Optional.empty());
        return calls.send(connection, call, () -> true, client -> client.update(action.id(), action.change()))
                .map(
                        updated -> updated.<UpdateResult>map(UpdateResult.Updated::new)
                                .orElseGet(UpdateResult.NotFound::new),
                        ActionResult.Failed::new,
                        ActionResult.NotSent::new);
    }
}
