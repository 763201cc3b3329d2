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
 * The one table that sorts the errors of EVS, Cinder, IAM and the gateway. Nowhere else is a status, a vendor's code or
 * a vendor's message compared. Codes are overloaded ({@code EVS.5400} is any 400 of Cinder's, {@code Common.0013} and
 * {@code Common.0018} share a message), so code and message decide together, and the first line that fits counts.
 */
public final class ErrorCatalog {
    private static final String CODES = "EVS API reference, Error Codes";
    private static final String STATUSES = "EVS API reference, Status Codes";
    private static final String STATES = "EVS API reference, EVS Disk Status";
    private static final String SNAPSHOT_STATES = "EVS API reference, EVS Snapshot Status";
    private static final String CINDER = "OpenStack Cinder 12.0.0, ";
    private static final String GATEWAY = "API Gateway user guide, Error Codes";
    private static final String IAM = "IAM API reference, Error Codes";
    /** The gateway writes APIGW in front of shared services, APIG in front of dedicated ones. */
    private static final String GW = "APIG(W)?\\.";

    private static final String NOTHING_TO_DO = "Nothing to do; it is tried again.";
    private static final String SUPPORT = "Ask the cloud's support, naming the request id.";
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    private static final List<ErrorRule> LINES = List.of(

            // The gateway, which may answer in front of any call.

            when("gateway-no-such-api")
                    .code(GW + "0101")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint}, {region} or {family}: this address has no such API.")
                    .source(GATEWAY + ", 0101 (a wrong address, never an absent snapshot)"),
            when("gateway-throttled")
                    .code(GW + "0308")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do; the whole connection slows down. If this lasts, lower the budget of calls.")
                    .source(GATEWAY + ", 0308"),
            when("gateway-key-locked")
                    .code(GW + "030[1357]")
                    .text("AK access failed to reach the limit")
                    .locksSession()
                    .leaveAlone(FIVE_MINUTES)
                    .advice(
                            "Correct secretKey and accessKey in {credentials}; more than five wrong signatures in a row lock"
                                    + " an access key for five minutes.")
                    .source(GATEWAY + ", 0301; lock after repeated AK/SK failures"),
            when("gateway-signature-wrong")
                    .code(GW + "030[1357]")
                    .text("verify aksk signature fail")
                    .refusesSession()
                    .advice("Correct secretKey in {credentials}: it does not belong to this accessKey.")
                    .source(GATEWAY + ", 0301 (huaweicloud-sdk-python issue 13)"),
            when("gateway-key-unknown")
                    .code(GW + "030[1357]")
                    .text("ak not exist")
                    .refusesSession()
                    .advice("Correct accessKey in {credentials}: it was deleted, or belongs to another cloud than"
                            + " {endpoint}.")
                    .source(GATEWAY + ", FAQ on 0301"),
            when("gateway-signature-expired")
                    .code(GW + "030[1357]")
                    .text("signature expired|signature time")
                    .refusesSession()
                    .advice("Set the clock of the operator's node (NTP): it differs from the cloud's by more than 15"
                            + " minutes.")
                    .source(GATEWAY + ", 0303; API usage guide, AK/SK Authentication"),
            when("gateway-body-too-large")
                    .code(GW + "0301")
                    .text("body too large")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Make the request smaller: bodies of more than 12 MB are not signed.")
                    .source(GATEWAY + ", 0301 (terraform-provider-opentelekomcloud issue 2906)"),
            when("gateway-token-of-elsewhere")
                    .code(GW + "030[1357]")
                    .text("decrypt token fail")
                    .refusesSession()
                    .advice("See that {endpoint} and {iam-endpoint} belong to the same region.")
                    .source(GATEWAY + ", 0301"),
            when("gateway-session-refused")
                    .code(GW + "030[1357]")
                    .refusesSession()
                    .advice("Correct {credentials}; see that {endpoint} and {iam-endpoint} belong to the same cloud.")
                    .source(GATEWAY + ", 0301, 0303, 0305, 0307"),
            when("gateway-forbidden")
                    .code(GW + "(0302|0304|0306|0802)")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Let the user of {credentials} call EVS in this region.")
                    .source(GATEWAY + ", 0302, 0304, 0306, 0802"),
            when("gateway-project-unavailable")
                    .code(GW + "0310")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("See in the console why the project is unavailable (arrears, freezing).")
                    .source(GATEWAY + ", 0310"),
            when("gateway-address-rules")
                    .code(GW + "040[1-5]")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Admit the operator's address in the access rules of the account.")
                    .source(GATEWAY + ", 0401 to 0405"),
            when("gateway-request-too-large")
                    .status("413|414|494")
                    .code(GW + "0201")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Make the request smaller: shorter metadata.")
                    .source(GATEWAY + ", 0201"),
            when("gateway-bad-request")
                    .status("400")
                    .code(GW + "(0201|0602)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(SUPPORT)
                    .source(GATEWAY + ", 0201, 0602"),
            when("gateway-trouble")
                    .code(GW + "(010[3-7]|020[1-3]|0601|0605|0606|0610|0613)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(GATEWAY + ", 0103 to 0107, 0201 to 0203, 06xx"),

            // IAM.

            when("iam-account-locked")
                    .code("IAM\\.0061")
                    .locksSession()
                    .leaveAlone(Duration.ofMinutes(15))
                    .advice(
                            "Correct the password in {credentials}; wrong ones have locked the user. It is left alone for a"
                                    + " while.")
                    .source(IAM + ", IAM.0061"),
            when("iam-throttled")
                    .code("IAM\\.0012")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do; no login is tried for a while.")
                    .source(IAM + ", IAM.0012"),
            when("iam-project-unknown")
                    .code("(IAM\\.)?1109|IAM\\.0004")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id} or {project-name}: IAM knows no such project for these credentials.")
                    .source(IAM + ", IAM.0004, 1109"),
            when("iam-key-unusable")
                    .code("(IAM\\.)?110[457]")
                    .refusesSession()
                    .advice(
                            "Replace accessKey and secretKey in {credentials}: the key is blocked, expired or inactive.")
                    .source(IAM + ", 1104, 1105, 1107"),
            when("iam-security-token-expired")
                    .code("(IAM\\.)?1108")
                    .refusesSession()
                    .advice("Replace the temporary key in {credentials}: its securityToken has expired.")
                    .source(IAM + ", 1108"),
            when("iam-key-refused")
                    .code("(IAM\\.)?110[1236]")
                    .refusesSession()
                    .advice("Correct accessKey and secretKey in {credentials}.")
                    .source(IAM + ", 1101 to 1109"),
            when("iam-token-refused")
                    .code("IAM\\.006[67]")
                    .refusesSession()
                    .advice(
                            "Nothing to do if it happens once; otherwise see whether the user of {credentials} was disabled"
                                    + " or its rights changed.")
                    .source(IAM + ", IAM.0066, IAM.0067"),
            when("iam-wrong-credentials")
                    .status("401")
                    .on(LOGIN)
                    .refusesSession()
                    .leaveAlone(FIVE_MINUTES)
                    .advice("Correct username, password and domainName in {credentials}. No login is tried for a while,"
                            + " lest the user be locked.")
                    .source(IAM + ", IAM.0001, IAM.0062 to IAM.0064"),
            when("iam-not-permitted")
                    .status("403")
                    .on(LOGIN)
                    .means(Kind.NOT_AUTHORIZED)
                    .leaveAlone(FIVE_MINUTES)
                    .advice("Let the user of {credentials} log in by program and use this project.")
                    .source(IAM + ", IAM.0002, IAM.0003, IAM.0080 to IAM.0083"),
            when("iam-may-not-list-projects")
                    .status("403")
                    .on(FIND_PROJECT)
                    .means(Kind.NOT_AUTHORIZED)
                    .leaveAlone(FIVE_MINUTES)
                    .advice("Set {project-id}, or let the user of {credentials} list projects.")
                    .source("IAM API reference, Querying Project Information"),
            when("iam-request-refused")
                    .status("400|410")
                    .on(LOGIN, FIND_PROJECT)
                    .code("IAM\\.(0007|0011|0072|0073|0020)|error|badRequest")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct domainName and username in {credentials}, and {project-id} or {project-name}.")
                    .source(IAM + ", IAM.0007, IAM.0011, IAM.0020, IAM.0072, IAM.0073"),
            when("iam-trouble")
                    .code("IAM\\.000[56]")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(IAM + ", IAM.0005, IAM.0006"),

            // The project in the path and the token.

            when("project-is-not-the-tokens")
                    .code("Common\\.0018")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}: the credentials are for another project.")
                    .source(CODES + ", Common.0018 (not to be confused with Common.0013)"),
            when("project-id-invalid")
                    .code("EVS\\.0001")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}.")
                    .source(CODES + ", EVS.0001"),
            when("project-does-not-fit")
                    .text("URL's project_id .* doesn't match Context's project_id")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {project-id}: the credentials are for another project.")
                    .source("gophertelekomcloud issue 597 (a 401 that no new token cures)"),
            when("encryption-agency-missing")
                    .code("EVS\\.2143")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("Open EVS once in the console and grant it the right to use KMS (an agency).")
                    .source(CODES + ", EVS.2143 (a 401 that no new token cures)"),
            when("token-refused")
                    .code("Common\\.0013|EVS\\.0002|EVS\\.5401")
                    .refusesSession()
                    .advice("Nothing to do if it happens once; otherwise correct {credentials}.")
                    .source(CODES + ", Common.0013 (400, an expired token), EVS.0002, EVS.5401"),
            when("account-frozen")
                    .code("EVS\\.214[45]")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("The account is frozen or suspended: settle that with the cloud.")
                    .source(CODES + ", EVS.2144, EVS.2145"),
            when("metadata-protected")
                    .code("EVS\\.5403")
                    .text("metadata can not be operated")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Leave out metadata keys that the cloud reserves.")
                    .source(CODES + ", EVS.5403"),
            when("rights-missing")
                    .code("EVS\\.(0003|1027|2056|5403)")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(
                            "Grant the user of {credentials} evs:snapshots:create, get, list, update and delete; with the"
                                    + " Cinder family evs:volumes:get too.")
                    .source(CODES + ", EVS.0003, EVS.1027, EVS.2056, EVS.5403"),
            when("token-of-no-domain")
                    .code("EVS\\.(2010|203[456])")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice("See that the user of {credentials} belongs to an account and has rights in this project.")
                    .source(CODES + ", EVS.2010, EVS.2034 to EVS.2036"),

            // The disk.

            when("disk-attached")
                    .on(CREATE)
                    .text("current status is:? *'?in-use")
                    .means(Kind.VOLUME_ATTACHED)
                    .advice("Set spec.force: true; the snapshot is then what the disk holds at that moment.")
                    .source(CINDER + "volume/api.py; EVS.5400 on Huawei (huaweicloud-csi-driver issue 125)"),
            when("disk-broken")
                    .on(CREATE)
                    .text("current status is:? *'?(error|awaiting-transfer)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Repair the disk, or ask the cloud's support: it does not leave this state by itself.")
                    .source(STATES),
            when("disk-changing")
                    .on(CREATE)
                    .text("status must be .*current status is|while volume is migrating")
                    .means(Kind.BUSY)
                    .advice("Nothing to do; it is tried again when the disk has come to rest.")
                    .source(STATES + "; " + CINDER + "volume/api.py"),
            when("disk-failed")
                    .code("EVS\\.(202[01456])")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Repair the disk, or ask the cloud's support: it does not leave this state by itself.")
                    .source(CODES + ", EVS.2020, EVS.2021, EVS.2024 to EVS.2026"),
            when("disk-locked")
                    .code("EVS\\.2068|EVS\\.2130")
                    .means(Kind.BUSY)
                    .advice("Nothing to do; it is tried again when the disk is no longer locked or being backed up.")
                    .source(CODES + ", EVS.2068, EVS.2130"),
            when("disk-not-of-a-kind-that-can")
                    .code("EVS\\.(1012|2089|2093)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Choose another disk: this one is temporary, replicated by SDRS, or not an EVS disk.")
                    .source(CODES + ", EVS.1012, EVS.2089, EVS.2093"),
            when("disk-id-invalid")
                    .code("EVS\\.1002")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.source.volumeId: EVS disk ids are UUIDs.")
                    .source(CODES + ", EVS.1002"),
            when("encryption-key-unusable")
                    .code("EVS\\.(2040|2041|2044|2055|2105)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("See in KMS that the disk's key is enabled and EVS may use it.")
                    .source(CODES + ", EVS.2040, EVS.2041, EVS.2044, EVS.2055, EVS.2105"),

            // Absent.

            when("nothing-at-this-path")
                    .status("404")
                    .text("^The resource could not be found\\.?")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Correct {endpoint}, {project-id} or {family}: the answer does not say that it is the snapshot"
                                    + " or disk that is missing.")
                    .source("OpenStack's answer to an unknown path; of a snapshot Cinder names the id (" + CINDER
                            + "exception.py)"),
            when("disk-missing")
                    .on(CREATE)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct the source: there is no such disk in this project.")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Volume … could not be found.'"),
            when("disk-missing-by-text")
                    .on(CREATE)
                    .status("404")
                    .text("volume .*(could not be found|not found|does not exist)")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct the source: there is no such disk in this project.")
                    .source(CINDER + "'Volume … could not be found.' behind an unknown wrapper"),
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
                    .source(CINDER + "'Snapshot … could not be found.' behind an unknown wrapper"),
            when("not-the-api")
                    .status("404|410")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint}, {project-id} or {family}: the answer does not say what is missing, so"
                            + " nothing is concluded from it.")
                    .source("EVS API reference, Error Codes: EVS says EVS.5404 or itemNotFound of what is absent"),

            // The snapshot.

            when("snapshot-stuck-deleting")
                    .code("EVS\\.2019")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Ask the cloud's support to remove the snapshot: error_deleting cannot be left otherwise.")
                    .source(CODES + ", EVS.2019"),
            when("snapshot-changing")
                    .code("EVS\\.(1047|2043)")
                    .means(Kind.BUSY)
                    .advice("Nothing to do; it is tried again when the snapshot has come to rest.")
                    .source(CODES + ", EVS.1047, EVS.2043"),
            when("snapshot-changing-by-text")
                    .status("400|409")
                    .text("snapshot status must be")
                    .means(Kind.BUSY)
                    .advice("Nothing to do; it is tried again when the snapshot has come to rest.")
                    .source(CINDER + "volume/api.py; " + SNAPSHOT_STATES),
            when("snapshot-has-dependants")
                    .text("SnapshotIsBusy|dependent volumes|snapshot .*is busy")
                    .means(Kind.BUSY)
                    .advice("Delete the disks that were made from this snapshot as linked clones, or wait.")
                    .source(CINDER + "SnapshotIsBusy (openstack/freezer issue 7)"),
            when("snapshot-of-the-disk-under-way")
                    .code("EVS\\.2409")
                    .means(Kind.BUSY)
                    .advice("Nothing to do; one snapshot of a disk is taken at a time.")
                    .source("Huawei EVS API reference, EVS.2409"),
            when("snapshot-id-invalid")
                    .code("EVS\\.(2045|1032)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the snapshot's id: EVS ids are UUIDs.")
                    .source(CODES + ", EVS.1032, EVS.2045"),

            // Quota.

            when("rate-limited-as-413")
                    .status("413")
                    .text("rate.?limit")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do; the whole connection slows down.")
                    .source("OpenStack's older rate limiter answers 413 overLimit"),
            when("metadata-too-long")
                    .text("greater than 255 characters|size of metadata is too large")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Shorten spec.metadata: keys and values hold at most 255 characters.")
                    .source(CINDER + "metadata checks; " + CODES + ", EVS.1005"),
            when("quota-of-the-disk")
                    .on(CREATE)
                    .status("4..")
                    .text("snapshots?\\b.*\\b(per|each|of the|for the|for this|of this) (volume|disk)\\b.*"
                            + "|(volume|disk)\\b.*\\b(maximum|limit|exceed\\w*)\\b.*\\bsnapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this disk: a disk may have 7 made by hand.")
                    .source(
                            "EVS user guide, snapshot constraints: 7 per disk. Its answer is documented nowhere: a guess"),
            when("number-of-snapshots")
                    .on(CREATE)
                    .status("4..")
                    .text("Maximum number of snapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this disk (it may have 7), or have the project's quota raised.")
                    .source(CINDER + "quota messages; it may be the disk's cap too, so the least is closed"),
            when("quota-of-the-project-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("allowed gigabytes quota|exceeded .*quota")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or have the project's quota of snapshots and gigabytes raised.")
                    .source(CINDER + "quota messages; EVS API reference, Querying Tenant Quotas"),
            when("quota-of-the-project")
                    .on(CREATE)
                    .code("EVS\\.(1034|1042)")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or have the project's quota of snapshots and gigabytes raised.")
                    .source(CODES + ", EVS.1034, EVS.1042"),
            when("quota")
                    .on(CREATE)
                    .status("413")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this disk (it may have 7), or have the project's quota raised.")
                    .source(STATUSES + ", 413 overLimit; " + CODES
                            + ", EVS.5413. The scope is not told, so the least is closed"),
            when("quota-unreadable")
                    .code("EVS\\.(1033|2032|2033)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(CODES + ", EVS.1033, EVS.2032, EVS.2033"),

            // What was asked.

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
                    .advice("Correct spec.metadata: keys of letters, digits, - _ : . and blanks, no slash.")
                    .source(CINDER + "api/schemas; " + CODES + ", EVS.1005, EVS.2047"),
            when("request-invalid")
                    .code("EVS\\.(1005|1013|1018|102[345]|1031|1039|104[01]|1052|1058|1061|1062|1070|2047|2108|2142)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the spec as the message says.")
                    .source(CODES + ", request format"),
            when("request-malformed")
                    .status("400")
                    .code("badRequest|EVS\\.5400")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the spec as the message says.")
                    .source(CODES + ", EVS.5400; " + CINDER + "badRequest"),

            // By status, when the code says nothing.

            when("server-codes")
                    .status("5..")
                    .code("EVS\\.(200[1257]|2013|2014|2023|2029|203[01]|5500|5503)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(CODES + ", server side"),
            when("throttled")
                    .status("429")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do; the whole connection slows down. If this lasts, lower the budget of calls.")
                    .source(GATEWAY + ", 0308; RFC 6585"),
            when("not-implemented")
                    .status("501")
                    .means(Kind.MISCONFIGURED)
                    .advice("Change {family}: this cloud does not offer the call in this one.")
                    .source(STATUSES + ", 501"),
            when("server-trouble")
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
                    .refusesSession()
                    .advice("Correct {credentials}; see that {endpoint} and {iam-endpoint} belong to the same cloud.")
                    .source(STATUSES + ", 401"),
            when("proxy-asks-for-credentials")
                    .status("407")
                    .means(Kind.MISCONFIGURED)
                    .advice("Let the proxy of {proxy} pass the operator without a password.")
                    .source("RFC 9110, 407"),
            when("a-page-and-not-the-api")
                    .status("[34]..")
                    .code("\\(html\\)")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint}, or {proxy}: what answers is not the EVS API.")
                    .source("EVS API reference: every answer is JSON"),
            when("forbidden")
                    .status("403")
                    .means(Kind.NOT_AUTHORIZED)
                    .advice(
                            "Grant the user of {credentials} evs:snapshots:create, get, list, update and delete; with the"
                                    + " Cinder family evs:volumes:get too.")
                    .source(STATUSES + ", 403; Permissions Policies and Supported Actions, Snapshot"),
            when("redirected")
                    .status("3..")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Set {endpoint} to the address that answers by itself: redirects are not followed, lest a token"
                                    + " go elsewhere.")
                    .source("EVS API reference, API Version Query: only GET / answers 300"),
            when("method-or-type-refused")
                    .status("405|406|415")
                    .means(Kind.MISCONFIGURED)
                    .advice("Correct {endpoint} or {family}: what answers does not know the call.")
                    .source(STATUSES + ", 405, 406, 415"),
            when("unknown").means(Kind.UNKNOWN).advice(SUPPORT).source("no line of this table knows the answer"));

    private ErrorCatalog() {}

    /** All lines, in the order in which they are tried; the last one fits everything. For tests and documents. */
    public static List<ErrorRule> rules() {
        return LINES;
    }

    /** The first line that is about this answer, which must not be a 2xx. */
    static ErrorRule ruleFor(CloudOperation operation, int status, ErrorBody body) {
        return LINES.stream()
                .filter(line -> line.matches(operation, status, body))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Whether an order answered like this may have been carried out all the same. Definite are the refusals that precede
     * every deed: 3xx (save 303, which answers a deed done) and 4xx save those that also tell of a race or of impatience.
     */
    static boolean isAmbiguous(int status) {
        return switch (status) {
            case 303, 408, 409, 429 -> true;
            default -> status < 300 || status >= 500;
        };
    }
}
