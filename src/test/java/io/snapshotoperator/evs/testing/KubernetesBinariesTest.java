/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubeapitest.binary.OSInfo;
import io.snapshotoperator.evs.testing.KubernetesBinaries.Missing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesBinariesTest {

    @TempDir
    Path home;

    @Test
    void describesMissingBinariesInOneLine() throws IOException {
        var closedPort = unusedPort();

        assertThatThrownBy(() -> KubernetesBinaries.of("1.34.*", home, URI.create("http://127.0.0.1:" + closedPort)))
                .isInstanceOf(Missing.class)
                .hasMessage("no kube-apiserver binaries for 1.34.* under " + home
                        + ", and no download: no response from 127.0.0.1; set KUBE_API_TEST_DIR to a folder with"
                        + " k8s/VERSION-OS-ARCH/{etcd,kube-apiserver,kubectl}");
    }

    @Test
    void findsNewestPatch() throws Exception {
        makeFolder("1.34.4", "etcd", "kube-apiserver", "kubectl");
        var newest = makeFolder("1.34.12", "etcd", "kube-apiserver", "kubectl", "helm");
        makeFolder("1.35.0", "etcd", "kube-apiserver", "kubectl");

        var found = KubernetesBinaries.of("1.34.*", home, URI.create("http://127.0.0.1:1"));

        assertThat(found.folder()).isEqualTo(newest);
        assertThat(found.helm()).contains(newest.resolve("helm"));
        assertThat(found.kubeControllerManager()).isEmpty();
    }

    @Test
    void ignoresFolderWithMissingBinary() throws IOException {
        makeFolder("1.34.4", "etcd", "kubectl");

        assertThatThrownBy(() -> KubernetesBinaries.of("1.34.*", home, URI.create("http://127.0.0.1:1")))
                .isInstanceOf(Missing.class);
    }

    private Path makeFolder(String version, String... programs) throws IOException {
        var os = new OSInfo();
        var folder = Files.createDirectories(
                home.resolve("k8s").resolve(version + "-" + os.getOSName() + "-" + os.getOSArch()));
        for (var program : programs) {
            assertThat(Files.createFile(folder.resolve(program)).toFile().setExecutable(true))
                    .isTrue();
        }
        return folder;
    }

    private static int unusedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
