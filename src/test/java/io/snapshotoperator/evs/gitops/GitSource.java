/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Gives revisions of a Git repository to Flux, in place of its source-controller: serves each revision as an archive over HTTP,
 * and writes where it is into the status of the {@code GitRepository}.
 */
final class GitSource implements AutoCloseable {
    private final RealApiServer server;
    private final HttpServer http;
    private final Map<String, byte[]> archives = new ConcurrentHashMap<>();

    GitSource(RealApiServer server) {
        this.server = server;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", exchange -> {
            var archive = archives.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(archive == null ? 404 : 200, archive == null ? -1 : archive.length);
            try (var body = exchange.getResponseBody()) {
                if (archive != null) {
                    body.write(archive);
                }
            }
        });
        http.start();
    }

    /**
     * Makes these files the newest revision of a repository, which must exist.
     *
     * @param files path to content
     * @return the revision
     */
    String publish(String namespace, String repository, Map<String, String> files) {
        var archive = archive(new TreeMap<>(files));
        var revision = digest("SHA-1", archive);
        var path = "/" + revision + ".tar.gz";
        archives.put(path, archive);
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var patched = server.kubectl(
                "patch",
                "gitrepository.source.toolkit.fluxcd.io",
                repository,
                "--namespace=" + namespace,
                "--subresource=status",
                "--type=merge",
                "--patch",
                """
                {"status": {
                  "artifact": {
                    "path": "%s", "url": "http://127.0.0.1:%d%s", "revision": "main@sha1:%s", "digest": "sha256:%s",
                    "lastUpdateTime": "%s", "size": %d
                  },
                  "observedGeneration": 1,
                  "conditions": [{
                    "type": "Ready", "status": "True", "reason": "Succeeded", "message": "stored artifact",
                    "observedGeneration": 1, "lastTransitionTime": "%s"
                  }]
                }}""".formatted(
                                path.substring(1),
                                http.getAddress().getPort(),
                                path,
                                revision,
                                digest("SHA-256", archive),
                                now,
                                archive.length,
                                now));
        assertThat(patched.exit()).as(patched.err()).isZero();
        return "main@sha1:" + revision;
    }

    private static byte[] archive(Map<String, String> files) {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (var file : files.entrySet()) {
                var content = file.getValue().getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
