/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudTextTest {
    private static final List<String> SECRETS = List.of("hunter2");

    private static String clean(String raw) {
        return CloudText.clean(raw, SECRETS, 256);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u0000", "\r\n", "\t", "\u001b", "\u0085", "\u200b", "\u202e", "\u2028", "\u2029", "\ud800"})
    void removesControlCharactersAndLineSeparators(String control) {
        assertThat(clean("vol" + control + "ume")).isEqualTo("volume");
    }

    @Test
    void keepsLettersOfAllLanguagesAndEmoji() {
        assertThat(clean("Größe 容量 🙂")).isEqualTo("Größe 容量 🙂");
    }

    @Test
    void redactsEverySecret() {
        assertThat(clean("hunter2 is not hunter2")).isEqualTo("*** is not ***");
    }

    @Test
    void redactsSecretThatControlCharacterSplits() {
        assertThat(clean("password hunt\u0000er\r\n2")).isEqualTo("password ***");
    }

    @Test
    void redactsSecretThatContainsControlCharacter() {
        assertThat(CloudText.clean("password hun\tter2", List.of("hun\tter2"), 256))
                .isEqualTo("password ***");
    }

    @Test
    void redactsLongestSecretFirst() {
        assertThat(CloudText.clean("key-and-more", List.of("key", "key-and-more"), 256))
                .isEqualTo("***");
    }

    @Test
    void redactsBeforeCut() {
        assertThat(CloudText.clean("at hunter2", SECRETS, 6)).isEqualTo("at ***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"r-17", "req-5aa119a8-d25b-45a7-8d1b-88e127885635", "!", "~"})
    void acceptsPrintableRequestId(String id) {
        assertThat(CloudText.requestId(id, SECRETS)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "r\u001b[2J", "r\u00e9", "r-hunter2-17"})
    void dropsRequestIdThatIsUnprintableOrContainsSecret(String id) {
        assertThat(CloudText.requestId(id, SECRETS)).isEmpty();
    }

    @Test
    void dropsRequestIdAbove128Characters() {
        assertThat(CloudText.requestId("r".repeat(128), SECRETS)).isPresent();
        assertThat(CloudText.requestId("r".repeat(129), SECRETS)).isEmpty();
    }

    @Test
    void ignoresEmptySecret() {
        assertThat(CloudText.clean("text", List.of(""), 256)).isEqualTo("text");
    }

    @Test
    void keepsTextOfMaximumLength() {
        assertThat(CloudText.clean("🙂🙂🙂", SECRETS, 3)).isEqualTo("🙂🙂🙂");
    }

    @Test
    void cutsLongerTextBetweenCodePoints() {
        assertThat(CloudText.clean("🙂🙂🙂🙂", SECRETS, 3)).isEqualTo("🙂🙂…");
    }

    @Test
    void returnsEmptyTextWhenNothingIsLeft() {
        assertThat(clean(" \r\n ")).isEmpty();
    }
}
