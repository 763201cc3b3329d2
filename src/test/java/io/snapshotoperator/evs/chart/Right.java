/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One verb on one resource that one binding grants.
 *
 * @param binding as the API server writes it into the audit log, such as {@code RoleBinding "evs-requests/team-a"}
 * @param role the role of the binding
 * @param resource with the subresource after a slash
 * @param name the only object to which the right applies; empty for all
 */
record Right(String binding, HasMetadata role, String group, String resource, String verb, String name) {

    /** Returns all rights that the bindings among these objects grant. */
    static List<Right> grantedBy(List<HasMetadata> objects) {
        var rights = new ArrayList<Right>();
        for (var object : objects) {
            if (object instanceof RoleBinding binding) {
                var described = "RoleBinding \"" + nameOf(binding) + "/"
                        + binding.getMetadata().getNamespace() + "\"";
                rights.addAll(of(
                        described,
                        role(
                                objects,
                                binding.getRoleRef(),
                                binding.getMetadata().getNamespace())));
            } else if (object instanceof ClusterRoleBinding binding) {
                rights.addAll(
                        of("ClusterRoleBinding \"" + nameOf(binding) + "\"", role(objects, binding.getRoleRef(), "")));
            }
        }
        return rights;
    }

    /** Returns the rights of one role through one binding. */
    static List<Right> of(String binding, HasMetadata role) {
        var rights = new ArrayList<Right>();
        for (var rule : expanded(rulesOf(role))) {
            rights.add(new Right(
                    binding,
                    role,
                    rule.getApiGroups().get(0),
                    rule.getResources().get(0),
                    rule.getVerbs().get(0),
                    rule.getResourceNames().stream().findFirst().orElse("")));
        }
        return rights;
    }

    private static HasMetadata role(List<HasMetadata> objects, RoleRef reference, String namespace) {
        return objects.stream()
                .filter(object -> object.getKind().equals(reference.getKind()))
                .filter(object -> nameOf(object).equals(reference.getName()))
                .filter(object -> object instanceof ClusterRole
                        || namespace.equals(object.getMetadata().getNamespace()))
                .findFirst()
                .orElseThrow();
    }

    /** Whether this right is what allowed the request of an event of the audit log. */
    boolean allowed(JsonNode event) {
        var object = event.path("objectRef");
        var requested = object.path("resource").asText()
                + (object.has("subresource") ? "/" + object.path("subresource").asText() : "");
        return event.at("/annotations/authorization.k8s.io~1reason").asText().contains("allowed by " + binding + " of ")
                && group.equals(object.path("apiGroup").asText())
                && resource.equals(requested)
                && verb.equals(event.path("verb").asText())
                && (name.isEmpty() || name.equals(object.path("name").asText()));
    }

    /** Returns the rules of the role without this right. All other rights stay. */
    List<PolicyRule> rulesWithout() {
        return expanded(rulesOf(role)).stream()
                .filter(rule -> !(rule.getApiGroups().contains(group)
                        && rule.getResources().contains(resource)
                        && rule.getVerbs().contains(verb)
                        && rule.getResourceNames().equals(name.isEmpty() ? List.of() : List.of(name))))
                .toList();
    }

    /** Returns one rule for each right. */
    private static List<PolicyRule> expanded(List<PolicyRule> rules) {
        return rules.stream()
                .flatMap(rule -> rule.getApiGroups().stream()
                        .flatMap(group -> rule.getResources().stream().flatMap(resource -> rule.getVerbs().stream()
                                .flatMap(verb -> names(rule).map(name -> new PolicyRuleBuilder()
                                        .withApiGroups(group)
                                        .withResources(resource)
                                        .withVerbs(verb)
                                        .withResourceNames(name.isEmpty() ? List.of() : List.of(name))
                                        .build())))))
                .toList();
    }

    private static Stream<String> names(PolicyRule rule) {
        return rule.getResourceNames().isEmpty() ? Stream.of("") : rule.getResourceNames().stream();
    }

    private static List<PolicyRule> rulesOf(HasMetadata role) {
        return role instanceof ClusterRole cluster ? cluster.getRules() : ((Role) role).getRules();
    }

    private static String nameOf(HasMetadata object) {
        return object.getMetadata().getName();
    }

    @Override
    public String toString() {
        return verb + " " + group + "/" + resource + (name.isEmpty() ? "" : " " + name) + " by " + binding;
    }
}
