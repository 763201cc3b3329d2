/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps {@code crds/}, its copies and the records equal; under the profile {@code crds} it writes the files first. */
class CrdDriftTest {

    @Test
    void whatIsCommittedIsWhatTheRecordsSay() {
        if (Boolean.getBoolean("crds.write")) {
            CustomResourceDefinitions.write();
        }
        for (var path : List.of(
                CustomResourceDefinitions.FOLDER,
                CustomResourceDefinitions.OF_THE_CHART,
                CustomResourceDefinitions.OF_KUSTOMIZE)) {
            assertThat(CustomResourceDefinitions.committed(path))
                    .as(path + " differs from the records of the API. To write it anew: "
                            + CustomResourceDefinitions.COMMAND)
                    .isEqualTo(CustomResourceDefinitions.generated());
        }
    }
}
