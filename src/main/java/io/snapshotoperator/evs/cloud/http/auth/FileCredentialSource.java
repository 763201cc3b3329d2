/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads credentials from a mounted Secret. Kubernetes replaces all files at once: it changes the symbolic link {@code ..data} to
 * a new directory. So the source reads all files from the target of the link. A mixture of an old and a new key pair would lock
 * the account.
 */
final class FileCredentialSource implements CredentialSource {
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final int MAX_BYTES = 64 * 1024;

    private final Path directory;
    private final InstantSource clock;
    private Instant readAt = Instant.MIN;
    private Credentials credentials;
    private InvalidCredentialsException problem;

    FileCredentialSource(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    @Override
    public synchronized Credentials current() {
        var now = clock.instant();
        // After the clock was set back, a rotation must not stay undetected until it reaches the old time.
        if (now.isBefore(readAt) || readAt.equals(Instant.MIN) || !now.isBefore(readAt.plus(CHECK_INTERVAL))) {
            readAt = now;
            readCredentials();
        }
        if (problem != null) {
            throw new InvalidCredentialsException(problem.problems());
        }
        return credentials;
    }

    private void readCredentials() {
        try {
            var values = readAll();
            credentials = CredentialKeys.read(
                    values::get, key -> directory.resolve(key).toString());
            problem = null;
        } catch (InvalidCredentialsException e) {
            problem = e;
        } catch (IOException e) {
            problem = new InvalidCredentialsException(
                    List.of("cannot read " + directory + ": " + e.getClass().getSimpleName()
                            + (e instanceof NoSuchFileException ? "; check that it is mounted" : "")));
        }
    }

    private Map<String, String> readAll() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        try {
            return readFrom(dataDirectory());
        } catch (NoSuchFileException replaced) {
            return readFrom(dataDirectory());
        }
    }

    private Path dataDirectory() throws IOException {
        var data = directory.resolve("..data");
        return Files.exists(data) ? data.toRealPath() : directory;
    }

    private static Map<String, String> readFrom(Path path) throws IOException {
        var values = new HashMap<String, String>();
        var keys = Stream.concat(CredentialKeys.USER_KEYS.stream(), CredentialKeys.ACCESS_KEY_KEYS.stream())
                .toList();
        for (var key : keys) {
            var file = path.resolve(key);
            if (Files.exists(file)) {
                try (var in = Files.newInputStream(file)) {
                    values.put(key, new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
                }
            }
        }
        if (!Files.isDirectory(path)) {
            throw new NoSuchFileException(path.toString());
        }
        return values;
    }
}
