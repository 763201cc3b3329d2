/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.csi.ContentReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotApiExceptionTest {
    private static SnapshotApiException rejection(int code) {
        return new SnapshotApiException(new KubernetesClientException(new StatusBuilder()
                .withCode(code)
                .withMessage("policy x denies it")
                .build()));
    }

    @ParameterizedTest
    @CsvSource({
        "400, ContentRejected",
        "401, ContentNotAuthorized",
        "403, ContentNotAuthorized",
        "404, ContentApiMissing",
        "422, ContentRejected",
        "429, ContentApiFailed",
        "500, ContentApiFailed",
        "503, ContentApiFailed"
    })
    void tellsWhoMustAct(int code, ContentReason reason) {
        assertThat(rejection(code).verdict().reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"400", "403", "422", "500"})
    void quotesWhatApiServerSaid(int code) {
        assertThat(rejection(code).verdict().message()).contains("policy x denies it");
    }

    @Test
    void onlyConflictIsRepeatedAtOnce() {
        assertThat(rejection(409).isConflict()).isTrue();
        assertThat(rejection(422).isConflict()).isFalse();
    }
}
