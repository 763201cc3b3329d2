/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Says that the volume of the snapshot is to be deleted, and the snapshot with it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourceRisk(
        @Required
        @JsonPropertyDescription(
                "The PersistentVolume of the claim. Its reclaim policy is Delete, so Kubernetes deletes the volume.")
        String persistentVolumeName,

        @Required @JsonPropertyDescription("What happens, and what to do.")
        String message) {}
