/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the table with recorded and documented responses of {@code ErrorCatalogTest/responses.csv}. */
class ErrorCatalogTest {
    private static final ConnectionSettings SETTINGS =
            ConnectionSettings.builder().region("eu-de").build();
    private final CloudExceptionFactory failures = new CloudExceptionFactory(SETTINGS, new SteppedClock());

    private static CloudHttpResponse response(int status, String body, String... headers) {
        var map = Stream.of(headers)
                .map(header -> header.split(": ", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> List.of(pair[1])));
        return new CloudHttpResponse(
                status,
                HttpHeaders.of(map, (name, value) -> true),
                body.getBytes(StandardCharsets.UTF_8),
                true,
                Secrets.of("hunter2"));
    }

    private Optional<CloudException> failure(CloudOperation operation, int status, String body, String... headers) {
        return failures.classify(new CallDescription(operation, "do it"), response(status, body, headers))
                .failure();
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = "ErrorCatalogTest/responses.csv",
            delimiter = '|',
            quoteCharacter = '~',
            numLinesToSkip = 1,
            maxCharsPerColumn = 10_000)
    void classifiesEveryRecordedResponse(String operations, int status, String body, String kind, String outcome) {
        for (var name : operations.equals("*")
                ? Arrays.stream(CloudOperation.values()).map(Enum::name).toList()
                : List.of(operations.split(" "))) {
            var operation = CloudOperation.valueOf(name);

            var failure = failure(operation, status, body == null ? "" : body);

            assertThat(failure.map(exception -> exception.kind().name()).orElse("ABSENT"))
                    .as("%s %d %s", operation, status, body)
                    .isEqualTo(kind);
            failure.ifPresent(exception -> assertThat(exception.mayHaveActed())
                    .as("mayHaveActed after %s %d", operation, status)
                    .isEqualTo(operation.isMutating() && "ambiguous".equals(outcome)));
        }
    }

