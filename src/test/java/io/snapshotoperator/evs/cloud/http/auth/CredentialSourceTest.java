/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialSourceTest {
    private final SteppedClock clock = new SteppedClock();

    @TempDir
    private Path directory;

    private CredentialSource source;

    @BeforeEach
    void prepare() {
        source = CredentialSource.ofDirectory(directory, clock);
    }

    private void write(String key, String value) throws IOException {
        Files.writeString(directory.resolve(key), value);
    }

    private void mount(String version, Map<String, String> values) throws IOException {
        var path = Files.createDirectory(directory.resolve("..2026_" + version));
        for (var entry : values.entrySet()) {
            Files.writeString(path.resolve(entry.getKey()), entry.getValue());
            var link = directory.resolve(entry.getKey());
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", entry.getKey()));
            }
        }
        var next = Files.createSymbolicLink(directory.resolve("..data_tmp"), path.getFileName());
        Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void readsUserFromFilesWithoutLineEnds() throws IOException {
        write("username", "operator\n");
        write("password", " p w \r\n");
        write("domainName", "OTC-1");

        assertThat(source.current()).isEqualTo(new Password("OTC-1", "operator", " p w "));
    }

    @Test
    void readsAccessKeyWithSecurityToken() throws IOException {
        write("accessKey", "AK\n");
        write("secretKey", "SK\n");
        write("securityToken", "TOKEN\n");

        assertThat(source.current()).isEqualTo(new AccessKey("AK", "SK", Optional.of("TOKEN")));
    }

    @Test
    void treatsEmptySecurityTokenAsNone() throws IOException {
        write("accessKey", "AK");
        write("secretKey", "SK");
        write("securityToken", "\n");

        assertThat(source.current()).isEqualTo(new AccessKey("AK", "SK", Optional.empty()));
    }

    @Test
    void detectsRotationOfLinkAfterOneSecond() throws IOException {
        mount("1", Map.of("accessKey", "AK1", "secretKey", "SK1"));
        source.current();
        mount("2", Map.of("accessKey", "AK2", "secretKey", "SK2"));

        clock.step(Duration.ofMillis(999));
        assertThat(source.current()).isEqualTo(new AccessKey("AK1", "SK1", Optional.empty()));
        clock.step(Duration.ofMillis(1));
        assertThat(source.current()).isEqualTo(new AccessKey("AK2", "SK2", Optional.empty()));
    }

    @Test
    void detectsRotationWhenClockIsSetBack() throws IOException {
        mount("1", Map.of("accessKey", "AK1", "secretKey", "SK1"));
        source.current();
        mount("2", Map.of("accessKey", "AK2", "secretKey", "SK2"));

        clock.step(Duration.ofHours(-1));

        assertThat(source.current()).isEqualTo(new AccessKey("AK2", "SK2", Optional.empty()));
    }

    @Test
    void namesEveryMissingOrEmptyFile() throws IOException {
        write("username", "operator");
        write("password", "\n");

        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(source::current)
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly(
                                directory.resolve("domainName") + " is missing",
                                directory.resolve("password") + " is empty"));
    }

    @Test
    void namesContradictoryFilesButNotTheirContent() throws IOException {
        write("username", "operator");
        write("password", "hunter2");
        write("domainName", "d");
        write("secretKey", "sesame");

        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(source::current)
                .withMessageContaining("either a user or an access key, not both")
                .withMessageContaining(directory.resolve("secretKey").toString())
                .withMessageNotContaining("hunter2")
                .withMessageNotContaining("sesame");
    }

    @Test
    void namesPossibleFilesWhenThereAreNone() {
        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(source::current)
                .withMessageContaining(directory.resolve("username").toString())
                .withMessageContaining(directory.resolve("accessKey").toString());
    }

    @Test
    void namesMissingDirectory() {
        var missing = directory.resolve("missing");

        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(CredentialSource.ofDirectory(missing, clock)::current)
                .withMessageContaining(missing.toString());
    }

    @Test
    void readsCorrectedFilesAutomatically() throws IOException {
        assertThatExceptionOfType(InvalidCredentialsException.class).isThrownBy(source::current);
        write("accessKey", "AK");
        write("secretKey", "SK");

        clock.step(Duration.ofSeconds(1));

        assertThat(source.current()).isInstanceOf(AccessKey.class);
    }

    @Test
    void rejectsKeyWithSpaceWithoutShowingIt() {
        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(() -> CredentialSource.ofValues(
                        Map.of("accessKey", "A K", "secretKey", "SK", "securityToken", "to\nken"), key -> "env." + key))
                .withMessageContaining("env.accessKey")
                .withMessageContaining("env.securityToken")
                .withMessageNotContaining("A K");
    }

    @Test
    void namesKeysOfGivenValues() {
        assertThatExceptionOfType(InvalidCredentialsException.class)
                .isThrownBy(() ->
                        CredentialSource.ofValues(Map.of("username", "u"), key -> "evs.connection.credentials." + key))
                .withMessageContaining("evs.connection.credentials.password is missing");
    }

    @Test
    void hidesSecretsInToString() {
        assertThat(new Password("d", "u", "hunter2").toString())
                .contains("u", "d")
                .doesNotContain("hunter2");
        assertThat(new AccessKey("AKIDEXAMPLE123456789", "sesame", Optional.of("token")).toString())
                .isEqualTo("temporary access key ending in 6789");
        assertThat(new AccessKey("AK", "sesame", Optional.empty()).toString()).isEqualTo("access key");
    }
}
