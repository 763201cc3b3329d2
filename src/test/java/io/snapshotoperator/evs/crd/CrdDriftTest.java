/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that {@code crds/} and its copies match the records. The profile {@code crds} writes the files first. */
class CrdDriftTest {

    @Test
    void committedFilesMatchRecords() {
        if (Boolean.getBoolean("crds.write")) {
            CustomResourceDefinitions.write();
        }
        for (var path : List.of(
                CustomResourceDefinitions.FOLDER,
                CustomResourceDefinitions.CHART_FOLDER,
                CustomResourceDefinitions.KUSTOMIZE_FOLDER)) {
            assertThat(CustomResourceDefinitions.committed(path))
                    .as(path + " differs from the records of the API. To generate it again: "
                            + CustomResourceDefinitions.COMMAND)
                    .isEqualTo(CustomResourceDefinitions.generated());
        }
    }
}
