/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.controller.connection.ConnectionUsers;
import io.snapshotoperator.evs.controller.restore.SourceRequests;
import io.snapshotoperator.evs.poll.PollerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the requests and restores that use a connection, in the caches of these kinds.
 *
 * @param restores empty if restores are not enabled
 */
record RequestUsers(PollerEventSource<VolumeSnapshotRequest> requests, Optional<SourceRequests> restores)
        implements ConnectionUsers {
    @Override
    public Optional<List<User>> of(ResourceID connection) {
        var namespace = connection.getNamespace().orElseThrow();
        var ofRequests = requests.objectsIn(namespace);
        var ofRestores = restores.map(source -> source.restoresIn(namespace)).orElse(Optional.of(Stream.of()));
        return ofRequests.flatMap(known -> ofRestores.map(more -> Stream.concat(
                        known.filter(request -> name(reference(request)).equals(connection.getName())),
                        more.filter(restore -> name(reference(restore)).equals(connection.getName())))
                .map(RequestUsers::user)
                .toList()));
    }

    private static User user(HasMetadata object) {
        return new User(ResourceID.fromResource(object), object.hasFinalizer(Api.FINALIZER));
    }

    private static Optional<ConnectionRef> reference(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getSpec()).map(spec -> spec.connectionRef());
    }

    private static Optional<ConnectionRef> reference(VolumeSnapshotRestore restore) {
        return Optional.ofNullable(restore.getSpec()).map(spec -> spec.connectionRef());
    }

    private static String name(Optional<ConnectionRef> reference) {
        return reference.map(ConnectionRef::name).orElse(EvsConnection.DEFAULT_NAME);
    }

    /** The kind of the user is not known here. An event for an object that does not exist is harmless. */
    @Override
    public void trigger(ResourceID user) {
        requests.propagateEvent(user);
        restores.ifPresent(source -> source.propagateEvent(user));
    }
}
