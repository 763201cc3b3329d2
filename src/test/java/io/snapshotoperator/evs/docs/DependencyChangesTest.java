/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DependencyChangesTest {

    @Test
    void namesEachAddedRemovedAndChangedDependency() {
        var before = new TreeMap<>(Map.of("a:kept", "1", "b:gone", "2", "c:newer", "3"));
        var after = new TreeMap<>(Map.of("a:kept", "1", "c:newer", "4", "d:new", "5"));

        assertThat(DependencyChanges.between(before, after))
                .containsExactly("removed b:gone 2", "changed c:newer 3 -> 4", "added   d:new 5");
    }

    @Test
    void namesNothingWhenNothingChanged() {
        var same = new TreeMap<>(Map.of("a:kept", "1"));

        assertThat(DependencyChanges.between(same, same)).isEmpty();
    }
}
