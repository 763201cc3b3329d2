/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Reads and writes fault rules for the control API. All members except {@code fault} are optional. A {@code times} of -1
 * means until removed. docs/reference/simulator.md describes them.
 *
 * <pre>
 * {"fault":"THROTTLED","operations":["CREATE"],"volumeId":"…","snapshotId":"…","fromCall":1,"times":1,"delay":"5s",
 *  "held":"0s","status":503,"text":"…","code":"EVS.1234","retryAfter":"30s","retryAfterAsDate":false}
 * </pre>
 */
final class FaultRuleJson {

    private static final String[] MEMBERS = {
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
        "retryAfterAsDate"
    };

    private FaultRuleJson() {}

    /** Throws {@link IllegalArgumentException} with a sentence for the user if the rule is invalid. */
    static FaultRule read(byte[] json) {
        var body = ControlBody.read(json, MEMBERS);
        var defaults = FaultRule.once(Fault.named(body.required("fault")));
        var operations = EnumSet.noneOf(Operation.class);
        body.list("operations").forEach(name -> operations.add(Operation.named(name)));
        return new FaultRule(
                defaults.fault(),
                new FaultRule.Target(operations, id(body, "volumeId"), id(body, "snapshotId")),
                new FaultRule.Occurrence(
                        body.number("fromCall").orElse(defaults.fromCall()),
                        body.number("times").orElse(defaults.times())),
                parameters(body, defaults.parameters()));
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

    private static FaultRule.Parameters parameters(ControlBody body, FaultRule.Parameters defaults) {
        var asDate = body.isTrue("retryAfterAsDate");
        return new FaultRule.Parameters(
                body.duration("delay").orElse(defaults.delay()),
                body.duration("held").orElse(defaults.connectionOpenFor()),
                body.number("status").orElse(defaults.status()),
                body.text("text").orElse(defaults.text()),
                body.text("code").orElse(defaults.code()),
                body.duration("retryAfter").map(value -> new FaultRule.RetryAfter(value, asDate)));
    }

    private static Optional<String> id(ControlBody body, String name) {
        return body.text(name).map(value -> InputRules.id("The member '" + name + "'", value));
    }
}
