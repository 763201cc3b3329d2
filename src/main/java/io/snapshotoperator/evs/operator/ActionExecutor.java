/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Action.Visitor;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.SnapshotRules;

/** Carries out the one deed of a pass, and turns its outcome into what is written. */
record ActionExecutor(ReconcileInput it, Decision decision, CloudActuator hands, RequestWriter desk)
        implements Visitor<Decision> {

    @Override
    public Decision none() {
        return decision;
    }

    @Override
    public Decision createSnapshot(Action.CreateSnapshot deed) {
        var answer = hands.create(it.known(), deed, () -> desk.writeIntent(deed.intent()));
        var outcome = SnapshotRules.afterAction(it, deed, answer);
        if (answer instanceof ActionResult.Succeeded taken) {
            // Nothing that can fail stands between the cloud's answer and this write.
            desk.recordId(outcome, taken.snapshot().id(), deed.intent().replaces());
            return outcome.withoutStatusPatch();
        }
        return outcome;
    }

    @Override
    public Decision deleteSnapshot(Action.DeleteSnapshot deed) {
        var answer = hands.delete(deed, () -> confirmBeforeDelete(deed));
        var planned = decision.page().orElseThrow();
        var outcome = SnapshotRules.afterAction(it, deed, planned, answer);
        var announced = answer instanceof ActionResult.DeleteAccepted ? decision.notice() : outcome.notice();
        return new Decision(outcome.deed(), outcome.page(), outcome.lookAgainWithin(), announced);
    }

    private boolean confirmBeforeDelete(Action.DeleteSnapshot deed) {
        return deed.surplus()
                ? desk.refreshIfStillRecords(it.known().held().orElseThrow().id())
                : deed.intent().map(desk::writeIntent).orElse(true);
    }

    @Override
    public Decision updateSnapshot(Action.UpdateSnapshot deed) {
        return SnapshotRules.afterAction(it, deed, decision.page().orElseThrow(), hands.update(deed));
    }

    @Override
    public Decision addFinalizer(Action.AddFinalizer deed) {
        desk.addFinalizer();
        return decision;
    }

    @Override
    public Decision removeFinalizer(Action.RemoveFinalizer deed) {
        desk.removeFinalizer(deed.announce());
        return decision;
    }

    @Override
    public Decision deleteRequest(Action.DeleteRequest deed) {
        desk.deleteRequest(decision.notice());
        return new Decision(deed, decision.page(), decision.lookAgainWithin(), java.util.Optional.empty());
    }
}
