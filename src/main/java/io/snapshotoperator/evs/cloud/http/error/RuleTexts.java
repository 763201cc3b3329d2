/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

/** The documents that the rules cite, and what several rules say. */
final class RuleTexts {
    static final String CODES = "EVS API reference, Error Codes";
    static final String STATUSES = "EVS API reference, Status Codes";
    static final String STATES = "EVS API reference, EVS Disk Status";
    static final String SNAPSHOT_STATES = "EVS API reference, EVS Snapshot Status";
    static final String CREATING_VOLUMES = "EVS API reference, Creating EVS Disks";
    static final String CINDER = "OpenStack Cinder 12.0.0, ";
    static final String GATEWAY = "API Gateway user guide, Error Codes";
    static final String IAM = "IAM API reference, Error Codes";
    /** The prefix is APIGW on the shared gateway and APIG on dedicated gateways. */
    static final String GATEWAY_CODE = "APIG(W)?\\.";

    static final String NOTHING_TO_DO = "Nothing to do: the operator tries again.";
    static final String SUPPORT = "Contact the support of the cloud with the request id.";
    static final String GRANT_VOLUME_ACTIONS =
            "Grant the user of {credentials} evs:volumes:create, get, list and delete, and evs:snapshots:get.";

    private RuleTexts() {}
}
