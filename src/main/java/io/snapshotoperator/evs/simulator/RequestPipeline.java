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
    private final CallLog callLog;
    private final Duration latency;

    RequestPipeline(
            CloudState cloud,
            ApiDispatcher desks,
            AuthenticationCheck gatekeeper,
            FaultRegistry faults,
            CallLog callLog,
            SimulatorSettings settings) {
        this.cloud = cloud;
        this.desks = desks;
        this.gatekeeper = gatekeeper;
        this.faults = faults;
        this.errors = new ErrorJson(settings.behavior());
        this.disturbance = new FaultEffects(errors, gatekeeper);
        this.callLog = callLog;
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
            var response = identified(errors.answer(e, call.family(), arrival.requestId()), call, arrival);
            callLog.write(entry(arrival, call, user, response, response.status(), List.of()));
            return ResponsePlan.whole(response, latency);
        }
        return disturbed(arrival, withVolume(call, request), user);
    }

    private record Arrival(Request request, Instant at, String requestId) {}

    private ResponsePlan disturbed(Arrival arrival, ApiCall call, String user) {
        var rules = faults.disturbing(call);
        var stopping = rules.stream()
                .filter(active -> active.fault().stage() == Stage.BEFORE)
                .findFirst();
        if (stopping.isPresent()) {
            return stopped(arrival, call, user, stopping.get());
        }
        var response = act(arrival, call, rules);
        for (var rule : rules) {
            if (rule.fault().stage() == Stage.APPEARANCE) {
                disturbance.retouch(rule, response);
            } else if (rule.fault().stage() == Stage.AFTER) {
                response = response.replacedBy(disturbance.instead(rule, call, arrival.requestId(), arrival.at()));
            }
        }
        var delivery = delivery(identified(response, call, arrival), rules);
        var status = delivery.reachesTheCaller() ? response.status() : 0;
        callLog.write(entry(arrival, call, user, response, status, rules));
        return delivery;
    }

    private ResponsePlan stopped(Arrival arrival, ApiCall call, String user, FaultRule rule) {
        var nothing = SimulatedResponse.empty(0);
        switch (rule.fault()) {
            case ANSWER_LOST_BEFORE_ACTING -> {
                callLog.write(entry(arrival, call, user, nothing, 0, List.of(rule)));
                return ResponsePlan.none(nothing, latency.plus(rule.keepOpenFor()));
            }
            case CREATE_DELIVERED_LATE -> {
                var number = callLog.write(entry(arrival, call, user, nothing, 0, List.of(rule)));
                cloud.later(rule.delay(), now -> deliverLate(number, arrival, call, now));
                return ResponsePlan.none(nothing, latency.plus(rule.keepOpenFor()));
            }
            default -> {
                var response = disturbance.instead(rule, call, arrival.requestId(), arrival.at());
                callLog.write(entry(arrival, call, user, response, response.status(), List.of(rule)));
                return ResponsePlan.whole(identified(response, call, arrival), latency);
            }
        }
    }

    private void deliverLate(long number, Arrival arrival, ApiCall call, Instant now) {
        var response = act(arrival, call, List.of());
        if (response.acted()) {
            callLog.amend(number, entry -> entry.actedLater(now, Optional.ofNullable(response.snapshotId())));
        }
    }

    private SimulatedResponse act(Arrival arrival, ApiCall call, List<FaultRule> rules) {
        try {
            return desks.answer(call, arrival.request(), rules);
        } catch (ApiErrorException e) {
            return errors.answer(e, call.family(), arrival.requestId());
        }
    }

    private ResponsePlan delivery(SimulatedResponse response, List<FaultRule> rules) {
        var manner = Manner.WHOLE;
        var delay = latency;
        for (var rule : rules) {
            switch (rule.fault()) {
                case ANSWER_LOST_AFTER_ACTING -> {
                    manner = Manner.NONE;
                    delay = delay.plus(rule.keepOpenFor());
                }
                case CUT_BODY -> manner = Manner.CUT;
                case SLOW_ANSWER -> delay = delay.plus(rule.delay());
                default -> {}
            }
        }
        return new ResponsePlan(response, manner, delay);
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
                    .map(snapshot -> call.ofVolume(snapshot.volumeId()))
                    .orElse(call);
        }
        return call.operation() == Operation.CREATE ? call.ofVolume(desks.volumeNamedIn(request)) : call;
    }

    /** Huawei's Java SDK reads X-Request-Id; Cinder sends the other two. */
    private static SimulatedResponse identified(SimulatedResponse response, ApiCall call, Arrival arrival) {
        if (call.family() == Family.NATIVE) {
            return response.withHeader("X-Request-Id", arrival.requestId());
        }
        var id = "req-" + arrival.requestId();
        return response.withHeader("x-compute-request-id", id).withHeader("x-openstack-request-id", id);
    }

    private CallLogEntry entry(
            Arrival arrival, ApiCall call, String user, SimulatedResponse response, int status, List<FaultRule> rules) {
        var request = arrival.request();
        var speaks = call.operation() == Operation.CREATE || call.operation() == Operation.UPDATE;
        var metadata = call.operation() == Operation.CREATE ? desks.metadataNamedIn(request) : Map.<String, String>of();
        return new CallLogEntry(
                0,
                arrival.at(),
                call.operation(),
                request.method(),
                request.pathAndQuery(),
                Optional.ofNullable(response.volumeId() != null ? response.volumeId() : call.volumeId()),
                Optional.ofNullable(response.snapshotId() != null ? response.snapshotId() : call.snapshotId()),
                metadata,
                status,
                response.acted(),
                response.acted() ? Optional.of(arrival.at()) : Optional.empty(),
                rules.stream().map(FaultRule::fault).toList(),
                user,
                speaks ? Optional.of(new String(request.body(), StandardCharsets.UTF_8)) : Optional.empty(),
                arrival.requestId());
    }
}
