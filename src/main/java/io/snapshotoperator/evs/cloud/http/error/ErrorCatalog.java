/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE_VOLUME;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.VOLUME_CALLS;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CINDER;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CODES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.GATEWAY;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.GRANT_VOLUME_ACTIONS;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.NOTHING_TO_DO;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.STATUSES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.SUPPORT;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table that classifies the error responses of EVS, Cinder, IAM and the gateway. No other code compares status
 * codes, vendor codes or vendor messages. Codes are ambiguous ({@code EVS.5400} is any 400 of Cinder, {@code
 * Common.0013} and {@code Common.0018} have the same message). So code and message decide together, and the first
 * matching rule applies. Classes of this package contain the rules of one subject each.
 */
public final class ErrorCatalog {
    private static final List<ErrorRule> GENERAL_RULES = List.of(

            // The content of the request.

            when("name-invalid")
                    .code("EVS\\.1003")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.name: at most 255 bytes.")
                    .source(CODES + ", EVS.1003; Creating an EVS Snapshot"),
            when("description-invalid")
                    .code("EVS\\.1004")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.description: at most 255 bytes.")
                    .source(CODES + ", EVS.1004; Creating an EVS Snapshot"),
            when("metadata-invalid")
                    .on(CREATE, CREATE_VOLUME)
                    .status("400")
                    .text("metadata")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.metadata: keys contain letters, digits, - _ : . and spaces, but no slash.")
                    .source(CINDER + "api/schemas; " + CODES + ", EVS.1005, EVS.2047"),
            when("request-invalid")
                    .code("EVS\\.(1005|1013|1018|102[345]|1031|1039|104[01]|1052|1058|1061|1062|1070|2047|2108|2142)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the spec as described in the message.")
                    .source(CODES + ", request format"),
            when("request-malformed")
                    .status("400")
                    .code("badRequest|EVS\\.5400")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the spec as described in the message.")
                    .source(CODES + ", EVS.5400; " + CINDER + "badRequest"),

            // By status, if no code matches.

            when("server-codes")
                    .status("5..")
                    .code("EVS\\.(200[1257]|2013|2014|2023|2029|203[01]|5500|5503)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(CODES + ", server side"),
            when("throttled")
                    .status("429")
                    .means(Kind.THROTTLED)
                    .advice(
                            "Nothing to do: the whole connection slows down. If this continues, reduce the call budget.")
                    .source(GATEWAY + ", 0308; RFC 6585"),
            when("not-implemented")
                    .status("501")
                    .means(Kind.MISCONFIGURED)
                    .advice("Change {family}: this cloud does not provide the call in the configured family.")
                    .source(STATUSES + ", 501"),
            when("server-error")
                    .status("5..|408")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(STATUSES + ", 408, 500, 502, 503, 504"),
            when("conflict")
                    .status("409")
                    .means(Kind.BUSY)
                    .advice(NOTHING_TO_DO)
                    .source(STATUSES + ", 409"),
            when("unauthorized")
                    .status("401")
                    .rejectsAuthentication()
                    .advice("Correct {credentials}. Check that {endpoint} and {iam-endpoint} belong to the same cloud.")
                    .source(STATUSES + ", 401"),
            when("proxy-authentication-required")
                    .status("407")
                    .means(Kind.MISCONFIGURED)
                    .advice("Allow the operator to use the proxy of {proxy} without a password.")
                    .source("RFC 9110, 407"),
            when("html-instead-of-api")
                    .status("[34]..")
                    .code("\\(html\\)")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint} or {proxy}: the response does not come from the EVS API.")
                    .source("EVS API reference: every response is JSON"),
            when("volume-forbidden")
                    .on(VOLUME_CALLS)
                    .status("403")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(GRANT_VOLUME_ACTIONS)
                    .source(STATUSES + ", 403; Permissions Policies and Supported Actions, Disk"),
            when("forbidden")
                    .status("403")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(
                            "Grant the user of {credentials} evs:snapshots:create, get, list, update and delete, and with the"
                                    + " Cinder family also evs:volumes:get.")
                    .source(STATUSES + ", 403; Permissions Policies and Supported Actions, Snapshot"),
            when("redirected")
                    .status("3..")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Set {endpoint} to an address that does not redirect. The operator follows no redirect, because it"
                                    + " could send a token to another host.")
                    .source("EVS API reference, API Version Query: only GET / responds with 300"),
            when("method-or-type-rejected")
                    .status("405|406|415")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint} or {family}: the server does not support the call.")
                    .source(STATUSES + ", 405, 406, 415"),
            when("unknown").means(Kind.UNKNOWN).advice(SUPPORT).source("no other rule matches the response"));

    private static final List<ErrorRule> RULES = Stream.of(
                    AccessErrorRules.RULES,
                    VolumeErrorRules.RULES,
                    SnapshotErrorRules.RULES,
                    QuotaErrorRules.RULES,
                    GENERAL_RULES)
            .flatMap(List::stream)
            .toList();

    private ErrorCatalog() {}

    /** Returns all rules in their order of precedence. The last one matches every response. */
    public static List<ErrorRule> rules() {
        return RULES;
    }

    /** Returns the first rule that matches the response, which must not be a 2xx. */
    static ErrorRule ruleFor(CloudOperation operation, int status, ErrorBody body) {
        return RULES.stream()
                .filter(rule -> rule.matches(operation, status, body))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns whether the cloud may have executed a mutating call in spite of this status. These are definite rejections, which
     * precede the execution: 3xx except 303 (the response to an executed request), and 4xx except 408, 409 and 429.
     */
    static boolean isAmbiguous(int status) {
        return switch (status) {
            case 303, 408, 409, 429 -> true;
            default -> status < 300 || status >= 500;
        };
    }
}
