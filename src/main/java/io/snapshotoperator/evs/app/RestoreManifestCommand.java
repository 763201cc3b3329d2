/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.restore.ClaimManifests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the PersistentVolume and the claim of a restored volume. It reads one file, and needs neither a cluster nor a cloud. */
@Command(
        name = "restore-manifest",
        mixinStandardHelpOptions = true,
        description =
                "Prints a PersistentVolume of a restored volume and a claim that is bound to it, for kubectl apply."
                        + " Needs no cluster.")
public final class RestoreManifestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "A VolumeSnapshotRestore with its status, YAML or JSON, as kubectl get vsrestore NAME -o yaml prints"
                            + " it. - reads standard input.")
    private String file;

    @Option(
            names = "--claim",
            paramLabel = "NAME",
            description = "The name of the claim. Default: spec.persistentVolumeClaim.name.")
    private String claim;

    @Option(
            names = "--driver",
            paramLabel = "DRIVER",
            description = "The CSI driver. Default: spec.persistentVolumeClaim.driver, if it is known.")
    private String driver;

    @Option(
            names = "--storage-class",
            paramLabel = "NAME",
            description = "The StorageClass. Default: spec.persistentVolumeClaim.storageClassName, or none.")
    private String storageClass;

    @Override
    public Integer call() {
        ClaimManifests manifests;
        try {
            var restore = read();
            manifests = new ClaimManifests(restore, template(restore));
        } catch (IllegalArgumentException invalid) {
            spec.commandLine().getErr().println(invalid.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.MISCONFIGURED;
        }
        var out = spec.commandLine().getOut();
        out.print(Serialization.asYaml(manifests.persistentVolume()));
        out.print(Serialization.asYaml(manifests.claim()));
        out.flush();
        return ExitCode.OK;
    }

    /** Returns the template of the spec with the options instead of its fields. */
    private ClaimTemplate template(VolumeSnapshotRestore restore) {
        var given = Optional.ofNullable(restore.getSpec().persistentVolumeClaim());
        var name = Optional.ofNullable(claim).or(() -> given.map(ClaimTemplate::name));
        var ofSpec = given.map(ClaimTemplate::driver);
        if (name.isEmpty() || (driver == null && ofSpec.isEmpty())) {
            throw new IllegalArgumentException(file
                    + " has no spec.persistentVolumeClaim. Name the claim with --claim, and the driver with --driver.");
        }
        if (driver == null && !ClaimVolumeResolver.KNOWN_DRIVERS.contains(ofSpec.get())) {
            throw new IllegalArgumentException("The CSI driver " + ofSpec.get() + " is none of "
                    + String.join(", ", new TreeSet<>(ClaimVolumeResolver.KNOWN_DRIVERS))
                    + ". If its volume handle is the id of the volume, name it with --driver.");
        }
        return new ClaimTemplate(
                name.get(),
                Optional.ofNullable(driver).orElseGet(ofSpec::get),
                Optional.ofNullable(storageClass)
                        .or(() -> given.map(ClaimTemplate::storageClassName))
                        .orElse(null),
                given.map(ClaimTemplate::accessMode).orElse(null),
                given.map(ClaimTemplate::fsType).orElse(null));
    }

    private VolumeSnapshotRestore read() {
        try {
            var text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            var tree = new ObjectMapper(new YAMLFactory()).readTree(text);
            if (tree == null
                    || !"VolumeSnapshotRestore".equals(tree.path("kind").asText())) {
                throw new IllegalArgumentException(file + " is not one VolumeSnapshotRestore.");
            }
            var restore = new ObjectMapper().treeToValue(tree, VolumeSnapshotRestore.class);
            if (restore.getSpec() == null) {
                throw new IllegalArgumentException(file + " has no spec.");
            }
            if (restore.getSpec().deletionPolicy() == DeletionPolicy.Delete) {
                throw new IllegalArgumentException(
                        file + " has spec.deletionPolicy: Delete, so deleting the restore would"
                                + " delete the volume of the claim. Set it to Retain first.");
            }
            return restore;
        } catch (JacksonException invalid) {
            throw new IllegalArgumentException(file + " cannot be read: " + invalid.getOriginalMessage(), invalid);
        } catch (IOException failed) {
            throw new IllegalArgumentException(file + " cannot be read: " + failed.getMessage(), failed);
        }
    }
}
