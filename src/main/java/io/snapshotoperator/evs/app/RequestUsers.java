/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.controller.connection.ConnectionUsers;
import io.snapshotoperator.evs.poll.PollerEventSource;
import java.util.List;
import java.util.Optional;

/** Finds the requests that use a connection, in the cache of the requests. */
record RequestUsers(PollerEventSource<VolumeSnapshotRequest> requests) implements ConnectionUsers {
    @Override
    public Optional<List<User>> of(ResourceID connection) {
        return requests.objectsIn(connection.getNamespace().orElseThrow())
                .map(found -> found.filter(request -> connectionOf(request).equals(connection.getName()))
                        .map(request -> new User(ResourceID.fromResource(request), request.hasFinalizer(Api.FINALIZER)))
                        .toList());
    }

    private static String connectionOf(VolumeSnapshotRequest request) {
        return request.getSpec() == null || request.getSpec().connectionRef() == null
                ? EvsConnection.DEFAULT_NAME
                : request.getSpec().connectionRef().name();
    }

    @Override
    public void trigger(ResourceID user) {
        requests.propagateEvent(user);
    }
}
