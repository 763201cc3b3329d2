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
 * Fault rules as the control API reads and shows them, all but {@code fault} optional:
 * {@code {"fault":"THROTTLED","operations":["CREATE"],"volumeId":"…","snapshotId":"…","fromCall":1,"times":1,"delay":"5s","held":"0s",
 * "status":503,"text":"…","code":"EVS.1234","retryAfter":"30s","retryAfterAsDate":false}}; {@code times} -1 is until removed.
 */
final class FaultRuleJson {

    private static final Set<String> KNOWN = Set.of(
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

    /** Throws {@link IllegalArgumentException} with a sentence for the user. */
    static FaultRule read(ObjectNode json) {
        json.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException("A fault has no '" + name + "'; it has " + KNOWN);
            }
        });
        var usual = FaultRule.once(Fault.valueOf(json.path("fault").asText()));
        var operations = EnumSet.noneOf(Operation.class);
        json.path("operations").forEach(node -> operations.add(Operation.valueOf(node.asText())));
        return new FaultRule(
                usual.fault(),
                operations,
                text(json, "volumeId"),
                text(json, "snapshotId"),
                json.path("fromCall").asInt(usual.fromCall()),
                json.path("times").asInt(usual.times()),
                duration(json, "delay").orElse(usual.delay()),
                duration(json, "held").orElse(usual.keepOpenFor()),
                json.path("status").asInt(usual.status()),
                text(json, "text").orElse(usual.text()),
                text(json, "code").orElse(usual.code()),
                duration(json, "retryAfter"),
                json.path("retryAfterAsDate").asBoolean());
    }

    static ObjectNode write(FaultRegistry.ActiveFault fault) {
        var rule = fault.rule();
        var json = JsonNodeFactory.instance.objectNode();
        json.put("id", fault.id()).put("fault", rule.fault().name());
        var operations = json.putArray("operations");
        rule.operations().forEach(operation -> operations.add(operation.name()));
        rule.volumeId().ifPresent(value -> json.put("volumeId", value));
        rule.snapshotId().ifPresent(value -> json.put("snapshotId", value));
        return json.put("fromCall", rule.fromCall())
                .put("times", rule.times())
                .put("delay", rule.delay().toString())
                .put("held", rule.keepOpenFor().toString())
                .put("status", rule.status())
                .put("text", rule.text())
                .put("code", rule.code())
                .put("retryAfter", rule.retryAfter().map(Duration::toString).orElse(null))
                .put("retryAfterAsDate", rule.retryAfterAsDate())
                .put("fired", fault.fired())
                .put("spent", fault.spent());
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.path(name).textValue());
    }

    private static Optional<Duration> duration(JsonNode json, String name) {
        return text(json, name).map(DurationText::parse);
    }
}
