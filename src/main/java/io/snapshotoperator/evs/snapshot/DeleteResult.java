/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

/** The result of {@link Action.DeleteSnapshot}. */
public sealed interface DeleteResult extends ActionResult
        permits DeleteResult.Accepted, DeleteResult.NotFound, ActionResult.Failed, ActionResult.NotSent {

    <R> R accept(Visitor<R> visitor);

    /** One method for each result. A visitor that lacks one does not compile. */
    interface Visitor<R> {
        R accepted();

        R notFound();

        R failed(Failed result);

        R notSent(NotSent result);
    }

    /** The cloud accepted the delete request. The snapshot still exists. */
    record Accepted() implements DeleteResult {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.accepted();
        }
    }

    /** The cloud has no such snapshot. */
    record NotFound() implements DeleteResult {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.notFound();
        }
    }
}
