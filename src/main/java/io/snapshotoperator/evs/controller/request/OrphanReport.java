/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.OrphanedSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A report of the orphaned snapshots: they carry a marker of this installation, and their object no longer exists.
 *
 * @param complete whether the list of the cloud was complete; if not, there can be more
 * @param text cleans the marker, which is metadata and so can contain a secret that the cloud repeats
 */
public record OrphanReport(List<OrphanedSnapshot> orphans, boolean complete, CloudText text) {
    private static final String ROW = "%-36s  %-36s  %-12s  %-20s  %s%n";
    private static final String UNUSABLE = "?";
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    public OrphanReport {
        orphans = List.copyOf(orphans);
    }

    /**
     * Makes the report. Lists the cloud first and the objects second, so that a snapshot that is being created is not
     * reported.
     *
     * @param namespaces watched namespaces; empty means all
     * @param text returns the cleaner for metadata; called after the list
     * @throws CloudException if the cloud rejects the list or does not respond
     */
    public static OrphanReport take(
            KubernetesClient kubernetes,
            SnapshotClient cloud,
            String installation,
            Set<String> namespaces,
            Supplier<CloudText> text) {
        var listing = Listing.fetchAll(cloud, SnapshotFilter.all(), PageRequest.LARGEST, () -> {});
        var living = RequestLister.ALL.list(kubernetes, namespaces).uids();
        return new OrphanReport(
                OrphanedSnapshot.find(
                        listing.items(),
                        installation,
                        living,
                        namespace -> namespaces.isEmpty() || namespaces.contains(namespace)),
                listing.complete(),
                text.get());
    }

    /** Returns a table with one line per snapshot. */
    public String table() {
        var lines = new StringBuilder();
        lines.append(String.format(Locale.ROOT, ROW, "SNAPSHOT", "VOLUME", "STATE", "CREATED", "REQUESTED BY"));
        orphans.forEach(orphan -> lines.append(String.format(
                Locale.ROOT,
                ROW,
                orphan.snapshot().id(),
                orphan.snapshot().volumeId().map(VolumeId::value).orElse("?"),
                orphan.snapshot().wireState(),
                orphan.snapshot().createdAt().map(Object::toString).orElse("?"),
                namespace(orphan).orElse(UNUSABLE) + "/" + name(orphan).orElse(UNUSABLE) + " (UID "
                        + text.id(orphan.marker().uid()).orElse(UNUSABLE) + ")")));
        lines.append(orphans.size()).append(" orphaned snapshots");
        lines.append(
                complete
                        ? System.lineSeparator()
                        : ". There can be more: the list of the cloud changed while it was read, or has unreadable entries."
                                + System.lineSeparator());
        return lines.toString();
    }

    /** Returns manifests of requests that import the snapshots. Applied, they create no snapshot. */
    public String manifests() {
        return orphans.stream().map(this::manifest).collect(Collectors.joining());
    }

    private String manifest(OrphanedSnapshot orphan) {
        var namespace = namespace(orphan);
        var name = name(orphan);
        return namespace.isPresent() && name.isPresent()
                ? "---" + System.lineSeparator()
                        + stripped(Serialization.asYaml(request(orphan, namespace.get(), name.get())))
                : "# No manifest for " + orphan.snapshot().id() + ": its marker names no valid object."
                        + System.lineSeparator();
    }

    private Optional<String> namespace(OrphanedSnapshot orphan) {
        return usable(orphan.marker().namespace(), NAMESPACE);
    }

    private Optional<String> name(OrphanedSnapshot orphan) {
        return usable(orphan.marker().name(), NAME);
    }

    /** Returns the text if it is a name of Kubernetes and contains no secret. */
    private Optional<String> usable(String raw, Pattern form) {
        return Optional.of(raw)
                .filter(value -> form.matcher(value).matches())
                .filter(value -> text.verbatim(value, CloudText.MAX_ATTRIBUTE).equals(value));
    }

    private static VolumeSnapshotRequest request(OrphanedSnapshot orphan, String namespace, String name) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                // A new name, because a later request can have the old one.
                .withName(importName(orphan, name))
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(
                SnapshotSource.ofSnapshot(orphan.snapshot().id().value())));
        return request;
    }

    private static String importName(OrphanedSnapshot orphan, String name) {
        var id = orphan.snapshot().id().value().replaceAll("[^0-9A-Za-z]", "").toLowerCase(Locale.ROOT);
        return name.substring(0, Math.min(name.length(), 200)) + "-" + id.substring(0, Math.min(id.length(), 8));
    }

    private static String stripped(String yaml) {
        return yaml.startsWith("---") ? yaml.substring(yaml.indexOf('\n') + 1) : yaml;
    }
}
