/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Action.Visitor;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import java.util.Optional;

/** Carries out the one deed of a pass, and turns its outcome into what is written. */
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
        var result = actuator.create(connection, input.recorded(), action, () -> writer.writeIntent(action.intent()));
        var outcome = SnapshotRules.afterAction(input, action, result);
        if (result instanceof CreateResult.Created created) {
            // Nothing that can fail stands between the cloud's answer and this write.
            writer.recordId(outcome, created.snapshot().id(), action.intent().replaces());
            return outcome.withoutStatusPatch();
        }
        return outcome;
    }

    @Override
    public Decision deleteSnapshot(Action.DeleteSnapshot action) {
        var result = actuator.delete(connection, action, () -> confirmBeforeDelete(action));
        var planned = decision.statusPatch().orElseThrow();
        var outcome = SnapshotRules.afterAction(input, action, planned, result);
        var announced = result instanceof DeleteResult.Accepted ? decision.event() : outcome.event();
        return new Decision(outcome.action(), outcome.statusPatch(), outcome.requeueAfter(), announced);
    }

    private boolean confirmBeforeDelete(Action.DeleteSnapshot action) {
        return action.duplicate()
                ? writer.refreshIfStillRecords(
                        input.recorded().snapshot().orElseThrow().id())
                : action.intent().map(writer::writeIntent).orElse(true);
    }

    @Override
    public Decision updateSnapshot(Action.UpdateSnapshot action) {
        return SnapshotRules.afterAction(
                input, decision.statusPatch().orElseThrow(), actuator.update(connection, action));
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
