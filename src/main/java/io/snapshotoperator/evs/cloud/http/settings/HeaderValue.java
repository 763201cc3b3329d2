/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

/** Checks values of HTTP headers. */
public final class HeaderValue {
    private HeaderValue() {}

    /** Returns whether the value contains only visible ASCII characters, as all tokens and keys do. */
    public static boolean isSafe(String value) {
        return value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
