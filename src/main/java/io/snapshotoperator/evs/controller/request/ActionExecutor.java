/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.request.RequestLog.CloudCall;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Action.Visitor;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Duration;
import java.util.Optional;

/** Executes the action of a decision and returns the decision that follows from its result. */
record ActionExecutor(
        ReconcileInput input,
        Decision decision,
        CloudActuator actuator,
        CloudConnection connection,
        RequestWriter writer)
        implements Visitor<Decision> {

    @Override
    public Decision none() {
        return decision;
    }

    @Override
    public Decision createSnapshot(Action.CreateSnapshot action) {
        var startedAt = System.nanoTime();
        var result = actuator.create(connection, input.recorded(), action, () -> writer.writeIntent(action.intent()));
        var outcome = SnapshotRules.afterAction(input, action, result);
        if (result instanceof ActionResult.NotSent
                || (result instanceof ActionResult.Failed failed
                        && !failed.failure().mayHaveActed())) {
            writer.createDidNothing();
        }
        try {
            if (result instanceof CreateResult.Created created) {
                // Nothing that can fail runs between the response and this write.
                writer.recordId(
                        outcome, created.snapshot().id(), action.intent().replaces());
            }
        } finally {
            resultLine(CloudCall.CREATE, result, outcome, startedAt)
                    .withOptional(LogEvent.SNAPSHOT_ID, createdId(result))
                    .with(LogEvent.CREATE_ID, action.intent().createId())
                    .with(LogEvent.VOLUME_ID, action.intent().volumeId())
                    .log();
        }
        return result instanceof CreateResult.Created ? outcome.withoutStatusPatch() : outcome;
    }

    @Override
    public Decision deleteSnapshot(Action.DeleteSnapshot action) {
        var startedAt = System.nanoTime();
        var result = actuator.delete(connection, uid(), action, () -> mayStillDelete(action));
        if (result instanceof DeleteResult.Accepted || result instanceof DeleteResult.NotFound) {
            connection.poller().reportLeaving(uid(), action.id());
        }
        var planned = decision.statusPatch().orElseThrow();
        var outcome = SnapshotRules.afterAction(input, action, planned, result);
        resultLine(CloudCall.DELETE, result, outcome, startedAt)
                .with(LogEvent.SNAPSHOT_ID, action.id())
                .withOptional(LogEvent.VOLUME_ID, action.volumeId())
                .log();
        var event = result instanceof DeleteResult.Accepted ? decision.event() : outcome.event();
        return new Decision(outcome.action(), outcome.statusPatch(), outcome.requeueAfter(), event);
    }

    private String uid() {
        return input.recorded().identity().uid();
    }

    private boolean mayStillDelete(Action.DeleteSnapshot action) {
        if (action.duplicate()) {
            return writer.refreshIfStillRecords(
                    input.recorded().snapshot().orElseThrow().id());
        }
        return !input.recorded().isDeleting() || !actuator.isBeingRestored(writer.id());
    }

    @Override
    public Decision beginReplacement(Action.BeginReplacement action) {
        return writer.writeIntent(action.intent())
                ? decision
                : new Decision(
                        new Action.None(),
                        Optional.empty(),
                        Optional.of(RetryPolicy.IMMEDIATE_REQUEUE),
                        Optional.empty());
    }

    @Override
    public Decision updateSnapshot(Action.UpdateSnapshot action) {
        var startedAt = System.nanoTime();
        var result = actuator.update(connection, action);
        if (result instanceof UpdateResult.Updated updated) {
            connection.poller().reportRead(uid(), updated.snapshot());
        }
        var outcome = SnapshotRules.afterAction(input, decision.statusPatch().orElseThrow(), result);
        resultLine(CloudCall.UPDATE, result, outcome, startedAt)
                .with(LogEvent.SNAPSHOT_ID, action.id())
                .log();
        return outcome;
    }

    private LogEvent resultLine(CloudCall call, ActionResult result, Decision outcome, long startedAt) {
        return startLine(call, result)
                .withOptional(LogEvent.REASON, outcome.statusPatch().map(patch -> patch.verdict()
                        .reason()
                        .name()))
                .with(
                        LogEvent.DURATION_MS,
                        Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
    }

    private LogEvent startLine(CloudCall call, ActionResult result) {
        if (result instanceof ActionResult.Failed failed) {
            return writer.log().failed(call, failed.failure());
        }
        if (result instanceof ActionResult.NotSent notSent) {
            return writer.log().notSent(call, notSent.obstacle().cause());
        }
        return result instanceof DeleteResult.NotFound || result instanceof UpdateResult.NotFound
                ? writer.log().notFound(call)
                : writer.log().accepted(call);
    }

    private static Optional<SnapshotId> createdId(CreateResult result) {
        return result instanceof CreateResult.Created created
                ? Optional.of(created.snapshot().id())
                : Optional.empty();
    }

    @Override
    public Decision addFinalizer(Action.AddFinalizer action) {
        writer.addFinalizer();
        return decision;
    }

    @Override
    public Decision removeFinalizer(Action.RemoveFinalizer action) {
        writer.removeFinalizer(action.eventReason());
        return decision;
    }

    @Override
    public Decision deleteRequest(Action.DeleteRequest action) {
        writer.deleteRequest(decision.event());
        return new Decision(action, decision.statusPatch(), decision.requeueAfter(), Optional.empty());
    }
}
