/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prints a line for each change that a user can see, in the columns of {@code kubectl get vsr}, and a line for each action.
 * Remembers what it printed, so that a wait for a state also waits until that state is printed.
 */
final class LiveTable implements ResourceEventHandler<VolumeSnapshotRequest>, AutoCloseable {
    private static final String ROW = "%6s  %-23s  %-9s  %-5s  %-23s  %-8s  %4s  %3s";

    private final PrintStream out;
    private final Map<String, RequestView> displayed = new HashMap<>();
    private final Map<String, List<String>> lastRow = new HashMap<>();
    private final SharedIndexInformer<VolumeSnapshotRequest> informer;
    private long startedAt;

    LiveTable(PrintStream out, KubernetesClient kubernetes, String namespace) {
        this.out = out;
        this.informer = kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .inform(this);
    }

    synchronized void head() {
        row("TIME", "NAME", "STATE", "READY", "REASON", "SNAPSHOT", "SIZE", "AGE");
    }

    /** Prints an action of a user or of the cluster. Time counts from the first action. */
    synchronized void action(String text) {
        startedAt = startedAt == 0 ? System.nanoTime() : startedAt;
        out.printf(Locale.ROOT, "%6s  > %s%n", time(), text);
    }

    /** The version that was printed last; empty if the object does not exist. */
    synchronized Optional<RequestView> shown(String name) {
        return Optional.ofNullable(displayed.get(name));
    }

    @Override
    public synchronized void onAdd(VolumeSnapshotRequest added) {
        show(added);
    }

    @Override
    public synchronized void onUpdate(VolumeSnapshotRequest before, VolumeSnapshotRequest after) {
        show(after);
    }

    @Override
    public synchronized void onDelete(VolumeSnapshotRequest gone, boolean missed) {
        var name = gone.getMetadata().getName();
        row(time(), name, RequestView.NOTHING, RequestView.NOTHING, "(object deleted)", "", "", "");
        displayed.remove(name);
    }

    @Override
    public void close() {
        informer.close();
    }

    private void show(VolumeSnapshotRequest request) {
        var name = request.getMetadata().getName();
        var view = new RequestView(request);
        var row = List.of(view.state(), view.ready(), view.reason(), view.snapshot(), view.size());
        var changed = !row.equals(lastRow.put(name, row));
        if (changed && row.stream().anyMatch(cell -> !cell.equals(RequestView.NOTHING))) {
            row(time(), name, row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), view.age(Instant.now()));
        }
        displayed.put(name, view);
    }

    private void row(Object... cells) {
        out.println(String.format(Locale.ROOT, ROW, cells).stripTrailing());
    }

    private String time() {
        var millis = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
        return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
    }
}
