/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.testing.SnapshotsOnlyClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The cloud client of one process of the model. By choice a call fails, its response is lost, a create request arrives later,
 * the process pauses until other processes have continued, or the process dies.
 */
final class ModelClient extends SnapshotsOnlyClient {
    /** A page that is full each time, so that no list ends. */
    private static final List<CloudSnapshot> FULL_PAGE = IntStream.range(0, PageRequest.LARGEST)
            .mapToObj(number -> CloudSnapshotBuilder.builder()
                    .id(new SnapshotId("other-" + number))
                    .wireState("available")
                    .volumeId(new VolumeId("another-volume"))
                    .name("another")
                    .sizeGiB(10)
                    .metadata(Map.of())
                    .build())
            .toList();

    private final LifecycleModel model;
    private final ModelProcess process;
    private final CloudLocation location;
    private boolean repeatsPage;

    ModelClient(LifecycleModel model, ModelProcess process, CloudLocation location) {
        this.model = model;
        this.process = process;
        this.location = location;
    }

    @Override
    public CloudLocation authenticate() {
        process.requireAlive();
        var fate = model.choices.draw(80);
        if (fate >= 77) {
            throw failedRead();
        } else if (fate >= 74) {
            process.throttle();
        } else if (fate == 73) {
            process.suspendCreates();
        } else if (fate >= 71) {
            process.lockVolume();
        }
        return location;
    }

    @Override
    public boolean supportsMarkerPaging() {
        return true;
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        var fate = beforeRead();
        var snapshot = model.cloud().read(location, id, model.now());
        process.observed(id, snapshot);
        model.trace(() ->
                "    read " + id + ": " + snapshot.map(CloudSnapshot::wireState).orElse("absent"));
        afterRead(fate);
        return snapshot;
    }

