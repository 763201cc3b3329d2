/**
 * The cloud as it speaks: HTTP, authentication, paging parameters, JSON, and the table that sorts its errors. May use
 * the {@code cloud} room, {@code java.net.http} and Jackson; knows nothing of Kubernetes. Start reading at
 * {@link io.snapshotoperator.evs.cloud.http.HttpSnapshotClient}; what failures mean is in {@link
 * io.snapshotoperator.evs.cloud.http.ErrorCatalog} and {@link io.snapshotoperator.evs.cloud.http.Silence}.
 */
package io.snapshotoperator.evs.cloud.http;
