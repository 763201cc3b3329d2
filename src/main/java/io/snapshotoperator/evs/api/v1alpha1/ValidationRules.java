/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

/** What more than one field's schema uses. Expressions are CEL unless said otherwise; {@code self} is a string. */
public final class ValidationRules {
    /** Reasons, as the API server knows them: "spec.force: Forbidden: …" instead of "Invalid value: …". */
    public static final String FORBIDDEN = "FieldValueForbidden";

    public static final String REQUIRED = "FieldValueRequired";

    /** A regular expression. */
    public static final String ID = "^[A-Za-z0-9-]{1,64}$";

    /** The names that Kubernetes takes for most objects (RFC 1123 subdomain). */
    public static final String IS_OBJECT_NAME =
            "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')";

    /**
     * Whole hours, minutes and seconds as Go writes durations. The limits on digits keep {@code duration()} from
     * overflowing, which would show the user an internal error instead of the rule's message.
     */
    public static final String IS_DURATION = "self.matches('^([0-9]{1,5}h|[0-9]{1,6}m|[0-9]{1,8}s)+$')"
            + " && duration(self) > duration('0s') && duration(self) <= ";

    /** Bytes, not characters (EVS reference, section 1.2). {@code size} of a string would count code points. */
    public static final String FITS_THE_CLOUD = "size(bytes(self)) <= 255";

    /**
     * Cinder strips white space around names and descriptions on create and update (cinder 12, wsgi.Controller,
     * {@code validate_name_and_description}). What was asked for would never be what is there, and be ordered for ever.
     */
    public static final String IS_TRIMMED = "self == self.trim()";

    private ValidationRules() {}
}
