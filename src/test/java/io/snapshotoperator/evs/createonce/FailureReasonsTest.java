/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureReasonsTest {
    private static final String ADVICE = "Correct username and password in the Secret.";

    private static CloudException.Details rejected(Kind kind) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("log in")
                .httpStatus(401)
                .code("IAM.0001")
                .cloudMessage("The password is wrong")
                .advice(ADVICE)
                .quotaScope(kind == Kind.QUOTA ? Optional.of(QuotaScope.PROJECT) : Optional.empty())
                .build();
    }

    @Test
    void quotesCloudAndAddsAdviceOfFailure() {
        assertThat(FailureReasons.verdictFor(rejected(Kind.NOT_AUTHORIZED)).message())
                .isEqualTo("The cloud rejects the operator's credentials, or they lack a right."
                        + " Cloud message: IAM.0001: The password is wrong. " + ADVICE);
    }

    @ParameterizedTest
    @EnumSource
    void givesOneAdviceOnly(Kind kind) {
        var verdict = FailureReasons.verdictFor(rejected(kind));

        var message = verdict.message();

        var general = verdict.reason()
                .sentence()
                .substring(verdict.reason().fact().length())
                .strip();
        if (general.isEmpty()) {
            // The advice of the reason is the better one, or there is nothing to do.
            assertThat(message).startsWith(verdict.reason().sentence()).doesNotContain(ADVICE);
        } else {
            assertThat(message).endsWith(ADVICE).doesNotContain(general);
        }
    }
}
