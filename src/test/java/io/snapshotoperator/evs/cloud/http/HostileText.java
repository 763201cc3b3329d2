/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Texts as a hostile cloud sends them, and the check that nothing of them is shown. */
public final class HostileText {
    /** Everything that could forge a line, hide text or change its direction. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private HostileText() {}

    /** Returns the forms in which a response can repeat a secret. */
    public static List<String> formsOf(String secret) {
        var bytes = secret.getBytes(StandardCharsets.UTF_8);
        return List.of(
                secret,
                BASE64.encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"),
                secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/"));
    }

    /** Returns a text that shows each form twice, once split by a terminal sequence, with line breaks and bidi controls. */
    public static String around(String form) {
        var half = form.length() / 2;
        return "\u001b[31m\r\nERROR\u2028 forged line\u202e " + form + "\u2069\u001b]0;t\u0007 "
                + form.substring(0, half) + "\u001b[1;32m\u200b" + form.substring(half) + "\u0085\u0000";
    }

    /** Asserts that the text contains none of the secrets in any form, and no unprintable character except line ends. */
    public static void assertNothingRaw(String shown, Collection<String> secrets) {
        assertNoSecret(shown, secrets);
        assertThat(UNPRINTABLE.matcher(shown.replaceAll("[\\n\\r\\t]", "")).find())
                .as(shown)
                .isFalse();
    }

    /** Asserts that the text contains none of the secrets in any form. */
    public static void assertNoSecret(String shown, Collection<String> secrets) {
        for (var secret : secrets) {
            for (var form : formsOf(secret)) {
                assertThat(shown).doesNotContain(form);
            }
        }
    }
}
