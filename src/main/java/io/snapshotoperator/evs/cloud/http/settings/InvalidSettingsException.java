/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.util.List;

/** Settings of a connection that cannot be used. The message names every offending key at once. */
public final class InvalidSettingsException extends IllegalArgumentException {
    private final transient List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, one sentence each, each beginning with the key of the setting. */
    public List<String> problems() {
        return problems;
    }
}
