/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.DELETE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.FIND_PROJECT;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.LOGIN;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.READ;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.UPDATE;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import java.time.Duration;
import java.util.List;

/**
 * The table that classifies the error responses of EVS, Cinder, IAM and the gateway. No other code compares status codes,
 * vendor codes or vendor messages. Codes are ambiguous ({@code EVS.5400} is any 400 of Cinder, {@code Common.0013} and {@code
 * Common.0018} have the same message). So code and message decide together, and the first matching rule applies.
 */
public final class ErrorCatalog {
    private static final String CODES = "EVS API reference, Error Codes";
    private static final String STATUSES = "EVS API reference, Status Codes";
    private static final String STATES = "EVS API reference, EVS Disk Status";
    private static final String SNAPSHOT_STATES = "EVS API reference, EVS Snapshot Status";
    private static final String CINDER = "OpenStack Cinder 12.0.0, ";
    private static final String GATEWAY = "API Gateway user guide, Error Codes";
    private static final String IAM = "IAM API reference, Error Codes";
    /** The prefix is APIGW on the shared gateway and APIG on dedicated gateways. */
    private static final String GATEWAY_CODE = "APIG(W)?\\.";

    private static final String NOTHING_TO_DO = "Nothing to do: the operator tries again.";
    private static final String SUPPORT = "Contact the support of the cloud with the request id.";
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    private static final List<ErrorRule> RULES = List.of(

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

            // The volume.

            when("volume-attached")
                    .on(CREATE)
                    .text("current status is:? *'?in-use")
                    .means(Kind.VOLUME_ATTACHED)
                    .advice("Set spec.force: true. The snapshot then contains what is on the volume at that moment.")
                    .source(CINDER + "volume/api.py; EVS.5400 on Huawei (huaweicloud-csi-driver issue 125)"),
            when("volume-unusable-by-text")
                    .on(CREATE)
                    .text("current status is:? *'?(error|awaiting-transfer)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Repair the volume, or contact the support of the cloud: the state does not end automatically.")
                    .source(STATES),
            when("volume-busy-by-text")
                    .on(CREATE)
                    .text("status must be .*current status is|while volume is migrating")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the volume leaves its transient state.")
                    .source(STATES + "; " + CINDER + "volume/api.py"),
            when("volume-unusable")
                    .code("EVS\\.(202[01456])")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Repair the volume, or contact the support of the cloud: the state does not end automatically.")
                    .source(CODES + ", EVS.2020, EVS.2021, EVS.2024 to EVS.2026"),
            when("volume-locked")
                    .code("EVS\\.2068|EVS\\.2130")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the lock or the backup of the volume ends.")
                    .source(CODES + ", EVS.2068, EVS.2130"),
            when("volume-not-supported")
                    .code("EVS\\.(1012|2089|2093)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Choose another volume: this one is temporary, replicated by SDRS, or not an EVS volume.")
                    .source(CODES + ", EVS.1012, EVS.2089, EVS.2093"),
            when("volume-id-invalid")
                    .code("EVS\\.1002")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.source.volumeId: EVS volume ids are UUIDs.")
                    .source(CODES + ", EVS.1002"),
            when("encryption-key-unusable")
                    .code("EVS\\.(2040|2041|2044|2055|2105)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Check in KMS that the key of the volume is enabled and that EVS may use it.")
                    .source(CODES + ", EVS.2040, EVS.2041, EVS.2044, EVS.2055, EVS.2105"),

            // Absent.

            when("path-unknown")
                    .status("404")
                    .text("^The resource could not be found\\.?")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Correct {endpoint}, {project-id} or {family}: the response does not say that the snapshot or the"
                                    + " volume is absent.")
                    .source("OpenStack, response to an unknown path; for an absent snapshot Cinder names the id ("
                            + CINDER + "exception.py)"),
            when("volume-not-found")
                    .on(CREATE)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct spec.source: the volume does not exist in this project.")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Volume … could not be found.'"),
            when("volume-not-found-by-text")
                    .on(CREATE)
                    .status("404")
                    .text("volume .*(could not be found|not found|does not exist)")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct spec.source: the volume does not exist in this project.")
                    .source(CINDER + "'Volume … could not be found.' in an unknown wrapper"),
            when("snapshot-absent")
                    .on(READ, UPDATE, DELETE)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Snapshot … could not be found.'"),
            when("snapshot-absent-by-text")
                    .on(READ, UPDATE, DELETE)
                    .status("404")
                    .code("error|EVS\\..*")
                    .text("snapshot .*(could not be found|not found|does not exist)")
                    .source(CINDER + "'Snapshot … could not be found.' in an unknown wrapper"),
            when("not-the-api")
                    .status("404|410")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Correct {endpoint}, {project-id} or {family}: the response does not say what is absent, so it"
                                    + " proves nothing.")
                    .source("EVS API reference, Error Codes: the code of an absent object is EVS.5404 or itemNotFound"),

            // The snapshot.

            when("snapshot-error-deleting")
                    .code("EVS\\.2019")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Ask the support of the cloud to remove the snapshot: only the support can end error_deleting.")
                    .source(CODES + ", EVS.2019"),
            when("snapshot-busy")
                    .code("EVS\\.(1047|2043)")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the snapshot leaves its transient state.")
                    .source(CODES + ", EVS.1047, EVS.2043"),
            when("snapshot-busy-by-text")
                    .status("400|409")
                    .text("snapshot status must be")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the snapshot leaves its transient state.")
                    .source(CINDER + "volume/api.py; " + SNAPSHOT_STATES),
            when("snapshot-has-dependents")
                    .text("SnapshotIsBusy|dependent volumes|snapshot .*is busy")
                    .means(Kind.BUSY)
                    .advice("Delete the volumes that are linked clones of this snapshot, or wait.")
                    .source(CINDER + "SnapshotIsBusy (openstack/freezer issue 7)"),
            when("snapshot-in-progress")
                    .code("EVS\\.2409")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the cloud creates one snapshot of a volume at a time.")
                    .source("Huawei EVS API reference, EVS.2409"),
            when("snapshot-id-invalid")
                    .code("EVS\\.(2045|1032)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the snapshot id: EVS ids are UUIDs.")
                    .source(CODES + ", EVS.1032, EVS.2045"),

            // Quota.

            when("rate-limited-as-413")
                    .status("413")
                    .text("rate.?limit")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do: the whole connection slows down.")
                    .source("OpenStack, older rate limiter: 413 overLimit"),
            when("metadata-too-long")
                    .text("greater than 255 characters|size of metadata is too large")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Shorten spec.metadata: keys and values have at most 255 characters.")
                    .source(CINDER + "metadata checks; " + CODES + ", EVS.1005"),
            when("quota-of-volume-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("snapshots?\\b.*\\b(per|each|of the|for the|for this|of this) (volume|disk)\\b.*"
                            + "|(volume|disk)\\b.*\\b(maximum|limit|exceed\\w*)\\b.*\\bsnapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume: a volume can have 7 snapshots created by users.")
                    .source(
                            "EVS user guide, snapshot constraints: 7 per disk. The response is not documented: a guess"),
            when("quota-of-snapshots-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("Maximum number of snapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume (it can have 7), or increase the quota of the project.")
                    .source(CINDER + "quota messages. They do not name the scope, so the smaller scope is suspended"),
            when("quota-of-project-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("allowed gigabytes quota|exceeded .*quota")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or increase the quota of snapshots and gigabytes of the project.")
                    .source(CINDER + "quota messages; EVS API reference, Querying Tenant Quotas"),
            when("quota-of-project")
                    .on(CREATE)
                    .code("EVS\\.(1034|1042)")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or increase the quota of snapshots and gigabytes of the project.")
                    .source(CODES + ", EVS.1034, EVS.1042"),
            when("quota")
                    .on(CREATE)
                    .status("413")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume (it can have 7), or increase the quota of the project.")
                    .source(STATUSES + ", 413 overLimit; " + CODES
                            + ", EVS.5413. They do not name the scope, so the smaller scope is suspended"),
            when("quota-unreadable")
                    .code("EVS\\.(1033|2032|2033)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(CODES + ", EVS.1033, EVS.2032, EVS.2033"),

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
                    .on(CREATE)
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
