/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.util.List;

/** Thrown when settings of a connection are invalid. The message names all invalid keys. */
public final class InvalidSettingsException extends IllegalArgumentException {
    private final transient List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns all problems, one sentence each. Each sentence starts with the key of the setting. */
    public List<String> problems() {
        return problems;
    }
}
