/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

/** What may be put into a header without a quarrel. */
public final class HeaderValue {
    private HeaderValue() {}

    /** Visible ASCII only, as all tokens and keys are. */
    public static boolean isSafe(String value) {
        return value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