    @Override
    public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
        if (page.after().isPresent() && repeatsPage) {
            repeatsPage = false;
            return new Page<>(FULL_PAGE, Optional.empty(), true);
        }
        var fate = beforeRead();
        var snapshots = model.cloud().list(location, filter, model.now());
        snapshots.forEach(snapshot -> process.observed(snapshot.id(), Optional.of(snapshot)));
        repeatsPage = fate >= 74 && fate < 78;
        model.trace(() -> "    list " + filter.status().orElse("all") + (repeatsPage ? ", incomplete" : "") + ": "
                + snapshots.stream()
                        .map(snapshot -> snapshot.id() + " " + snapshot.wireState())
                        .toList());
        var incomplete = repeatsPage;
        afterRead(fate);
        if (incomplete) {
            model.reached("a list is incomplete");
            return new Page<>(
                    Stream.concat(snapshots.stream(), FULL_PAGE.stream().skip(snapshots.size()))
                            .toList(),
                    Optional.empty(),
                    true);
        }
        return new Page<>(snapshots, Optional.of(snapshots.size()), false);
    }

    private int beforeRead() {
        process.requireAlive();
        var fate = model.choices.draw(80);
        if (fate >= 78) {
            throw failedRead();
        } else if (fate == 68 || fate == 69) {
            model.elapse(Duration.ofMillis(300));
        }
        return fate;
    }

    private void afterRead(int fate) {
        if (fate == 72 || fate == 73) {
            process.throttle();
        } else if (fate == 70 || fate == 71) {
            throw process.die("after a read");
        } else if (fate >= 50 && fate < 68) {
            model.elapse(Duration.ofMillis(fate < 60 ? 200 : 400));
        }
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest request) {
        process.requireAlive();
        model.checks().beforeCreate(process, request, location);
        var lag = Duration.ofSeconds(List.of(0, 0, 0, 1, 20).get(model.choices.draw(5)));
        var fate = model.choices.draw(18);
        model.reached("create request with fate " + fate);
        model.trace(() -> "    create, fate " + fate + ", lag " + lag);
        switch (fate) {
            case 7, 8 -> {
                waitForResponse();
                throw rejectedCreate();
            }
            case 9 -> {
                waitForResponse();
                throw ambiguous();
            }
            case 10 -> {
                execute(request, lag);
                waitForResponse();
                throw ambiguous();
            }
            case 11 -> {
                execute(request, lag);
                throw process.die("after the cloud executed the create request");
            }
            case 12 -> throw process.die("before the create request was sent");
            case 13, 14 -> {
                deliverLater(request, Duration.ofSeconds(model.choices.draw(35)), lag, false);
                if (fate == 14) {
                    throw process.die("after the create request was sent");
                }
                waitForResponse();
                throw ambiguous();
            }
            case 15 -> {
                var response = execute(request, lag);
                model.pause(process);
                return response;
            }
            case 16 -> {
                var rejection = rejectedCreate();
                model.pause(process);
                throw rejection;
            }
            case 17 -> {
                if (model.allowsLateCreates()) {
                    deliverLater(request, Duration.ofSeconds(70 + 40L * model.choices.draw(4)), lag, true);
                    throw ambiguous();
                }
            }
            default -> {}
        }
        var response = execute(request, lag);
        waitForResponse();
        return response;
    }

    private CloudSnapshot execute(CreateSnapshotRequest request, Duration lag) {
        var response =
                model.cloud().execute(location, request, model.now(), lag).describe();
        process.onCreateExecuted(response);
        return response;
    }

    private void deliverLater(CreateSnapshotRequest request, Duration delay, Duration lag, boolean late) {
        var sent = model.now();
        model.cloud().deliverLater(new ModelCloud.Delivery(sent.plus(delay), location, request, lag, late, sent));
    }

    private void waitForResponse() {
        model.elapse(Duration.ofSeconds(model.choices.draw(20)));
    }

    @Override
    public boolean delete(SnapshotId id) {
        process.requireAlive();
        var target = model.cloud().find(id).orElseThrow();
        var fate = model.choices.draw(40);
        model.trace(() -> "    delete " + target + ", fate " + fate);
        model.checks().beforeDelete(process, target);
        if (fate == 38) {
            throw process.die("before a delete request was sent");
        }
        if (target.gone || !target.location.equals(location)) {
            return false;
        }
        if (!List.of("available", "error").contains(target.status)) {
            throw failure(Kind.BUSY, false);
        }
        if (fate >= 25 && fate < 30) {
            throw rejectedDelete();
        }
        if (fate >= 30 && fate < 35) {
            throw ambiguous();
        }
        target.status = "deleting";
        target.deletedByOperator = true;
        model.reached("the cloud accepts a delete");
        if (fate >= 35 && fate < 38) {
            throw ambiguous();
        }
        if (fate == 39) {
            throw process.die("after a delete request was executed");
        }
        return true;
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        process.requireAlive();
        var target = model.cloud().find(id).orElseThrow();
        model.trace(() -> "    update " + target);
        model.checks().beforeUpdate(process, target);
        if (model.choices.once(6)) {
            model.checks().onUpdateFailed();
            throw model.choices.once(2) ? rejectedCreate() : ambiguous();
        }
        if (target.gone || !target.location.equals(location)) {
            return Optional.empty();
        }
        change.name().ifPresent(name -> target.name = name);
        change.description().ifPresent(text -> target.description = Optional.of(text));
        model.reached("the cloud accepts an update");
        process.observed(id, Optional.of(target.describe()));
        return Optional.of(target.describe());
    }

    private CloudException failedRead() {
        return oneOf(false, Kind.TRANSIENT, Kind.THROTTLED, Kind.NOT_AUTHORIZED, Kind.MISCONFIGURED);
    }

    private CloudException ambiguous() {
        return oneOf(true, Kind.TRANSIENT, Kind.THROTTLED, Kind.UNKNOWN);
    }

    private CloudException rejectedCreate() {
        return oneOf(
                false,
                Kind.QUOTA,
                Kind.BUSY,
                Kind.INVALID_REQUEST,
                Kind.VOLUME_NOT_FOUND,
                Kind.NOT_AUTHORIZED,
                Kind.VOLUME_ATTACHED,
                Kind.UNUSABLE_STATE,
                Kind.UNKNOWN);
    }

    private CloudException rejectedDelete() {
        return oneOf(false, Kind.BUSY, Kind.NOT_AUTHORIZED, Kind.INVALID_REQUEST, Kind.UNKNOWN);
    }

    private CloudException oneOf(boolean mayHaveActed, Kind... kinds) {
        return failure(kinds[model.choices.draw(kinds.length)], mayHaveActed);
    }

    private CloudException failure(Kind kind, boolean mayHaveActed) {
        model.trace(() -> "    fails with " + kind + (mayHaveActed ? ", ambiguous" : ""));
        model.reached(kind + (mayHaveActed ? ", ambiguous" : ""));
        return new CloudException(CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("call")
                .httpStatus(400)
                .cloudMessage("no")
                .advice("Wait.")
                .mayHaveActed(mayHaveActed)
                .quotaScope(kind == Kind.QUOTA ? Optional.of(CloudException.QuotaScope.VOLUME) : Optional.empty())
                .build());
    }
}
