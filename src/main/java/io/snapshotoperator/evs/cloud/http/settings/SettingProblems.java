/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems of settings. Each problem starts with the key of its setting. */
final class SettingProblems {
    private final KeyNames names;
    private final List<String> problems = new ArrayList<>();

    SettingProblems(KeyNames names) {
        this.names = names;
    }

    /** @param text the rest of the sentence that starts with the key */
    void add(Key key, String text) {
        problems.add(nameOf(key) + " " + text);
    }

    String nameOf(Key key) {
        return names.of(key);
    }

    /** @throws InvalidSettingsException if there is a problem */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
