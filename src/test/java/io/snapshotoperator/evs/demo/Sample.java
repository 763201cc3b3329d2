/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One file of {@code deploy/samples}: manifests and comments. Tests read two comments: {@code # expect: …} in the first line,
 * and {@code # simulator: …} with flags of the simulator.
 *
 * @param simulatorFlags the volumes and snapshots that the cloud needs for the sample to end as expected
 * @param manifests in the order of the file
 */
public record Sample(Path file, Expectation expectation, List<String> simulatorFlags, List<HasMetadata> manifests) {
    private static final Path FOLDER = Path.of("deploy", "samples");
    private static final Pattern DOCUMENT_END = Pattern.compile("(?m)^---$");
    private static final Pattern OTHER_KIND = Pattern.compile("(?m)^kind: VolumeSnapshot(Schedule|Restore)$");

    public Sample {
        simulatorFlags = List.copyOf(simulatorFlags);
        manifests = List.copyOf(manifests);
    }

    /** All samples with a request, in the order of their file names, which is the order for readers. */
    public static List<Sample> all() {
        return in(FOLDER);
    }

    static List<Sample> in(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !hasOtherKind(file))
                    .sorted()
                    .map(Sample::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasOtherKind(Path file) {
        try {
            return OTHER_KIND.matcher(Files.readString(file)).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The request of the sample. The other manifests are its prerequisites. */
    public VolumeSnapshotRequest request() {
        return of(VolumeSnapshotRequest.class).get(0);
    }

    public List<PersistentVolumeClaim> claims() {
        return of(PersistentVolumeClaim.class);
    }

    public String name() {
        return request().getMetadata().getName();
    }

    public boolean isImport() {
        return request().getSpec().source().snapshotId() != null;
    }

    /** Whether its first snapshot fails and is replaced. */
    public boolean replacesFailedSnapshot() {
        return request().getSpec().failurePolicy() == FailurePolicy.Replace;
    }

    /** Whether the snapshot remains after the request. The default policy is Delete, and Retain for an import. */
    public boolean retainsSnapshot() {
        var policy = request().getSpec().deletionPolicy();
        return policy == null ? isImport() : policy == DeletionPolicy.Retain;
    }

    private <T> List<T> of(Class<T> kind) {
        return manifests.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static Sample read(Path file) {
        try {
            var text = Files.readString(file);
            var manifests = DOCUMENT_END
                    .splitAsStream(text)
                    .map(manifest -> manifest(file, manifest))
                    .toList();
            var requests = manifests.stream()
                    .filter(VolumeSnapshotRequest.class::isInstance)
                    .count();
            if (requests != 1) {
                throw new IllegalArgumentException(file + " contains " + requests + " VolumeSnapshotRequests, not one");
            }
            var expects = values(text, "# expect:");
            if (expects.size() != 1 || !text.startsWith("# expect:")) {
                throw new IllegalArgumentException(file + " has no '# expect:' in its first line");
            }
            var flags = values(text, "# simulator:").stream()
                    .flatMap(line -> Arrays.stream(line.split("\\s+")))
                    .toList();
            return new Sample(file, Expectation.of(expects.get(0)), flags, manifests);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> values(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .toList();
    }

    private static HasMetadata manifest(Path file, String text) {
        var kind =
                Serialization.unmarshal(text, GenericKubernetesResource.class).getKind();
        return switch (kind) {
            case "PersistentVolume" -> Serialization.unmarshal(text, PersistentVolume.class);
            case "PersistentVolumeClaim" -> Serialization.unmarshal(text, PersistentVolumeClaim.class);
            case "VolumeSnapshotRequest" -> Serialization.unmarshal(text, VolumeSnapshotRequest.class);
            default -> throw new IllegalArgumentException(file + " contains a " + kind + ", which no sample needs");
        };
    }
}
