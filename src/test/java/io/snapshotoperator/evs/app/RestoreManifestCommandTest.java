/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RestoreManifestCommandTest {
    private static final String CLAIM = "{name: data-app-0, driver: disk.csi.everest.io, storageClassName: csi-disk}";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int print(String claim, String... options) throws IOException {
        return run("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRestore
                metadata:
                  name: back
                  namespace: shop
                  uid: 11111111-2222-4333-8444-555555555555
                  managedFields: [{manager: kubectl, time: "2026-11-27T12:00:00Z", fieldsV1: {"f:spec": {}}}]
                spec:
                  requestRef: {name: nightly}
                  persistentVolumeClaim: CLAIM
                status:
                  volumeId: 3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11
                  sizeGiB: 40
                  laterField: 1
                  conditions:
                    - {type: Ready, status: "True", reason: VolumeRestored, message: m,
                       lastTransitionTime: "2026-01-01T00:00:00Z"}
                """.replace("CLAIM", claim), options);
    }

    private int run(String manifest, String... options) throws IOException {
        return execute(Files.writeString(folder.resolve("restore.yaml"), manifest), options);
    }

    private int execute(Path file, String... options) {
        var arguments = new ArrayList<>(List.of(options));
        arguments.add(file.toString());
        return new CommandLine(new RestoreManifestCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler(new CommandFailures())
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void printsPersistentVolumeAndClaimOfSpec() throws IOException {
        assertThat(print(CLAIM)).isEqualTo(ExitCode.OK);

        assertThat(out.toString().split("(?m)^---$"))
                .hasSize(3)
                .satisfies(documents -> assertThat(documents[1])
                        .contains("kind: \"PersistentVolume\"")
                        .contains("volumeHandle: \"3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11\"")
                        .contains("persistentVolumeReclaimPolicy: \"Retain\"")
                        .doesNotContain("laterField", "status"))
                .satisfies(documents -> assertThat(documents[2])
                        .contains("kind: \"PersistentVolumeClaim\"")
                        .contains("name: \"data-app-0\"")
                        .contains("storageClassName: \"csi-disk\""));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void takesOptionsInsteadOfSpec() throws IOException {
        assertThat(print("null", "--claim", "data", "--driver", "example.com", "--storage-class", "fast"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("driver: \"example.com\"")
                .contains("name: \"data\"")
                .contains("storageClassName: \"fast\"");
    }

    @Test
    void printsNothingForVolumeThatIsDeletedWithRestore() throws IOException {
        var claim = CLAIM + "\n  deletionPolicy: Delete";

        assertThat(print(claim)).isEqualTo(ExitCode.MISCONFIGURED);

        assertThat(err.toString()).contains("Set it to Retain first.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void asksForClaimAndDriver() throws IOException {
        assertThat(print("null")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(print("null", "--claim", "data")).isEqualTo(ExitCode.MISCONFIGURED);

        assertThat(err.toString()).contains("Name the claim with --claim, and the driver with --driver.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void asksForConfirmationOfUnknownDriver() throws IOException {
        var claim = CLAIM.replace("disk.csi.everest.io", "example.com");

        assertThat(print(claim)).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("The CSI driver example.com is none of cinder.csi.openstack.org,");
        assertThat(print(claim, "--driver", "example.com")).isEqualTo(ExitCode.OK);
    }

    @Test
    void saysWhatIsWrongWithFile() throws IOException {
        assertThat(run("kind: ConfigMap")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("is not one VolumeSnapshotRestore");
        assertThat(run("kind: [")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("cannot be read");
        assertThat(run("kind: VolumeSnapshotRestore")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("has no spec");
        assertThat(execute(folder.resolve("absent.yaml"))).isEqualTo(ExitCode.MISCONFIGURED);
    }
}
