/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

/** Validation rules that several fields share. Most are CEL expressions on a string {@code self}. */
public final class ValidationRules {
    /** Reason for the API server, which then reports "spec.force: Forbidden: …" instead of "Invalid value: …". */
    public static final String FORBIDDEN = "FieldValueForbidden";

    /** Reason for the API server, which then reports "Required value: …". */
    public static final String REQUIRED = "FieldValueRequired";

    /**
     * Accepts an id of a volume or snapshot. Ids are dashed UUIDs (EVS reference, section 0), and every documented id is in
     * lower case. The cloud might find an id in upper case, but its response would show another text than the spec.
     */
    public static final String IS_CLOUD_ID =
            "self.matches('^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')";

    /** Accepts the names that Kubernetes accepts for most objects (RFC 1123 subdomain). */
    public static final String IS_OBJECT_NAME =
            "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')";

    /** Accepts the keys that Kubernetes accepts in the data of a ConfigMap ({@code IsConfigMapKey} of its validation). */
    public static final String IS_CONFIG_MAP_KEY =
            "self.matches('^[-._a-zA-Z0-9]+$') && self != '.' && !self.startsWith('..')";

    /** Accepts what Cinder accepts as a key of metadata (EVS reference, section 1.2). A CEL expression on {@code key}. */
    public static final String IS_METADATA_KEY = "key.matches('^[a-zA-Z0-9_:. -]{1,255}$')";

    /** Accepts the keys of the cloud and of this operator. A CEL expression on {@code key}. */
    public static final String IS_RESERVED_KEY =
            "(key.startsWith('__system__') || key.startsWith('evs-snapshot-operator.'))";

    /** Follows a list of strings in an expression of a message: its first string, at most 64 characters of it. */
    public static final String FIRST_SHORTENED = ".map(key, size(key) > 64 ? key.substring(0, 64) + '...' : key)[0]";

    /** A regular expression of the keys of labels ({@code IsQualifiedName} of Kubernetes). */
    public static final String LABEL_KEY =
            "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

    /** A regular expression of the values of labels ({@code IsValidLabelValue} of Kubernetes). */
    public static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";

    /** The message about a key that {@link #IS_METADATA_KEY} rejects. */
    public static final String METADATA_KEY_INVALID =
            "metadata has an invalid key. Use 1 to 255 letters, digits, spaces and - _ : . in a key (no slash).";

    /** The same message with the key. A CEL expression. */
    public static final String NAME_INVALID_METADATA_KEY = "'metadata has the invalid key \"' + self.filter(key, !"
            + IS_METADATA_KEY + ")" + FIRST_SHORTENED
            + " + '\". Use 1 to 255 letters, digits, spaces and - _ : . in a key (no slash).'";

    /** The message about a key that {@link #IS_RESERVED_KEY} accepts. */
    public static final String METADATA_KEY_RESERVED =
            "metadata has a key that begins with __system__ (reserved for the cloud) or evs-snapshot-operator. (reserved for"
                    + " this operator). Choose another key.";

    /** The same message with the key. A CEL expression. */
    public static final String NAME_RESERVED_METADATA_KEY = "'metadata has the reserved key \"' + self.filter(key, "
            + IS_RESERVED_KEY + ")" + FIRST_SHORTENED
            + " + '\". Keys that begin with __system__ are reserved for the cloud, and those that begin with"
            + " evs-snapshot-operator. for this operator. Choose another key.'";

    /**
     * Accepts whole hours, minutes and seconds in the format of Go durations. The caller appends the maximum. The limits
     * on digits keep {@code duration()} from overflowing. An overflow shows the user an internal error instead of the
     * message of the rule.
     */
    public static final String IS_DURATION = "self.matches('^([0-9]{1,5}h|[0-9]{1,6}m|[0-9]{1,8}s)+$')"
            + " && duration(self) > duration('0s') && duration(self) <= ";

    /**
     * The cloud limits bytes, not characters (EVS reference, section 1.2). {@code size} of a string counts code points.
     */
    public static final String HAS_AT_MOST_255_BYTES = "size(bytes(self)) <= 255";

    /**
     * Cinder removes white space around names and descriptions on create and update (cinder 12, wsgi.Controller,
     * {@code validate_name_and_description}). Without this rule, the text in the cloud would never equal the requested
     * text, and the operator would send update requests without end.
     */
    public static final String IS_TRIMMED = "self == self.trim()";

    private ValidationRules() {}
}
