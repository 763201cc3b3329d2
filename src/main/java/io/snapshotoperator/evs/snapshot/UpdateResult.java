/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.util.Objects;

/** The result of {@link Action.UpdateSnapshot}. */
public sealed interface UpdateResult extends ActionResult
        permits UpdateResult.Updated, UpdateResult.NotFound, ActionResult.Failed, ActionResult.NotSent {

    <R> R accept(Visitor<R> visitor);

    /** One method for each result. A visitor that lacks one does not compile. */
    interface Visitor<R> {
        R updated(Updated result);

        R notFound();

        R failed(Failed result);

        R notSent(NotSent result);
    }

    /** The cloud changed the snapshot and described it. */
    record Updated(CloudSnapshot snapshot) implements UpdateResult {
        public Updated {
            Objects.requireNonNull(snapshot);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.updated(this);
        }
    }

    /** The cloud has no such snapshot. */
    record NotFound() implements UpdateResult {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.notFound();
        }
    }
}
