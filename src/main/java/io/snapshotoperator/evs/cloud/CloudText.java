/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Cleans untrusted text, for status, events, logs and output of commands. Text of the cloud reaches them only through this
 * class. It removes control characters and line separators, then redacts secrets, then cuts. In another order a control
 * character could hide a secret, or a cut could leave half of one.
 *
 * <p>A text that only people read is cleaned ({@link #clean}). A text that the operator compares stays verbatim, or differs
 * visibly from every text that it could equal ({@link #verbatim}). A text that identifies something is dropped if it is not
 * usable verbatim ({@link #id}, {@link #code}, {@link #requestId}).
 */
public final class CloudText {
    /** The most code points of a message. */
    public static final int MAX_MESSAGE = 256;
    /** The most code points of a status word. The longest documented one has 14. */
    public static final int MAX_STATUS_WORD = 64;
    /** The most code points of a name, a description, a metadata key or a metadata value: Cinder allows 255. */
    public static final int MAX_ATTRIBUTE = 255;

    /** Control sequences of terminals (ECMA-48, section 5.4) as a whole: the rest of one could split a secret. */
    private static final Pattern CONTROL =
            Pattern.compile("(\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]|[\\p{C}\\p{Zl}\\p{Zp}]+");

    private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final Pattern UUID = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final String CHANGED = "…";

    /** Replaces each secret in a redacted text. */
    public static final String REDACTED = "***";

    private static final CloudText WITHOUT_SECRETS = new CloudText(UnaryOperator.identity());

    private final UnaryOperator<String> redaction;

    /** @param redaction replaces the secrets in a text without control characters by {@link #REDACTED} */
    public CloudText(UnaryOperator<String> redaction) {
        this.redaction = Objects.requireNonNull(redaction);
    }

    /** Returns a cleaner that redacts nothing, for text that contains no secret or is redacted already. */
    public static CloudText withoutSecrets() {
        return WITHOUT_SECRETS;
    }

    /**
     * Returns the cleaned text, possibly empty.
     *
     * @param maxCodePoints the length of the result at most, at least 1; the last code point of a cut text is an ellipsis
     */
    public String clean(String raw, int maxCodePoints) {
        return cut(redaction.apply(withoutControl(raw)).strip(), maxCodePoints);
    }

    /**
     * Returns the text itself, or the cleaned text with an ellipsis at the end. A text that was changed thus never equals
     * one that the operator knows, for example {@code available}.
     *
     * @param maxCodePoints the length of the result at most, at least 1
     */
    public String verbatim(String raw, int maxCodePoints) {
        return marked(raw, redaction.apply(withoutControl(raw)), maxCodePoints);
    }

    /**
     * Returns the text as {@link #verbatim}, but with secrets in it. Only for texts that decide whether a snapshot is owned,
     * because a redaction could make them differ. A caller that shows such a text redacts it first.
     */
    public static String verbatimWithSecrets(String raw, int maxCodePoints) {
        return marked(raw, withoutControl(raw), maxCodePoints);
    }

    private static String marked(String raw, String clean, int maxCodePoints) {
        if (clean.equals(raw)) {
            return cut(raw, maxCodePoints);
        }
        var text = cut(clean, maxCodePoints);
        return text.endsWith(CHANGED) ? text : cut(text + CHANGED, maxCodePoints);
    }

    /**
     * Returns the id of a snapshot, a volume or a project. Empty if it is not 1 to 64 letters, digits, {@code -} and {@code _},
     * so that it cannot change the path of a request, or if it contains a secret. A UUID counts as free of secrets, because a
     * short secret of hexadecimal digits could occur in it by chance.
     */
    public Optional<String> id(String raw) {
        return Optional.of(raw)
                .filter(id -> ID.matcher(id).matches())
                .filter(id -> UUID.matcher(id).matches() || isFreeOfSecrets(id));
    }

    /** Returns the code of an error, empty if it is not 1 to 64 letters, digits and {@code . _ -}, or contains a secret. */
    public Optional<String> code(String raw) {
        return Optional.of(raw).filter(code -> CODE.matcher(code).matches()).filter(this::isFreeOfSecrets);
    }

    /** Returns the id of a call, empty if it is not 1 to 128 printable ASCII characters, or contains a secret. */
    public Optional<String> requestId(String raw) {
        return Optional.of(raw).filter(id -> REQUEST_ID.matcher(id).matches()).filter(this::isFreeOfSecrets);
    }

    private boolean isFreeOfSecrets(String text) {
        return redaction.apply(text).equals(text);
    }

    /** Returns the text without control characters and line separators. */
    public static String withoutControl(String text) {
        return isPrintableAscii(text) ? text : CONTROL.matcher(text).replaceAll("");
    }

    /** Most texts of a list are, and the pattern costs more than the parsing of the list. */
    private static boolean isPrintableAscii(String text) {
        return text.chars().allMatch(character -> character >= ' ' && character <= '~');
    }

    /**
     * Returns whether {@code clean} is what {@link #clean} makes of {@code original}, where a redacted part stands for any
     * text. Without this comparison, a name with an invisible character or with a secret in it would never equal the name that
     * the spec asks for, and the operator would send update requests without end.
     */
    public static boolean isCleaned(String original, String clean) {
        var text = withoutControl(original).strip();
        var parts = clean.split(Pattern.quote(REDACTED), -1);
        var last = parts[parts.length - 1];
        if (parts.length == 1) {
            return text.equals(clean);
        }
        var end = text.length() - last.length();
        var from = parts[0].length();
        if (!text.startsWith(parts[0]) || !text.endsWith(last)) {
            return false;
        }
        for (var i = 1; i < parts.length - 1 && from <= end; i++) {
            var at = text.indexOf(parts[i], from);
            from = at < 0 ? Integer.MAX_VALUE : at + parts[i].length();
        }
        return from <= end;
    }

    private static String cut(String text, int maxCodePoints) {
        if (text.codePointCount(0, text.length()) <= maxCodePoints) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, maxCodePoints - 1)) + CHANGED;
    }
}
