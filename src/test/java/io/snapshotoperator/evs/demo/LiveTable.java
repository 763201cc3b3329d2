/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prints a line whenever what a person sees of a request has changed, and what was done to bring it about. Remembers what
 * it has printed, so that who waits for something waits until it was shown.
 */
final class LiveTable implements ResourceEventHandler<VolumeSnapshotRequest>, AutoCloseable {
    private static final String ROW = "%6s  %-23s  %-9s  %-5s  %-18s  %s";

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
        row("TIME", "NAME", "STATE", "READY", "REASON", "SNAPSHOT");
    }

    /** What somebody does, between the lines that show what comes of it. Time counts from the first deed. */
    synchronized void deed(String what) {
        startedAt = startedAt == 0 ? System.nanoTime() : startedAt;
        out.printf(Locale.ROOT, "%6s  > %s%n", time(), what);
    }

    /** As last shown; empty when there is none, or not any more. */
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
        row(time(), name, RequestView.NOTHING, RequestView.NOTHING, "(the object is gone)", "");
        displayed.remove(name);
    }

    @Override
    public void close() {
        informer.close();
    }

    private void show(VolumeSnapshotRequest request) {
        var name = request.getMetadata().getName();
        var view = new RequestView(request);
        var row = List.of(view.state(), view.ready(), view.reason(), view.snapshot());
        var changed = !row.equals(lastRow.put(name, row));
        if (changed && row.stream().anyMatch(cell -> !cell.equals(RequestView.NOTHING))) {
            row(time(), name, row.get(0), row.get(1), row.get(2), row.get(3));
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
