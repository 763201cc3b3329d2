/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import java.util.List;
import java.util.Map;

/**
 * Selects claims by their labels, as the selectors of Kubernetes, but with limits on the size. All conditions must be met. Absent
 * components read as empty.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "(has(self.matchLabels) && size(self.matchLabels) > 0)"
                + " || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
        message = "persistentVolumeClaimSelector is empty. To select all claims of the namespace, set"
                + " persistentVolumeClaimNamePattern to \"*\".")
public record ClaimSelector(
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 20)
        @ValidationRule(
                value = "self.all(key, key.matches('" + ValidationRules.LABEL_KEY + "') && self[key].matches('"
                        + ValidationRules.LABEL_VALUE + "'))",
                message =
                        "matchLabels has an invalid label. Use keys such as app or example.com/app, and values of at most 63"
                                + " letters, digits, dashes, underscores and dots.")
        @JsonPropertyDescription("Labels that the claim must have, with their values.")
        Map<String, @Size(max = 63) String> matchLabels,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 20)
        @JsonPropertyDescription("Further conditions on labels.")
        List<LabelExpression> matchExpressions) {

    public ClaimSelector {
        matchLabels = matchLabels == null ? Map.of() : Map.copyOf(matchLabels);
        matchExpressions = matchExpressions == null ? List.of() : List.copyOf(matchExpressions);
    }
}
