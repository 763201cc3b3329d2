/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Where the project is, and which Secret has the credentials. Null means not set. A connection has no proxy and no plain
 * HTTP: only the administrator of the operator can set these, for the operator's own connection.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
@ValidationRule(
        value = "has(self.region) || has(self.endpoint)",
        fieldPath = ".region",
        reason = ValidationRules.REQUIRED,
        message = "Neither region nor endpoint is set. Set region, for example eu-de. For a cloud whose regions the"
                + " operator does not know, set endpoint and iamEndpoint.")
@ValidationRule(
        value = "has(self.region) || has(self.projectId) || has(self.projectName)",
        fieldPath = ".projectId",
        reason = ValidationRules.REQUIRED,
        message = "Without a region, the project must be set. Set projectId or projectName.")
public record EvsConnectionSpec(
        @Size(min = 1, max = 63)
        @ValidationRule(
                value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                message = "region is not a valid region. Use the name that the console shows, for example eu-de.")
        @JsonPropertyDescription(
                "The region of Open Telekom Cloud or Huawei Cloud, for example eu-de. It determines endpoint,"
                        + " iamEndpoint and projectName, unless they are set. The administrator of the operator"
                        + " limits the regions.")
        String region,

        @Size(min = 1, max = 255)
        @ValidationRule(value = "self.startsWith('https://')", message = "endpoint must start with https://.")
        @JsonPropertyDescription(
                "The base URL of EVS, up to the version. Default: from the region. The administrator of the operator"
                        + " limits the hosts.")
        String endpoint,

        @Size(min = 1, max = 255)
        @ValidationRule(value = "self.startsWith('https://')", message = "iamEndpoint must start with https://.")
        @JsonPropertyDescription(
                "The base URL of IAM, up to the version. Default: from the region. The administrator of the operator"
                        + " limits the hosts.")
        String iamEndpoint,

        @Size(min = 1, max = 64)
        @ValidationRule(
                value = "self.matches('^[A-Za-z0-9-]{1,64}$')",
                message = "projectId is not the id of a project. Use the id that the console shows under My"
                        + " Credentials, not the name.")
        @JsonPropertyDescription(
                "The id of the project that contains the volumes. It takes precedence over projectName.")
        String projectId,

        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
                "The name of the project. Default: the name of the region, which is the default project of the account.")
        String projectName,

        @Required
        @JsonPropertyDescription(
                "The Secret with the credentials: the keys username, password and domainName of an IAM user; or"
                        + " accessKey and secretKey, and securityToken for a temporary key.")
        SecretRef credentialsSecretRef,

        @JsonPropertyDescription(
                "A ConfigMap with certificates (PEM) to trust in addition to those of the Java runtime.")
        ConfigMapKeyRef caBundleRef,

        @JsonPropertyDescription("Limits of the rate of calls.")
        CallLimits budget,

        @JsonPropertyDescription(
                "The family of API calls: Native (cloudsnapshots) or Cinder (snapshots). Default: Native.")
        CallFamily family) {}
