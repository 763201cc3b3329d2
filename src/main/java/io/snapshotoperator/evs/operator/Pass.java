/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.snapshotoperator.evs.snapshot.Answer;
import io.snapshotoperator.evs.snapshot.Case;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.Deed;
import io.snapshotoperator.evs.snapshot.Rules;

/** Carries out the one deed of a pass, and turns its outcome into what is written. */
record Pass(Case it, Decision decision, Hands hands, Desk desk) implements Deed.Cases<Decision> {

    @Override
    public Decision nothing() {
        return decision;
    }

    @Override
    public Decision create(Deed.Create deed) {
        var answer = hands.create(it.known(), deed, () -> desk.writeIntent(deed.intent()));
        var outcome = Rules.after(it, deed, answer);
        if (answer instanceof Answer.Taken taken) {
            // Nothing that can fail stands between the cloud's answer and this write.
            desk.recordId(outcome, taken.snapshot().id(), deed.intent().replaces());
            return outcome.written();
        }
        return outcome;
    }

    @Override
    public Decision delete(Deed.Delete deed) {
        var answer = hands.delete(deed, () -> mayStill(deed));
        var planned = decision.page().orElseThrow();
        var outcome = Rules.after(it, deed, planned, answer);
        var announced = answer instanceof Answer.Accepted ? decision.notice() : outcome.notice();
        return new Decision(outcome.deed(), outcome.page(), outcome.lookAgainWithin(), announced);
    }

    private boolean mayStill(Deed.Delete deed) {
        return deed.surplus()
                ? desk.stillRecords(it.known().held().orElseThrow().id())
                : deed.intent().map(desk::writeIntent).orElse(true);
    }

    @Override
    public Decision change(Deed.Change deed) {
        return Rules.after(it, deed, decision.page().orElseThrow(), hands.change(deed));
    }

    @Override
    public Decision hold(Deed.Hold deed) {
        desk.hold();
        return decision;
    }

    @Override
    public Decision letGo(Deed.LetGo deed) {
        desk.letGo(deed.announce());
        return decision;
    }

    @Override
    public Decision expire(Deed.Expire deed) {
        desk.expire(decision.notice());
        return new Decision(deed, decision.page(), decision.lookAgainWithin(), java.util.Optional.empty());
    }
}
