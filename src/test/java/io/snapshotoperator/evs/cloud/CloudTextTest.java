/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudTextTest {
    private static final CloudText TEXT = new CloudText(text -> text.replace("hunter2", CloudText.REDACTED));

    private static String clean(String raw) {
        return TEXT.clean(raw, 256);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "\r\n",
                "\t",
                "\u001b",
                "\u001b[2J",
                "\u001b[38;5;196m",
                "\u009b1m",
                "\u0085",
                "\u200b",
                "\u202e",
                "\u2028",
                "\u2029",
                "\ud800"
            })
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
        assertThat(clean("password hunt\u001b[31mer2")).isEqualTo("password ***");
    }

    @Test
    void redactsBeforeCut() {
        assertThat(TEXT.clean("at hunter2", 6)).isEqualTo("at ***");
    }

    @Test
    void keepsTextOfMaximumLength() {
        assertThat(TEXT.clean("🙂🙂🙂", 3)).isEqualTo("🙂🙂🙂");
    }

    @Test
    void cutsLongerTextBetweenCodePoints() {
        assertThat(TEXT.clean("🙂🙂🙂🙂", 3)).isEqualTo("🙂🙂…");
    }

    @Test
    void returnsEmptyTextWhenNothingIsLeft() {
        assertThat(clean(" \r\n ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"available", "awaiting-transfer", "available ", ""})
    void keepsUsableWordVerbatim(String word) {
        assertThat(TEXT.verbatim(word, 64)).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"avail\u200bable", "\u001b[32mavailable", "available\r\n", "\u202eavailable"})
    void changedWordNeverEqualsKnownOne(String word) {
        assertThat(TEXT.verbatim(word, 64)).isEqualTo("available…");
        assertThat(TEXT.verbatim(word, 9)).isEqualTo("availabl…");
    }

    @Test
    void boundsWordAndRedactsItsSecrets() {
        assertThat(TEXT.verbatim("x".repeat(40_000), 64)).hasSize(64).endsWith("x…");
        assertThat(TEXT.verbatim("is-hunter2", 64)).isEqualTo("is-***…");
    }

    @Test
    void keepsSecretsInTextThatDecidesAboutOwnership() {
        assertThat(CloudText.verbatimWithSecrets("prod-hunter2", 255)).isEqualTo("prod-hunter2");
        assertThat(CloudText.verbatimWithSecrets("prod\u200b", 255)).isEqualTo("prod…");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5aa119a8-d25b-45a7-8d1b-88e127885635",
                "77b6a44cba5143ab91d13ab9a8ff44fd",
                "snap_1",
                "A",
                "1234567890123456789012345678901234567890123456789012345678901234"
            })
    void acceptsId(String id) {
        assertThat(TEXT.id(id)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "..",
                "../../../v3/users",
                "a/b",
                "a?b",
                "a%2e",
                "a\n",
                "ä",
                "x-hunter2",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void dropsIdThatIsUnusableInPathOrContainsSecret(String id) {
        assertThat(TEXT.id(id)).isEmpty();
    }

    @Test
    void acceptsUuidAlthoughShortSecretOccursInIt() {
        var id = "5aa119a8-d25b-45a7-8d1b-88e127885635";

        assertThat(new CloudText(text -> text.replace("5a", CloudText.REDACTED)).id(id))
                .contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EVS.2024", "APIGW.0101", "badRequest", "invalid_grant", "x-1"})
    void acceptsCode(String code) {
        assertThat(TEXT.code(code)).contains(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EVS 2024", "EVS.2024\r\n", "hunter2", "EVS.hunter2", "\u202eEVS", "a:b", "/etc"})
    void dropsCodeOfAnotherFormOrWithSecret(String code) {
        assertThat(TEXT.code(code)).isEmpty();
    }

    @Test
    void dropsCodeAbove64Characters() {
        assertThat(TEXT.code("c".repeat(64))).isPresent();
        assertThat(TEXT.code("c".repeat(65))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"r-17", "req-5aa119a8-d25b-45a7-8d1b-88e127885635", "!", "~"})
    void acceptsPrintableRequestId(String id) {
        assertThat(TEXT.requestId(id)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "r\u001b[2J", "r\u00e9", "r-hunter2-17"})
    void dropsRequestIdThatIsUnprintableOrContainsSecret(String id) {
        assertThat(TEXT.requestId(id)).isEmpty();
    }

    @Test
    void dropsRequestIdAbove128Characters() {
        assertThat(TEXT.requestId("r".repeat(128))).isPresent();
        assertThat(TEXT.requestId("r".repeat(129))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nightly", "Größe 容量 🙂", "👨\u200d👩\u200d👧", "hunter2", "a hunter2 b hunter2", "hunter2x", ""
            })
    void recognizesEveryTextInItsCleanedForm(String original) {
        assertThat(CloudText.isCleaned(original, clean(original))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "nightly, weekly",
        "nightly, nightly2",
        "prod-hunter2, test-***",
        "prod-hunter2, prod-***-b",
        "ab, a***b***b",
        "a, a***a",
        "aXbY, a***b***c***Y"
    })
    void distinguishesOtherText(String original, String shown) {
        assertThat(CloudText.isCleaned(original, shown)).isFalse();
    }
}
