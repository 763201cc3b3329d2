/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import io.snapshotoperator.evs.simulator.Fault.Stage;
import io.snapshotoperator.evs.simulator.ResponsePlan.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Handles a call from its arrival to its response: it authenticates the caller, selects the faults, executes the call,
 * and adds it to the call log. The log entry is written before the response is sent, so that a caller with a response
 * finds it.
 */
final class RequestPipeline {

    private final CloudState cloud;
    private final ApiDispatcher dispatcher;
    private final AuthenticationCheck authentication;
    private final FaultRegistry faults;
    private final FaultEffects faultEffects;
    private final ErrorJson errors;
    private final CallLog callLog;
    private final Duration latency;

    RequestPipeline(
            CloudState cloud,
            ApiDispatcher dispatcher,
            AuthenticationCheck authentication,
            FaultRegistry faults,
            CallLog callLog,
            SimulatorSettings settings) {
        this.cloud = cloud;
        this.dispatcher = dispatcher;
        this.authentication = authentication;
        this.faults = faults;
        this.errors = new ErrorJson(settings.behavior());
        this.faultEffects = new FaultEffects(errors, authentication);
        this.callLog = callLog;
        this.latency = settings.timing().latency();
    }

    ResponsePlan serve(Request request) {
        var arrival = new Arrival(
                request, cloud.runDueEvents(), UUID.randomUUID().toString().replace("-", ""));
        var call = ApiCall.of(Operation.UNKNOWN);
        var user = AuthenticationCheck.ANONYMOUS;
        try {
            call = Router.route(request);
            checkSize(request);
            user = authentication.authenticate(request, call);
        } catch (ApiErrorException e) {
            var response = withRequestId(errors.response(e, call.family(), arrival.requestId()), call, arrival);
            callLog.add(entry(arrival, call, user, response, response.status(), List.of()));
            return ResponsePlan.whole(response, latency);
        }
        return executeWithFaults(arrival, withSubject(call, request), user);
    }

    private record Arrival(Request request, Instant at, String requestId) {}

    private ResponsePlan executeWithFaults(Arrival arrival, ApiCall call, String user) {
        var rules = faults.take(call);
        var replacing = rules.stream()
                .filter(rule -> rule.fault().stage() == Stage.BEFORE_ACTING)
                .findFirst();
        if (replacing.isPresent()) {
            return respondWithoutExecution(arrival, call, user, replacing.get());
        }
        var response = execute(arrival, call, rules);
        for (var rule : rules) {
            if (rule.fault().stage() == Stage.PRESENTATION) {
                PresentationFaults.change(rule, arrival.request(), response);
            } else if (rule.fault().stage() == Stage.AFTER_ACTING) {
                response = response.replacedBy(
                        faultEffects.replacement(rule, call, arrival.request(), arrival.requestId(), arrival.at()));
            }
        }
        var plan = plan(withRequestId(response, call, arrival), rules);
        var status = plan.isSent() ? response.status() : 0;
        callLog.add(entry(arrival, call, user, response, status, rules));
        return plan;
    }

    private ResponsePlan respondWithoutExecution(Arrival arrival, ApiCall call, String user, FaultRule rule) {
        var nothing = SimulatedResponse.empty(0);
        var parameters = rule.parameters();
        switch (rule.fault()) {
            case ANSWER_LOST_BEFORE_ACTING -> {
                callLog.add(entry(arrival, call, user, nothing, 0, List.of(rule)));
                return ResponsePlan.none(nothing, latency.plus(parameters.connectionOpenFor()));
            }
            case CREATE_DELIVERED_LATE -> {
                var number = callLog.add(entry(arrival, call, user, nothing, 0, List.of(rule)));
                cloud.schedule(parameters.delay(), now -> executeLate(number, arrival, call, now));
                return ResponsePlan.none(nothing, latency.plus(parameters.connectionOpenFor()));
            }
            default -> {
                var response =
                        faultEffects.replacement(rule, call, arrival.request(), arrival.requestId(), arrival.at());
                callLog.add(entry(arrival, call, user, response, response.status(), List.of(rule)));
                return ResponsePlan.whole(withRequestId(response, call, arrival), latency);
            }
        }
    }

