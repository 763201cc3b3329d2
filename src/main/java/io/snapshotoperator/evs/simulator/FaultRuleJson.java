/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads and writes fault rules for the control API. All members except {@code fault} are optional. A {@code times} of -1
 * means until removed.
 *
 * <pre>
 * {"fault":"THROTTLED","operations":["CREATE"],"volumeId":"…","snapshotId":"…","fromCall":1,"times":1,"delay":"5s",
 *  "held":"0s","status":503,"text":"…","code":"EVS.1234","retryAfter":"30s","retryAfterAsDate":false}
 * </pre>
 */
final class FaultRuleJson {

    private static final Set<String> MEMBERS = Set.of(
            "fault",
            "operations",
            "volumeId",
            "snapshotId",
            "fromCall",
            "times",
            "delay",
            "held",
            "status",
            "text",
            "code",
            "retryAfter",
            "retryAfterAsDate");

    private FaultRuleJson() {}

    /** Throws {@link IllegalArgumentException} with a sentence for the user if the rule is invalid. */
    static FaultRule read(ObjectNode json) {
        json.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException(
                        "A fault has no member '" + name + "'. Its members are " + MEMBERS + ".");
            }
        });
        var defaults = FaultRule.once(Fault.named(json.path("fault").asText()));
        var operations = EnumSet.noneOf(Operation.class);
        json.path("operations").forEach(node -> operations.add(Operation.named(node.asText())));
        return new FaultRule(
                defaults.fault(),
                new FaultRule.Target(operations, text(json, "volumeId"), text(json, "snapshotId")),
                new FaultRule.Occurrence(
                        json.path("fromCall").asInt(defaults.fromCall()),
                        json.path("times").asInt(defaults.times())),
                parameters(json, defaults.parameters()));
    }

    static ObjectNode write(FaultRegistry.ActiveFault fault) {
        var rule = fault.rule();
        var target = rule.target();
        var parameters = rule.parameters();
        var json = JsonNodeFactory.instance.objectNode();
        json.put("id", fault.id()).put("fault", rule.fault().name());
        var operations = json.putArray("operations");
        target.operations().forEach(operation -> operations.add(operation.name()));
        target.volumeId().ifPresent(value -> json.put("volumeId", value));
        target.snapshotId().ifPresent(value -> json.put("snapshotId", value));
        var retryAfter = parameters.retryAfter();
        return json.put("fromCall", rule.fromCall())
                .put("times", rule.times())
                .put("delay", parameters.delay().toString())
                .put("held", parameters.connectionOpenFor().toString())
                .put("status", parameters.status())
                .put("text", parameters.text())
                .put("code", parameters.code())
                .put(
                        "retryAfter",
                        retryAfter.map(value -> value.duration().toString()).orElse(null))
                .put(
                        "retryAfterAsDate",
                        retryAfter.map(FaultRule.RetryAfter::asDate).orElse(false))
                .put("fired", fault.fired())
                .put("spent", fault.spent());
    }

    private static FaultRule.Parameters parameters(ObjectNode json, FaultRule.Parameters defaults) {
        var asDate = json.path("retryAfterAsDate").asBoolean();
        return new FaultRule.Parameters(
                duration(json, "delay").orElse(defaults.delay()),
                duration(json, "held").orElse(defaults.connectionOpenFor()),
                json.path("status").asInt(defaults.status()),
                text(json, "text").orElse(defaults.text()),
                text(json, "code").orElse(defaults.code()),
                duration(json, "retryAfter").map(value -> new FaultRule.RetryAfter(value, asDate)));
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.path(name).textValue());
    }

    private static Optional<Duration> duration(JsonNode json, String name) {
        return text(json, name).map(DurationText::parse);
    }
}
