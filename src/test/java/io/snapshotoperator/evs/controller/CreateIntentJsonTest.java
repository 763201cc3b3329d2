/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.controller.CreateIntentJson.ParsedIntent;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateIntentJsonTest {
    private static final String WRITTEN = CreateIntentJson.write(Requests.firstIntent());

    private static ParsedIntent read(String annotation) {
        var request = Requests.newRequest();
        request.getMetadata().setAnnotations(Map.of(Api.CREATE_INTENT, annotation));
        return CreateIntentJson.read(request);
    }

    @Test
    void readsWhatItWrote() {
        assertThat(read(WRITTEN)).isEqualTo(new ParsedIntent.Valid(Requests.firstIntent()));
    }

    @Test
    void ignoresIntentOfAnotherObject() {
        assertThat(read(WRITTEN.replace("uid-1", "uid-2"))).isEqualTo(new ParsedIntent.Absent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "\"text\"", "{}", "{\"uid\":\"uid-1\"}"})
    void rejectsTextThatIsNoIntent(String text) {
        assertThat(read(text)).isEqualTo(new ParsedIntent.Invalid());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T12:00:00Z, +1000000000-12-31T23:59:59.999999999Z",
        "2026-01-01T12:00:00Z, -1000000000-01-01T00:00:00Z",
        "2026-01-01T12:00:00Z, yesterday",
        "'\"createCount\":1', '\"createCount\":0'",
        "'\"createCount\":1', '\"createCount\":2147483647'",
        "'\"createCount\":1', '\"createCount\":null'",
        "'\"volumeId\":\"v-1\"', '\"volumeId\":\"\"'",
        "'\"uid\":\"uid-1\"', '\"uid\":\"uid-1\",\"uid\":\"uid-1\"'"
    })
    void rejectsValuesThatTheOperatorNeverWrites(String written, String edited) {
        assertThat(WRITTEN).contains(written);
        assertThat(read(WRITTEN.replace(written, edited))).isEqualTo(new ParsedIntent.Invalid());
    }

    @Test
    void rejectsLongTextsAndTrailingText() {
        assertThat(read(WRITTEN.replace("create-1", "x".repeat(1000)))).isEqualTo(new ParsedIntent.Invalid());
        assertThat(read(WRITTEN + " {}")).isEqualTo(new ParsedIntent.Invalid());
    }
}