    private void executeLate(long number, Arrival arrival, ApiCall call, Instant now) {
        var response = execute(arrival, call, List.of());
        if (response.acted()) {
            callLog.update(number, entry -> entry.actedLater(now, response.subject()));
        }
    }

    private SimulatedResponse execute(Arrival arrival, ApiCall call, List<FaultRule> rules) {
        try {
            return dispatcher.execute(call, arrival.request(), rules);
        } catch (ApiErrorException e) {
            return errors.response(e, call.family(), arrival.requestId());
        }
    }

    private ResponsePlan plan(SimulatedResponse response, List<FaultRule> rules) {
        var delivery = Delivery.WHOLE;
        var delay = latency;
        for (var rule : rules) {
            switch (rule.fault()) {
                case ANSWER_LOST_AFTER_ACTING -> {
                    delivery = Delivery.NONE;
                    delay = delay.plus(rule.parameters().connectionOpenFor());
                }
                case CUT_BODY -> delivery = Delivery.TRUNCATED;
                case SLOW_ANSWER -> delay = delay.plus(rule.delay());
                default -> {}
            }
        }
        return new ResponsePlan(response, delivery, delay);
    }

    private static void checkSize(Request request) {
        if (request.isTooLarge()) {
            throw ApiErrorException.ofGateway(413, "APIGW.0201", "Request entity too large");
        }
    }

    /** Adds the ids of the objects, so that a fault rule can select one for every call. */
    private ApiCall withSubject(ApiCall call, Request request) {
        var named = dispatcher.withSubject(call, request);
        if (named.volumeId() != null) {
            return named;
        }
        if (named.jobId() != null) {
            return cloud.findJob(named.jobId())
                    .flatMap(Job::volumeId)
                    .map(named::ofVolume)
                    .orElse(named);
        }
        return Optional.ofNullable(named.snapshotId())
                .flatMap(cloud::find)
                .map(snapshot -> named.ofVolume(snapshot.volumeId()))
                .orElse(named);
    }

    /** Huawei's Java SDK reads X-Request-Id; Cinder sends the other two. */
    private static SimulatedResponse withRequestId(SimulatedResponse response, ApiCall call, Arrival arrival) {
        if (response.headers().containsKey(FaultEffects.REQUEST_ID)) {
            return response;
        }
        if (call.family() == Family.NATIVE) {
            return response.withHeader(FaultEffects.REQUEST_ID, arrival.requestId());
        }
        var id = "req-" + arrival.requestId();
        return response.withHeader("x-compute-request-id", id).withHeader("x-openstack-request-id", id);
    }

    private CallLogEntry entry(
            Arrival arrival, ApiCall call, String user, SimulatedResponse response, int status, List<FaultRule> rules) {
        var request = arrival.request();
        var isVolumeCreate = call.operation() == Operation.DISK_CREATE;
        var isCreate = isVolumeCreate || call.operation() == Operation.CREATE;
        var logsBody = isCreate || call.operation() == Operation.UPDATE;
        var received = new CallLogEntry.Received(
                arrival.at(),
                call.operation(),
                request.method(),
                request.pathAndQuery(),
                isCreate ? dispatcher.metadataIn(request) : Map.of(),
                logsBody ? Optional.of(new String(request.body(), StandardCharsets.UTF_8)) : Optional.empty(),
                user,
                arrival.requestId());
        var subject = response.subject();
        // The call names the source volume, but the entry the created one.
        var ofCall = isVolumeCreate ? null : call.volumeId();
        var result = new CallLogEntry.Result(
                Optional.ofNullable(subject.volumeId() != null ? subject.volumeId() : ofCall),
                Optional.ofNullable(subject.snapshotId() != null ? subject.snapshotId() : call.snapshotId()),
                Optional.ofNullable(subject.jobId() != null ? subject.jobId() : call.jobId()),
                status,
                response.acted() ? Optional.of(arrival.at()) : Optional.empty());
        return new CallLogEntry(
                0, received, result, rules.stream().map(FaultRule::fault).toList());
    }
}
