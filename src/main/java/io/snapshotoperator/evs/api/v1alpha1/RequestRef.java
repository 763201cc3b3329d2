/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Names a {@code VolumeSnapshotRequest} of the same namespace. There is no field for another namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestRef(
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message = "name is not a valid name of a VolumeSnapshotRequest."
                        + " Use lower case letters, digits, - and . only.")
        @JsonPropertyDescription("The name of the VolumeSnapshotRequest.")
        String name) {}