    @Test
    void hasPatternsAdviceAndSourceInEveryRule() {
        var keys = Arrays.stream(ConnectionSettings.Key.values())
                .map(ConnectionSettings.Key::suffix)
                .toList();
        assertThat(ErrorCatalog.rules()).allSatisfy(rule -> {
            Pattern.compile(rule.statuses());
            Pattern.compile(rule.codes());
            Pattern.compile(rule.text());
            assertThat(rule.source()).isNotBlank();
            assertThat(rule.operations()).isNotEmpty();
            assertThat(rule.quotaScope().isPresent()).isEqualTo(rule.kind().equals(Optional.of(Kind.QUOTA)));
            if (rule.kind().isPresent()) {
                assertThat(rule.advice()).endsWith(".");
                Pattern.compile("\\{([^}]*)}").matcher(rule.advice()).results().forEach(key -> assertThat(keys)
                        .contains(key.group(1)));
            } else {
                assertThat(rule.operations())
                        .doesNotContain(
                                CloudOperation.CREATE,
                                CloudOperation.LIST,
                                CloudOperation.CREATE_VOLUME,
                                CloudOperation.LIST_VOLUMES,
                                CloudOperation.LOGIN);
            }
        });
        assertThat(ErrorCatalog.rules()).extracting(ErrorRule::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(NoResponseCause.class)
    void givesAdviceForEveryCauseOfNoResponse(NoResponseCause reason) {
        var failure = failures.withoutResponse(new CallDescription(CloudOperation.CREATE, "do it"), reason, null);

        assertThat(failure.details().advice()).endsWith(".").doesNotContain("{", "}");
        assertThat(failure).hasMessageStartingWith("Tried to do it but ");
    }

    @Test
    void hasRuleForEveryKind() {
        assertThat(ErrorCatalog.rules().stream().flatMap(rule -> rule.kind().stream()))
                .contains(Kind.values());
    }

    @ParameterizedTest
    @ValueSource(ints = {303, 408, 409, 429, 500, 501, 502, 503, 504, 599})
    void treatsMutatingCallAsAmbiguousAfterStatus(int status) {
        assertThat(ErrorCatalog.isAmbiguous(status)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 307, 400, 401, 403, 404, 405, 413, 415, 422})
    void treatsMutatingCallAsRejectedAfterStatus(int status) {
        assertThat(ErrorCatalog.isAmbiguous(status)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "{\"error\":{\"message\":\"gone\",\"code\":\"EVS.5404\"}}|EVS.5404|gone",
                "{\"badRequest\":{\"message\":\"no\",\"code\":400}}|badRequest|no",
                "{\"badrequest\":{\"message\":\"no\",\"code\":\"400\"}}|badrequest|no",
                "{\"somethingNew\":{\"message\":\"odd\",\"code\":418}}|somethingNew|odd",
                "{\"error_code\":\"APIGW.0301\",\"error_msg\":\"who?\",\"request_id\":\"r\"}|APIGW.0301|who?",
                "{\"error\":{\"code\":401,\"message\":\"The X-Auth-Token is invalid!\",\"title\":\"Unauthorized\"}}|-|The X-Auth-Token is invalid!",
                "{\"code\":\"X.1\",\"message\":\"flat\"}|X.1|flat",
                "{\"outer\":{\"list\":[{\"inner\":{\"error_code\":\"X.2\",\"error_msg\":\"deep\"}}]}}|X.2|deep",
                "{\"error\":{\"message\":\"only words\"}}|-|only words",
                "{\"error\":{\"code\":\"X.3\"}}|X.3|no explanation",
                "{\"odd\":true}|-|{\"odd\":true}",
                "<html><body>Bad Gateway</body></html>|-|an HTML page, not the EVS API",
                "upstream connect error|-|upstream connect error",
                "~~|-|no explanation"
            })
    void readsBodyOfEveryShape(String body, String code, String message) {
        var read = ErrorBody.of(response(500, body));

        assertThat(read.code()).isEqualTo(Optional.ofNullable(code));
        assertThat(read.message()).isEqualTo(message);
    }

    @Test
    void cutsMessageTo256CodePoints() {
        var message = "x".repeat(10_000);

        assertThat(ErrorBody.of(response(500, "{\"code\":\"c\",\"message\":\"" + message + "\"}"))
                        .message())
                .hasSize(256)
                .endsWith("…");
    }

    @Test
    void dropsCodeThatIsNone() {
        for (var code : List.of("c".repeat(65), "hunter2", "with space")) {
            assertThat(ErrorBody.of(response(500, "{\"code\":\"" + code + "\",\"message\":\"m\"}"))
                            .code())
                    .isEmpty();
        }
    }

    /** The secret of the tests is a word of this message of the cloud. */
    @Test
    void classifiesMessageThatContainsSecretAsWord() {
        var body = ErrorBody.of(response(400, "{\"badRequest\":{\"message\":\"metadata of hunter2\",\"code\":400}}"));

        assertThat(body.searchable()).isEqualTo("metadata of hunter2");
        assertThat(body.message()).isEqualTo("metadata of ***");
        assertThat(body.toString()).isEqualTo("JSON badRequest: metadata of ***");
    }

    @Test
    void cleansMessageOfControlCharactersAndSecrets() {
        assertThat(ErrorBody.of(response(500, "a\u0000b \r\n\tc\u001b[31m hunter2"))
                        .message())
                .isEqualTo("ab c ***");
    }

    @Test
    void endsSearchInDeeplyNestedBody() {
        var deep = "{\"a\":".repeat(500) + "1" + "}".repeat(500);

        assertThat(ErrorBody.of(response(500, deep)).message()).isNotBlank();
    }

    @Test
    void distinguishesQuotaOfProjectFromQuotaOfVolume() {
        assertThat(quotaScope("{\"overLimit\":{\"code\":413,\"message\":\"Requested volume or snapshot exceeds allowed"
                        + " gigabytes quota. Requested 40G, quota is 1000G and 990G has been consumed.\"}}"))
                .contains(QuotaScope.PROJECT);
        assertThat(quotaScope("{\"overLimit\":{\"code\":413,\"message\":\"Maximum number of snapshots allowed (10)"
                        + " exceeded\",\"retryAfter\":\"0\"}}"))
                .contains(QuotaScope.VOLUME);
        assertThat(quotaScope("{\"overLimit\":{\"code\":413,\"message\":\"The number of snapshots of this volume has"
                        + " reached the maximum\"}}"))
                .contains(QuotaScope.VOLUME);
        assertThat(quotaScope("{\"overLimit\":{\"code\":413,\"message\":\"no\"}}"))
                .contains(QuotaScope.VOLUME);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "400|{\"error\":{\"message\":\"volume count exceeded volume count quota!\",\"code\":\"EVS.1034\"}}",
                "400|{\"error\":{\"message\":\"volume gigabytes exceeded\",\"code\":\"EVS.1042\"}}",
                "400|{\"error\":{\"message\":\"Volume type [SSD] is sold out !\",\"code\":\"EVS.2072\"}}",
                "413|{\"error\":{\"message\":\"Insufficient volume quota.\",\"code\":\"EVS.5413\"}}",
                "413|{\"overLimit\":{\"message\":\"Maximum number of volumes allowed (10) exceeded\",\"code\":413}}",
                "413|{\"overLimit\":{\"message\":\"exceeds allowed gigabytes quota. Requested 40G\",\"code\":413}}",
                "413|{}"
            })
    void limitsQuotaOfVolumeCreateToVolumes(int status, String body) {
        var failure = failure(CloudOperation.CREATE_VOLUME, status, body).orElseThrow();

        assertThat(failure.details().quotaScope()).contains(QuotaScope.VOLUMES);
    }

    /** The names of the fields of a snapshot request, and what only a snapshot has. */
    @Test
    void givesNoAdviceOfSnapshotRequestsForVolumeCalls() {
        for (var operation : CloudOperation.VOLUME_CALLS) {
            for (var response : responses()) {
                failure(operation, response.status(), response.body())
                        .ifPresent(failure -> assertThat(failure.details().advice())
                                .as("%s %d %s", operation, response.status(), response.body())
                                .doesNotContain("spec.source", "spec.force", "evs:snapshots:create", "can have 7")
                                .doesNotStartWith("Delete snapshots"));
            }
        }
    }

    private record Response(int status, String body) {}

    private static List<Response> responses() {
        try (var csv = ErrorCatalogTest.class.getResourceAsStream("ErrorCatalogTest/responses.csv")) {
            return new String(csv.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\\|", -1))
                    .map(columns -> new Response(Integer.parseInt(columns[1]), columns[2]))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Optional<QuotaScope> quotaScope(String body) {
        return failure(CloudOperation.CREATE, 413, body).orElseThrow().details().quotaScope();
    }

    @Test
    void ignoresRetryAfterZeroOfQuotaResponse() {
        var failure = failure(
                        CloudOperation.CREATE,
                        413,
                        "{\"overLimit\":{\"code\":413,\"message\":\"Maximum number of snapshots allowed (10) exceeded\"}}",
                        "Retry-After: 0")
                .orElseThrow();

        assertThat(failure.details().retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "120|PT2M",
                "0|-",
                "Thu, 01 Jan 2026 00:00:30 GMT|PT30S",
                "Wed, 31 Dec 2025 23:59:59 GMT|-",
                "soon|-",
                "-5|-"
            })
    void readsRetryAfterAsSecondsOrDate(String header, Duration wait) {
        var failure =
                failure(CloudOperation.READ, 429, "", "Retry-After: " + header).orElseThrow();

        assertThat(failure.details().retryAfter()).isEqualTo(Optional.ofNullable(wait));
    }

    @Test
    void comparesRetryAfterDateWithClockOfServer() {
        var failure = failure(
                        CloudOperation.READ,
                        503,
                        "",
                        "Retry-After: Thu, 01 Jan 2026 10:00:30 GMT",
                        "Date: Thu, 01 Jan 2026 10:00:00 GMT")
                .orElseThrow();

        assertThat(failure.details().retryAfter()).contains(Duration.ofSeconds(30));
    }

    @Test
    void namesKeysOfSettingsInAdvice() {
        var evs = failure(CloudOperation.READ, 404, "{\"error_code\":\"APIGW.0101\",\"error_msg\":\"no API\"}")
                .orElseThrow();
        var iam = failure(CloudOperation.LOGIN, 404, "<html>").orElseThrow();

        assertThat(evs.details().advice()).contains("evs.connection.endpoint");
        assertThat(iam.details().advice()).contains("evs.connection.iam-endpoint");
    }

    @Test
    void reportsCodeAndRequestIdOfResponse() {
        var failure = failure(
                        CloudOperation.CREATE,
                        400,
                        "{\"error\":{\"code\":\"EVS.5400\",\"message\":\"Invalid volume: Volume v-1 status must be"
                                + " available, but current status is: in-use.\"}}",
                        "X-Request-Id: r-17")
                .orElseThrow();

        assertThat(failure)
                .hasMessage(
                        "Tried to do it but the cloud responded with EVS.5400: Invalid volume: Volume v-1 status must be"
                                + " available, but current status is: in-use.");
        assertThat(failure.details().requestId()).contains("r-17");
        assertThat(failure.details().advice()).startsWith("Set spec.force: true");
    }
}
