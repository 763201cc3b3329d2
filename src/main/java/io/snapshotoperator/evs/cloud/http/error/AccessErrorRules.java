/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.FIND_PROJECT;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.LOGIN;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.VOLUME_CALLS;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CINDER;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CODES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.GATEWAY;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.GATEWAY_CODE;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.GRANT_VOLUME_ACTIONS;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.IAM;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.NOTHING_TO_DO;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.SUPPORT;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import java.time.Duration;
import java.util.List;

/** The rules of the gateway, of IAM, of the project and the token, and of wrong addresses. Any call can get them. */
final class AccessErrorRules {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    static final List<ErrorRule> RULES = List.of(

            // The gateway, which can respond to any call.

            when("gateway-no-such-api")
                    .code(GATEWAY_CODE + "0101")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint}, {region} or {family}: the API does not exist at this address.")
                    .source(GATEWAY + ", 0101 (a wrong address, never an absent snapshot)"),
            when("gateway-throttled")
                    .code(GATEWAY_CODE + "0308")
                    .means(Kind.THROTTLED)
                    .advice(
                            "Nothing to do: the whole connection slows down. If this continues, reduce the call budget.")
                    .source(GATEWAY + ", 0308"),
            when("gateway-key-locked")
                    .code(GATEWAY_CODE + "030[1357]")
                    .text("AK access failed to reach the limit")
                    .locksAuthentication()
                    .minRetryDelay(FIVE_MINUTES)
                    .advice(
                            "Correct secretKey and accessKey in {credentials}. More than five wrong signatures in a row lock"
                                    + " an access key for five minutes.")
                    .source(GATEWAY + ", 0301; lock after repeated AK/SK failures"),
            when("gateway-signature-wrong")
                    .code(GATEWAY_CODE + "030[1357]")
                    .text("verify aksk signature fail")
                    .rejectsAuthentication()
                    .advice("Correct secretKey in {credentials}: it does not match accessKey.")
                    .source(GATEWAY + ", 0301 (huaweicloud-sdk-python issue 13)"),
            when("gateway-key-unknown")
                    .code(GATEWAY_CODE + "030[1357]")
                    .text("ak not exist")
                    .rejectsAuthentication()
                    .advice("Correct accessKey in {credentials}: the key was deleted, or belongs to another cloud than"
                            + " {endpoint}.")
                    .source(GATEWAY + ", FAQ on 0301"),
            when("gateway-signature-expired")
                    .code(GATEWAY_CODE + "030[1357]")
                    .text("signature expired|signature time")
                    .rejectsAuthentication()
                    .advice(
                            "Correct the clock of the operator's node (NTP): it differs from the clock of the cloud by more"
                                    + " than 15 minutes.")
                    .source(GATEWAY + ", 0303; API usage guide, AK/SK Authentication"),
            when("gateway-body-too-large")
                    .code(GATEWAY_CODE + "0301")
                    .text("body too large")
                    .means(Kind.INVALID_REQUEST)
                    .advice(
                            "Reduce the size of the request: the gateway accepts no signature of a body larger than 12 MB.")
                    .source(GATEWAY + ", 0301 (terraform-provider-opentelekomcloud issue 2906)"),
            when("gateway-token-of-other-region")
                    .code(GATEWAY_CODE + "030[1357]")
                    .text("decrypt token fail")
                    .rejectsAuthentication()
                    .advice("Check that {endpoint} and {iam-endpoint} belong to the same region.")
                    .source(GATEWAY + ", 0301"),
            when("gateway-authentication-rejected")
                    .code(GATEWAY_CODE + "030[1357]")
                    .rejectsAuthentication()
                    .advice("Correct {credentials}. Check that {endpoint} and {iam-endpoint} belong to the same cloud.")
                    .source(GATEWAY + ", 0301, 0303, 0305, 0307"),
            when("gateway-forbidden")
                    .code(GATEWAY_CODE + "(0302|0304|0306|0802)")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Allow the user of {credentials} to call EVS in this region.")
                    .source(GATEWAY + ", 0302, 0304, 0306, 0802"),
            when("gateway-project-unavailable")
                    .code(GATEWAY_CODE + "0310")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Check in the console why the project is unavailable (payment, frozen account).")
                    .source(GATEWAY + ", 0310"),
            when("gateway-address-rules")
                    .code(GATEWAY_CODE + "040[1-5]")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Allow the address of the operator in the access rules of the account.")
                    .source(GATEWAY + ", 0401 to 0405"),
            when("gateway-request-too-large")
                    .status("413|414|494")
                    .code(GATEWAY_CODE + "0201")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Reduce the size of the request: shorten spec.metadata.")
                    .source(GATEWAY + ", 0201"),
            when("gateway-bad-request")
                    .status("400")
                    .code(GATEWAY_CODE + "(0201|0602)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(SUPPORT)
                    .source(GATEWAY + ", 0201, 0602"),
            when("gateway-server-error")
                    .code(GATEWAY_CODE + "(010[3-7]|020[1-3]|0601|0605|0606|0610|0613)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(GATEWAY + ", 0103 to 0107, 0201 to 0203, 06xx"),

            // IAM.

            when("iam-account-locked")
                    .code("IAM\\.0061")
                    .locksAuthentication()
                    .minRetryDelay(Duration.ofMinutes(15))
                    .advice(
                            "Correct the password in {credentials}. Wrong passwords locked the user, so the operator does not"
                                    + " log in for 15 minutes.")
                    .source(IAM + ", IAM.0061"),
            when("iam-throttled")
                    .code("IAM\\.0012")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do: the operator tries the next login later.")
                    .source(IAM + ", IAM.0012"),
            when("iam-project-unknown")
                    .code("(IAM\\.)?1109|IAM\\.0004")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id} or {project-name}: IAM finds no such project for these credentials.")
                    .source(IAM + ", IAM.0004, 1109"),
            when("iam-key-unusable")
                    .code("(IAM\\.)?110[457]")
                    .rejectsAuthentication()
                    .advice(
                            "Replace accessKey and secretKey in {credentials}: the key is blocked, expired or inactive.")
                    .source(IAM + ", 1104, 1105, 1107"),
            when("iam-security-token-expired")
                    .code("(IAM\\.)?1108")
                    .rejectsAuthentication()
                    .advice("Replace the temporary key in {credentials}: its securityToken has expired.")
                    .source(IAM + ", 1108"),
            when("iam-key-rejected")
                    .code("(IAM\\.)?110[1236]")
                    .rejectsAuthentication()
                    .advice("Correct accessKey and secretKey in {credentials}.")
                    .source(IAM + ", 1101 to 1109"),
            when("iam-token-rejected")
                    .code("IAM\\.006[67]")
                    .rejectsAuthentication()
                    .advice(
                            "Nothing to do if this happens once. Otherwise check whether the user of {credentials} was disabled"
                                    + " or its permissions changed.")
                    .source(IAM + ", IAM.0066, IAM.0067"),
            when("iam-wrong-credentials")
                    .status("401")
                    .on(LOGIN)
                    .rejectsAuthentication()
                    .minRetryDelay(FIVE_MINUTES)
                    .advice(
                            "Correct username, password and domainName in {credentials}. The operator tries the next login"
                                    + " later, so that IAM does not lock the user.")
                    .source(IAM + ", IAM.0001, IAM.0062 to IAM.0064"),
            when("iam-not-permitted")
                    .status("403")
                    .on(LOGIN)
                    .means(Kind.NOT_AUTHORIZED)
                    .minRetryDelay(FIVE_MINUTES)
                    .advice("Allow programmatic access and this project for the user of {credentials}.")
                    .source(IAM + ", IAM.0002, IAM.0003, IAM.0080 to IAM.0083"),
            when("iam-list-projects-forbidden")
                    .status("403")
                    .on(FIND_PROJECT)
                    .means(Kind.NOT_AUTHORIZED)
                    .minRetryDelay(FIVE_MINUTES)
                    .advice("Set {project-id}, or allow the user of {credentials} to list projects.")
                    .source("IAM API reference, Querying Project Information"),
            when("iam-request-rejected")
                    .status("400|410")
                    .on(LOGIN, FIND_PROJECT)
                    .code("IAM\\.(0007|0011|0072|0073|0020)|error|badRequest")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct domainName and username in {credentials}, and {project-id} or {project-name}.")
                    .source(IAM + ", IAM.0007, IAM.0011, IAM.0020, IAM.0072, IAM.0073"),
            when("iam-server-error")
                    .code("IAM\\.000[56]")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(IAM + ", IAM.0005, IAM.0006"),

            // The project in the path and the token.

            when("project-of-other-token")
                    .code("Common\\.0018")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}: the credentials belong to another project.")
                    .source(CODES + ", Common.0018 (not Common.0013)"),
            when("project-id-invalid")
                    .code("EVS\\.0001")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}.")
                    .source(CODES + ", EVS.0001"),
            when("project-mismatch")
                    .text("URL's project_id .* doesn't match Context's project_id")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}: the credentials belong to another project.")
                    .source("gophertelekomcloud issue 597 (a 401 that a new token does not solve)"),
            when("encryption-agency-missing")
                    .code("EVS\\.2143")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Open EVS once in the console and allow it to use KMS (an agency).")
                    .source(CODES + ", EVS.2143 (a 401 that a new token does not solve)"),
            when("token-rejected")
                    .code("Common\\.0013|EVS\\.0002|EVS\\.5401")
                    .rejectsAuthentication()
                    .advice("Nothing to do if this happens once. Otherwise correct {credentials}.")
                    .source(CODES + ", Common.0013 (400, an expired token), EVS.0002, EVS.5401"),
            when("account-frozen")
                    .code("EVS\\.214[45]")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Contact the cloud: the account is frozen or suspended.")
                    .source(CODES + ", EVS.2144, EVS.2145"),
            when("metadata-protected")
                    .code("EVS\\.5403")
                    .text("metadata can not be operated")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Remove reserved keys from spec.metadata.")
                    .source(CODES + ", EVS.5403"),
            when("volume-permissions-missing")
                    .on(VOLUME_CALLS)
                    .code("EVS\\.(0003|1027|2056|5403)")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(GRANT_VOLUME_ACTIONS)
                    .source(CODES + ", EVS.0003, EVS.1027, EVS.2056, EVS.5403"),
            when("permissions-missing")
                    .code("EVS\\.(0003|1027|2056|5403)")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(
                            "Grant the user of {credentials} evs:snapshots:create, get, list, update and delete, and with the"
                                    + " Cinder family also evs:volumes:get.")
                    .source(CODES + ", EVS.0003, EVS.1027, EVS.2056, EVS.5403"),
            when("token-without-domain")
                    .code("EVS\\.(2010|203[456])")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(
                            "Check that the user of {credentials} belongs to an account and has permissions in this project.")
                    .source(CODES + ", EVS.2010, EVS.2034 to EVS.2036"),

            // The path.

            when("path-unknown")
                    .status("404")
                    .text("^The resource could not be found\\.?")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Correct {endpoint}, {project-id} or {family}: the response does not say that the snapshot, the"
                                    + " volume or the job is absent.")
                    .source("OpenStack, response to an unknown path; for an absent snapshot Cinder names the id ("
                            + CINDER + "exception.py)"));

    private AccessErrorRules() {}
}
