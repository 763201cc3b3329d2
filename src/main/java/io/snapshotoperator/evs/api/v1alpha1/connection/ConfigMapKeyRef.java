/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;

/** Names a key of a ConfigMap in the same namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigMapKeyRef(
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message = "caBundleRef.name is not a valid name. Use the name of a ConfigMap in this namespace:"
                        + " lower-case letters, digits, dashes and dots.")
        @JsonPropertyDescription("The name of a ConfigMap in the same namespace.")
        String name,

        @Default("ca.crt")
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_CONFIG_MAP_KEY,
                message = "caBundleRef.key is not a valid key of a ConfigMap. Use letters, digits, dashes, underscores"
                        + " and dots, and no two dots at the start.")
        @JsonPropertyDescription("The key of the ConfigMap with the certificates (PEM).")
        String key) {}
