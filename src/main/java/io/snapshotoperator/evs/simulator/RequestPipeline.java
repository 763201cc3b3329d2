/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import io.snapshotoperator.evs.simulator.Fault.Stage;
import io.snapshotoperator.evs.simulator.ResponsePlan.Manner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes a call from its arrival to its answer: who is it, what disturbs it, what does the cloud do, what is written down,
 * what goes back. Written down before anything goes back, so that whoever has an answer finds the call in the ledger.
 */
final class RequestPipeline {

    private final CloudState cloud;
    private final ApiDispatcher desks;
    private final AuthenticationCheck gatekeeper;
    private final FaultRegistry faults;
    private final FaultEffects disturbance;
    private final ErrorJson errors;
    private final CallLog ledger;
    private final Duration latency;

    RequestPipeline(
            CloudState cloud,
            ApiDispatcher desks,
            AuthenticationCheck gatekeeper,
            FaultRegistry faults,
            CallLog ledger,
            SimulatorSettings settings) {
        this.cloud = cloud;
        this.desks = desks;
        this.gatekeeper = gatekeeper;
        this.faults = faults;
        this.errors = new ErrorJson(settings.habits());
        this.disturbance = new FaultEffects(errors, gatekeeper);
        this.ledger = ledger;
        this.latency = settings.timing().latency();
    }

    ResponsePlan serve(Request request) {
        var arrival = new Arrival(
                request, cloud.present(), UUID.randomUUID().toString().replace("-", ""));
        var call = ApiCall.of(Operation.UNKNOWN);
        var user = AuthenticationCheck.ANYBODY;
        try {
            call = Router.route(request);
            checkSize(request);
            user = gatekeeper.admit(request, call);
        } catch (ApiErrorException e) {
            var answer = identified(errors.answer(e, call.family(), arrival.requestId()), call, arrival);
            ledger.write(entry(arrival, call, user, answer, answer.status(), List.of()));
            return ResponsePlan.whole(answer, latency);
        }
        return disturbed(arrival, withVolume(call, request), user);
    }

    private record Arrival(Request request, Instant at, String requestId) {}

    private ResponsePlan disturbed(Arrival arrival, ApiCall call, String user) {
        var rules = faults.disturbing(call);
        var stopping =
                rules.stream().filter(it -> it.fault().stage() == Stage.BEFORE).findFirst();
        if (stopping.isPresent()) {
            return stopped(arrival, call, user, stopping.get());
        }
        var answer = act(arrival, call, rules);
        for (var rule : rules) {
            if (rule.fault().stage() == Stage.APPEARANCE) {
                disturbance.retouch(rule, answer);
            } else if (rule.fault().stage() == Stage.AFTER) {
                answer = answer.replacedBy(disturbance.instead(rule, call, arrival.requestId(), arrival.at()));
            }
        }
        var delivery = delivery(identified(answer, call, arrival), rules);
        var status = delivery.reachesTheCaller() ? answer.status() : 0;
        ledger.write(entry(arrival, call, user, answer, status, rules));
        return delivery;
    }

    private ResponsePlan stopped(Arrival arrival, ApiCall call, String user, FaultRule rule) {
        var nothing = SimulatedResponse.empty(0);
        switch (rule.fault()) {
            case ANSWER_LOST_BEFORE_ACTING -> {
                ledger.write(entry(arrival, call, user, nothing, 0, List.of(rule)));
                return ResponsePlan.none(nothing, latency.plus(rule.held()));
            }
            case ORDER_DELIVERED_LATE -> {
                var number = ledger.write(entry(arrival, call, user, nothing, 0, List.of(rule)));
                cloud.later(rule.delay(), now -> deliverLate(number, arrival, call, now));
                return ResponsePlan.none(nothing, latency.plus(rule.held()));
            }
            default -> {
                var answer = disturbance.instead(rule, call, arrival.requestId(), arrival.at());
                ledger.write(entry(arrival, call, user, answer, answer.status(), List.of(rule)));
                return ResponsePlan.whole(identified(answer, call, arrival), latency);
            }
        }
    }

    private void deliverLate(long number, Arrival arrival, ApiCall call, Instant now) {
        var answer = act(arrival, call, List.of());
        if (answer.acted()) {
            ledger.amend(number, it -> it.actedLater(now, Optional.ofNullable(answer.snapshotId())));
        }
    }

    private SimulatedResponse act(Arrival arrival, ApiCall call, List<FaultRule> rules) {
        try {
            return desks.answer(call, arrival.request(), rules);
        } catch (ApiErrorException e) {
            return errors.answer(e, call.family(), arrival.requestId());
        }
    }

    private ResponsePlan delivery(SimulatedResponse answer, List<FaultRule> rules) {
        var manner = Manner.WHOLE;
        var delay = latency;
        for (var rule : rules) {
            switch (rule.fault()) {
                case ANSWER_LOST_AFTER_ACTING -> {
                    manner = Manner.NONE;
                    delay = delay.plus(rule.held());
                }
                case CUT_BODY -> manner = Manner.CUT;
                case SLOW_ANSWER -> delay = delay.plus(rule.delay());
                default -> {}
            }
        }
        return new ResponsePlan(answer, manner, delay);
    }

    private static void checkSize(Request request) {
        if (request.isTooLarge()) {
            throw ApiErrorException.ofGateway(413, "APIGW.0201", "Request entity too large");
        }
    }

    /** So that faults can be aimed at one disk, whatever the call names. */
    private ApiCall withVolume(ApiCall call, Request request) {
        if (call.volumeId() != null) {
            return call;
        }
        if (call.snapshotId() != null) {
            return cloud.find(call.snapshotId())
                    .map(it -> call.ofVolume(it.volumeId()))
                    .orElse(call);
        }
        return call.operation() == Operation.CREATE ? call.ofVolume(desks.volumeNamedIn(request)) : call;
    }

    /** Huawei's Java SDK reads X-Request-Id; Cinder sends the other two. */
    private static SimulatedResponse identified(SimulatedResponse answer, ApiCall call, Arrival arrival) {
        if (call.family() == Family.NATIVE) {
            return answer.withHeader("X-Request-Id", arrival.requestId());
        }
        var id = "req-" + arrival.requestId();
        return answer.withHeader("x-compute-request-id", id).withHeader("x-openstack-request-id", id);
    }

    private CallLogEntry entry(
            Arrival arrival, ApiCall call, String user, SimulatedResponse answer, int status, List<FaultRule> rules) {
        var request = arrival.request();
        var speaks = call.operation() == Operation.CREATE || call.operation() == Operation.UPDATE;
        var metadata = call.operation() == Operation.CREATE ? desks.metadataNamedIn(request) : Map.<String, String>of();
        return new CallLogEntry(
                0,
                arrival.at(),
                call.operation(),
                request.method(),
                request.pathAndQuery(),
                Optional.ofNullable(answer.volumeId() != null ? answer.volumeId() : call.volumeId()),
                Optional.ofNullable(answer.snapshotId() != null ? answer.snapshotId() : call.snapshotId()),
                metadata,
                status,
                answer.acted(),
                answer.acted() ? Optional.of(arrival.at()) : Optional.empty(),
                rules.stream().map(FaultRule::fault).toList(),
                user,
                speaks ? Optional.of(new String(request.body(), StandardCharsets.UTF_8)) : Optional.empty(),
                arrival.requestId());
    }
}
