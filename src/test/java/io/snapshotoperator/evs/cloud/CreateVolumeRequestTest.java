/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateVolumeRequestTest {
    private static final SnapshotId SNAPSHOT = new SnapshotId("s-1");

    private static CreateVolumeRequest request(Map<String, String> metadata) {
        return CreateVolumeRequestBuilder.builder()
                .snapshotId(SNAPSHOT)
                .availabilityZone("eu-de-01")
                .volumeType("SSD")
                .sizeGiB(10)
                .name("restored")
                .metadata(metadata)
                .tags(Map.of())
                .build();
    }

    private static CloudVolume volume(Optional<SnapshotId> snapshot, Map<String, String> metadata) {
        return CloudVolumeBuilder.builder()
                .id(new VolumeId("v-1"))
                .wireState("creating")
                .snapshotId(snapshot)
                .metadata(metadata)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"__system__encrypted", "__system__cmkid", "hw:passthrough", "HW:Passthrough"})
    void rejectsMetadataThatVolumeInherits(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(Map.of("a", "b", key, "1")))
                .withMessageContaining(key);
    }

    @Test
    void isAnsweredByVolumeThatDoesNotDifferFromRequest() {
        var request = request(Map.of("uid", "u-1"));

        assertThat(request.isAnsweredBy(volume(Optional.empty(), Map.of()))).isTrue();
        assertThat(request.isAnsweredBy(volume(Optional.of(SNAPSHOT), Map.of("uid", "u-1", "more", "x"))))
                .isTrue();
    }

    @Test
    void isNotAnsweredByVolumeOfOtherSnapshotOrMarker() {
        var request = request(Map.of("uid", "u-1"));

        assertThat(request.isAnsweredBy(volume(Optional.of(new SnapshotId("s-2")), Map.of())))
                .isFalse();
        assertThat(request.isAnsweredBy(volume(Optional.of(SNAPSHOT), Map.of("uid", "u-2"))))
                .isFalse();
    }
}
