/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import static io.snapshotoperator.evs.cloud.http.HostileText.assertNoSecret;

import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor.Outcome;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule.AuthEffect;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Project;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpRequest;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No text form of an object that holds a secret contains it: such a text can reach a log through any message. */
class SecretRecordsTest {
    private static final String SECRET = "sEcReTsEcReTsEcReTsEcReTsEcReT";
    private static final Secrets SECRETS = Secrets.of(SECRET);
    private static final byte[] BODY = SECRET.getBytes(StandardCharsets.UTF_8);
    private static final Credentials.Password PASSWORD = new Credentials.Password("OTC-1", "operator", SECRET);

    private static Stream<Object> holders() {
        var token = new TokenRequest.Granted(SECRET, "p", Duration.ofHours(1));
        return Stream.of(
                SECRETS,
                PASSWORD,
                new Credentials.AccessKey(SECRET, SECRET, Optional.of(SECRET)),
                new Credentials.AccessKey("short", SECRET, Optional.empty()),
                new TokenRequest(URI.create("https://iam"), new Project(Optional.of("p"), Optional.empty()), PASSWORD),
                token,
                new Outcome<>(Optional.of(token), Optional.empty(), AuthEffect.NONE),
                new CloudHttpRequest(
                        "POST", URI.create("https://evs"), Map.of("X-Auth-Token", SECRET), BODY, 1, SECRETS),
                new CloudHttpResponse(
                        201,
                        HttpHeaders.of(Map.of("X-Subject-Token", List.of(SECRET)), (name, value) -> true),
                        BODY,
                        true,
                        SECRETS),
                CloudSnapshotBuilder.builder()
                        .id(new SnapshotId("s"))
                        .wireState("available")
                        .metadata(Map.of(SECRET, SECRET))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("holders")
    void containsNoSecretInToString(Object holder) {
        assertNoSecret(holder.toString(), List.of(SECRET));
    }
}
