/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import java.util.List;

/** A condition on one label, as in the selectors of Kubernetes. Absent {@code values} read as empty. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
        message = "A condition of matchExpressions does not fit its operator. In and NotIn need values, and Exists and"
                + " DoesNotExist must have none.")
public record LabelExpression(
        @Required
        @Size(min = 1, max = 317)
        @ValidationRule(
                value = "self.matches('" + ValidationRules.LABEL_KEY + "')",
                message = "key is not a valid key of a label. Use a key such as app or example.com/app.")
        @JsonPropertyDescription("The key of the label.")
        String key,

        @Required
        @JsonPropertyDescription(
                "In or NotIn: whether the value is one of values. Exists or DoesNotExist: whether there is the label.")
        LabelOperator operator,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 20)
        @ValidationRule(
                value = "self.all(value, value.matches('" + ValidationRules.LABEL_VALUE + "'))",
                message =
                        "values has an invalid value of a label. Use at most 63 letters, digits, dashes, underscores and dots.")
        @JsonPropertyDescription("The values, at most 20.")
        List<@Size(max = 63) String> values) {

    public LabelExpression {
        values = values == null ? List.of() : List.copyOf(values);
    }
}
