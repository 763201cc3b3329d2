/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.snapshotoperator.evs.condition.Verdict;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from what the API server showed.
 *
 * @param verdict what to report; empty only with {@link Action.Release}
 * @param recheck how long the operator waits until it looks again
 * @param boundTo the {@code VolumeSnapshot} that uses the content; empty if none does
 * @param readyToUse whether a volume can be created from the content
 */
public record ContentDecision(
        Action action, Optional<Verdict> verdict, Recheck recheck, Optional<String> boundTo, boolean readyToUse) {

    /** Nothing informs the operator about contents, so it looks at them. */
    public enum Recheck {
        /** Something follows from the action at once. */
        SOON,
        /** Another program is expected to act. */
        SHORT,
        /** Something changes only if a user or an administrator acts. */
        LONG
    }

    /** At most one of these for each decision. */
    public sealed interface Action {
        /** The result of each case. */
        interface Visitor<R> {
            R none();

            R createContent(CreateContent action);

            R deleteContent(DeleteContent action);

            R createVolumeSnapshot(CreateVolumeSnapshot action);

            R deleteVolumeSnapshot(DeleteVolumeSnapshot action);

            R release();
        }

        <R> R accept(Visitor<R> visitor);

        /** Nothing is to be done now. */
        record None() implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.none();
            }
        }

        /** Creates the content with this name. */
        record CreateContent(String name, DesiredContent content) implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.createContent(this);
            }
        }

        /** Deletes this content if it has not changed since it was read. */
        record DeleteContent(ObservedContent content) implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.deleteContent(this);
            }
        }

        /** Creates the {@code VolumeSnapshot} of the request. */
        record CreateVolumeSnapshot(String contentName, DesiredContent content) implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.createVolumeSnapshot(this);
            }
        }

        /** Deletes this {@code VolumeSnapshot}, which the operator created, if it has not changed since it was read. */
        record DeleteVolumeSnapshot(ObservedVolumeSnapshot volumeSnapshot) implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.deleteVolumeSnapshot(this);
            }
        }

        /** Nothing of the request is left, so its finalizer and its record are removed. */
        record Release() implements Action {
            @Override
            public <R> R accept(Visitor<R> visitor) {
                return visitor.release();
            }
        }
    }

    public ContentDecision {
        Objects.requireNonNull(action);
        Objects.requireNonNull(recheck);
    }

    static ContentDecision of(Action action, Verdict verdict, Recheck recheck) {
        return new ContentDecision(action, Optional.of(verdict), recheck, Optional.empty(), false);
    }

    static ContentDecision report(Verdict verdict, Recheck recheck) {
        return of(new Action.None(), verdict, recheck);
    }

    static ContentDecision release() {
        return new ContentDecision(new Action.Release(), Optional.empty(), Recheck.SOON, Optional.empty(), false);
    }

    ContentDecision boundTo(String volumeSnapshot, boolean ready) {
        return new ContentDecision(action, verdict, recheck, Optional.of(volumeSnapshot), ready);
    }
}
