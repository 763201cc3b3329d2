/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** Serves the calls of the control API about volumes and jobs. */
final class VolumeControl {

    private static final String[] MEMBERS = {
        "size", "status", "az", "type", "takes", "projectId", "name", "metadata", "snapshotId"
    };

    private final EvsSimulator simulator;

    VolumeControl(EvsSimulator simulator) {
        this.simulator = simulator;
    }

    /** Returns the volumes of all projects, or of one. */
    SimulatedResponse list(Request request) {
        var volumes = simulator.volumes();
        return SimulatedResponse.json(
                200,
                ControlJson.volumes(
                        request.parameter("project").map(volumes::ofProject).orElseGet(volumes::all)));
    }

    SimulatedResponse add(Request request) {
        var members = Stream.concat(Stream.of("id"), Arrays.stream(MEMBERS)).toArray(String[]::new);
        var body = ControlBody.read(request.body(), members);
        var id = InputRules.id("The member 'id'", body.required("id"));
        if (simulator.volumes().find(id).isPresent()) {
            return ControlHandler.problem(409, "There is a volume " + id + " already. Change it with PUT.");
        }
        return put(201, changed(Volume.inUse(id), body));
    }

    SimulatedResponse change(Request request, String id) {
        var body = ControlBody.read(request.body(), MEMBERS);
        return put(200, changed(volume(id), body));
    }

    void remove(String id) {
        simulator.volumes().remove(volume(id).id());
    }

    SimulatedResponse jobs() {
        return SimulatedResponse.json(200, ControlJson.jobs(simulator.jobs().all()));
    }

    /** Makes the ids of all jobs unknown, or that of one. */
    void forgetJobs(Request request) {
        var jobs = simulator.jobs();
        request.parameter("id").ifPresentOrElse(jobs::forget, jobs::forgetAll);
    }

    private SimulatedResponse put(int status, Volume volume) {
        simulator.settings().account().requireProjectOf(volume);
        simulator.volumes().put(volume);
        return SimulatedResponse.json(status, ControlJson.volume(volume(volume.id())));
    }

    private Volume volume(String id) {
        return simulator
                .volumes()
                .find(id)
                .orElseThrow(() -> new NoSuchElementException("There is no volume " + id + "."));
    }

    private static Volume changed(Volume before, ControlBody body) {
        var size = body.number("size");
        var volume = before.withSizeGib(size.isPresent() ? InputRules.sizeGib(size.getAsInt()) : before.sizeGib())
                .withStatus(ControlHandler.status(body).orElse(before.status()))
                .withAvailabilityZone(ControlHandler.id(body, "az").orElse(before.availabilityZone()))
                .withVolumeType(ControlHandler.id(body, "type").orElse(before.volumeType()))
                .withName(body.text("name").orElse(before.name()))
                .withMetadata(body.texts("metadata").orElse(before.metadata()))
                .inProject(ControlHandler.id(body, "projectId").orElse(before.projectId()));
        volume = ControlHandler.id(body, "snapshotId")
                .map(volume::withSnapshotId)
                .orElse(volume);
        return body.duration("takes").map(volume::withSnapshotTakes).orElse(volume);
    }
}
