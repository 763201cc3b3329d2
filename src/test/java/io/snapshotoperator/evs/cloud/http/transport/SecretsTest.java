/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String SECRET = "pa\"ss/w ö+rd?";
    private static final Secrets SECRETS = Secrets.of(SECRET);

    private static String clean(String raw) {
        return clean(raw, SECRETS);
    }

    private static String clean(String raw, Secrets secrets) {
        return secrets.text().clean(raw, 256);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SECRET,
                "pa\\\"ss/w ö+rd?",
                "pa\\\"ss\\/w ö+rd?",
                "pa%22ss%2Fw%20%C3%B6%2Brd%3F",
                "pa%22ss%2fw%20%c3%b6%2brd%3f"
            })
    void redactsEscapedForms(String form) {
        assertThat(clean("at " + form + ".")).isEqualTo("at ***.");
    }

    @Test
    void redactsFormEncoding() {
        assertThat(clean(URLEncoder.encode(SECRET, StandardCharsets.UTF_8))).isEqualTo("***");
    }

    @Test
    void redactsBase64OfBothAlphabetsWithAndWithoutPadding() {
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            assertThat(clean(encoder.encodeToString(bytes(SECRET)))).matches("\\*\\*\\*=*");
            assertThat(clean(encoder.withoutPadding().encodeToString(bytes(SECRET))))
                    .isEqualTo("***");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"u:", "us:", "usr:", "user:"})
    void redactsSecretInsideLongerBase64(String before) {
        var secret = "correct horse battery staple";
        var encoded = Base64.getEncoder().encodeToString(bytes(before + secret + " and more"));

        assertThat(clean(encoded, Secrets.of(secret)))
                .contains("***")
                .hasSizeLessThan(encoded.length() - secret.length())
                .doesNotContain(encoded.substring(encoded.length() / 2, encoded.length() / 2 + 8));
    }

    @Test
    void redactsSecretThatContainsControlCharacter() {
        assertThat(clean("password hun\tter2", Secrets.of("hun\tter2"))).isEqualTo("password ***");
    }

    @Test
    void redactsLongestSecretFirst() {
        assertThat(clean("key-and-more", Secrets.of("key", "key-and-more"))).isEqualTo("***");
    }

    @Test
    void ignoresEmptySecret() {
        assertThat(clean("text", Secrets.of(""))).isEqualTo("text");
    }

    @Test
    void keepsTextThatResemblesBase64OfShortSecret() {
        assertThat(clean("YQ YWI a", Secrets.of("ab"))).isEqualTo("YQ YWI a");
    }

    @Test
    void containsNoSecretInToString() {
        assertThat(SECRETS.toString()).isEqualTo("secrets");
    }
}
