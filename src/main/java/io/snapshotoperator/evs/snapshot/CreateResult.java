/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.util.Objects;

/** The result of {@link Action.CreateSnapshot}. */
public sealed interface CreateResult extends ActionResult
        permits CreateResult.Created, ActionResult.Failed, ActionResult.NotSent {

    <R> R accept(Visitor<R> visitor);

    /** One method for each result. A visitor that lacks one does not compile. */
    interface Visitor<R> {
        R created(Created result);

        R failed(Failed result);

        R notSent(NotSent result);
    }

    /** The cloud accepted the create request and described this snapshot. */
    record Created(CloudSnapshot snapshot) implements CreateResult {
        public Created {
            Objects.requireNonNull(snapshot);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.created(this);
        }
    }
}
