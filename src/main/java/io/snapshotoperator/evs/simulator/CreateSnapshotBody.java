/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.Map;

/**
 * A valid request for a snapshot, as the body told it.
 *
 * @param name null if none was given
 * @param description null if none was given
 * @param force whether an attached disk may be snapshotted, too
 */
record CreateSnapshotBody(
        String volumeId, String name, String description, boolean force, Map<String, String> metadata) {

    /** What will become of the snapshot; the undisturbed fate is {@link #USUAL}, faults choose others. */
    record Fate(Ending ending, boolean keepsMetadata, Duration listedAfter, Duration readableAfter) {

        static final Fate USUAL = new Fate(Ending.AVAILABLE, true, Duration.ZERO, Duration.ZERO);

        enum Ending {
            AVAILABLE,
            ERROR,
            NEVER
        }

        Fate endingIn(Ending other) {
            return new Fate(other, keepsMetadata, listedAfter, readableAfter);
        }

        Fate losingMetadata() {
            return new Fate(ending, false, listedAfter, readableAfter);
        }

        Fate listedAfter(Duration lag) {
            return new Fate(ending, keepsMetadata, lag, readableAfter);
        }

        Fate readableAfter(Duration lag) {
            return new Fate(ending, keepsMetadata, listedAfter, lag);
        }
    }

    /** What will become of a deletion that was accepted (Cinder 12.0.0 cinder/volume/manager.py delete_snapshot). */
    enum DeletionEnding {
        GONE,
        ERROR_DELETING,
        BACK_TO_AVAILABLE
    }
}
