/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.snapshotoperator.evs.cloud.CloudText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The secrets of a request, in the forms in which a response can repeat them: as they are, escaped in JSON, encoded in a URL,
 * and in Base64, also as a part of a longer encoded text. {@code toString} contains none of them.
 */
public final class Secrets {
    private static final Pattern PERCENT_ENCODED = Pattern.compile("%[0-9A-F]{2}");
    /** A shorter part of a Base64 text would occur in other texts by chance. */
    private static final int MIN_BASE64 = 6;

    /** Without control characters, as the texts that are searched; the longest first, because one can contain another. */
    private final List<String> forms;

    private final CloudText text = new CloudText(this::redact);

    private Secrets(Stream<String> secrets) {
        this.forms = secrets.filter(secret -> !secret.isEmpty())
                .flatMap(Secrets::formsOf)
                .map(CloudText::withoutControl)
                .filter(form -> !form.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** Returns the given secrets; an empty text is none. */
    public static Secrets of(String... secrets) {
        return of(Arrays.asList(secrets));
    }

    /** Returns the given secrets; an empty text is none. */
    public static Secrets of(Collection<String> secrets) {
        return new Secrets(secrets.stream());
    }

    /** Returns the cleaner of texts that can contain these secrets. */
    public CloudText text() {
        return text;
    }

    /** Replaces each secret by {@link CloudText#REDACTED}. The text must contain no control characters. */
    private String redact(String clean) {
        var redacted = clean;
        for (var form : forms) {
            redacted = redacted.replace(form, CloudText.REDACTED);
        }
        return redacted;
    }

    private static Stream<String> formsOf(String secret) {
        var json = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(secret));
        var url = RequestTarget.encode(secret);
        return Stream.of(
                        Stream.of(secret, json, json.replace("/", "\\/")),
                        Stream.of(url, url.replace("%20", "+")).flatMap(form -> Stream.of(form, lowerHex(form))),
                        base64(secret.getBytes(StandardCharsets.UTF_8)))
                .flatMap(forms -> forms);
    }

    private static String lowerHex(String percentEncoded) {
        return PERCENT_ENCODED.matcher(percentEncoded).replaceAll(octet -> octet.group()
                .toLowerCase(Locale.ROOT));
    }

    private static Stream<String> base64(byte[] secret) {
        return Stream.of(Base64.getEncoder(), Base64.getUrlEncoder())
                .map(Base64.Encoder::withoutPadding)
                .flatMap(encoder -> Stream.concat(
                        Stream.of(encoder.encodeToString(secret)),
                        IntStream.range(0, 3).mapToObj(before -> inner(encoder, before, secret))))
                .filter(form -> form.length() >= MIN_BASE64);
    }

    /**
     * Returns the characters that depend on the secret alone, if it follows other bytes in the encoded text, for example the
     * name of the user in {@code Authorization: Basic}.
     *
     * @param before the number of bytes before the secret, modulo 3
     */
    private static String inner(Base64.Encoder encoder, int before, byte[] secret) {
        var bytes = new byte[before + secret.length];
        System.arraycopy(secret, 0, bytes, before, secret.length);
        var first = (before * 8 + 5) / 6;
        var end = bytes.length * 8 / 6;
        return first < end ? encoder.encodeToString(bytes).substring(first, end) : "";
    }

    @Override
    public String toString() {
        return "secrets";
    }
}
