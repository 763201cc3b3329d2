/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The audit log of a real API server: what one client asked for, and how often. */
public final class AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");

    /** Logs each request once, when its response is complete. */
    private static final String POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived, ResponseStarted]
            rules:
              - level: Metadata
            """;

    /**
     * One request.
     *
     * @param resource plural name, with the subresource after a slash
     */
    public record Entry(String verb, String resource, String name) {
        private static Entry of(JsonNode event) {
            var object = event.path("objectRef");
            var subresource = object.path("subresource").asText();
            return new Entry(
                    event.path("verb").asText(),
                    object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                    object.path("name").asText());
        }

        public boolean isWrite() {
            return WRITES.contains(verb);
        }
    }

    private final Path log;

    private AuditLog(Path log) {
        this.log = log;
    }

    /** Lets the server that is being built write an audit log into this folder. */
    public static AuditLog enableFor(RealApiServer.Builder server, Path folder) throws IOException {
        var policy = Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
        var log = folder.resolve("audit.log");
        server.flag("--audit-policy-file", policy.toAbsolutePath()).flag("--audit-log-path", log.toAbsolutePath());
        return new AuditLog(log);
    }

    /** Returns the requests of the client with this user agent, in the order of their responses. */
    public List<Entry> requestsOf(String userAgent) {
        try (var lines = Files.lines(log)) {
            return lines.map(AuditLog::parse)
                    .filter(event -> userAgent.equals(event.path("userAgent").asText()))
                    .map(Entry::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the requests of this user, also of somebody who acts as this user, as the API server logged them. */
    public List<JsonNode> events(String user) {
        try (var lines = Files.lines(log)) {
            return lines.map(AuditLog::parse)
                    .filter(event -> user.equals(event.at("/impersonatedUser/username")
                            .asText(event.at("/user/username").asText())))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
