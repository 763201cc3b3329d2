/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.createonce.ObjectIdentity;
import org.junit.jupiter.api.Test;

class DefaultSnapshotNameTest {
    private static final String UID = "0b8e2f64-7f0e-4d3b-9e55-c1a2b3c4d5e6";

    @Test
    void containsNamespaceNameAndUid() {
        assertThat(DefaultSnapshotName.of(new ObjectIdentity(UID, "shop", "nightly")))
                .isEqualTo("vsr-shop-nightly-0b8e2f64");
    }

    @Test
    void hasAtMost64CharactersAndContainsUid() {
        // "vsr-" + "shop" + "-" + 46 + "-0b8e2f64" are 64.
        assertThat(DefaultSnapshotName.of(new ObjectIdentity(UID, "shop", "n".repeat(46))))
                .isEqualTo("vsr-shop-" + "n".repeat(46) + "-0b8e2f64")
                .hasSize(64);
        assertThat(DefaultSnapshotName.of(new ObjectIdentity(UID, "shop", "n".repeat(47))))
                .hasSize(64)
                .endsWith("n-0b8e2f64");
        assertThat(DefaultSnapshotName.of(new ObjectIdentity(UID, "n".repeat(63), "m".repeat(253))))
                .hasSize(64)
                .endsWith("-0b8e2f64");
    }

    @Test
    void differsForLongNamesWithSameBeginning() {
        var one = new ObjectIdentity(UID, "shop", "n".repeat(60) + "1");
        var other = new ObjectIdentity("1c8e2f64-7f0e-4d3b-9e55-c1a2b3c4d5e6", "shop", "n".repeat(60) + "2");

        assertThat(DefaultSnapshotName.of(one)).isNotEqualTo(DefaultSnapshotName.of(other));
    }

    @Test
    void acceptsShortUid() {
        assertThat(DefaultSnapshotName.of(new ObjectIdentity("u-1", "shop", "nightly")))
                .isEqualTo("vsr-shop-nightly-u1");
    }
}
