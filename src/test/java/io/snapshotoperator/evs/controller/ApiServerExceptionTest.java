/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ApiServerExceptionTest {
    @Test
    void hasNeitherStackTraceNorCause() {
        var exception = new ApiServerException(rejection(500, "etcdserver: request timed out"));

        assertThat(exception.getStackTrace()).isEmpty();
        assertThat(exception).hasNoCause();
        assertThat(exception).hasMessage("The API server rejected a request with 500: etcdserver: request timed out");
    }

    @Test
    void saysThatRolesMustBeCheckedWhenRequestIsForbidden() {
        assertThat(ApiServerException.describe(rejection(403, "cannot patch resource")))
                .isEqualTo("The API server denied a request. Check the roles of the operator's service account:"
                        + " cannot patch resource");
    }

    @Test
    void saysThatApiServerDidNotRespond() {
        assertThat(ApiServerException.describe(
                        new KubernetesClientException("An error has occurred.", new IOException("Connection refused"))))
                .isEqualTo("The API server did not respond: Connection refused");
    }

    @Test
    void writesOneLineOfBoundedLength() {
        assertThat(ApiServerException.describe(rejection(422, "a\nb\r\n" + "x".repeat(10_000))))
                .contains("a b x")
                .doesNotContain("\n", "\r")
                .hasSizeLessThan(400);
    }

    private static KubernetesClientException rejection(int code, String message) {
        return new KubernetesClientException(
                new StatusBuilder().withCode(code).withMessage(message).build());
    }
}
