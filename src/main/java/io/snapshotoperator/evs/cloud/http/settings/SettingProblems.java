/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems of settings. Each problem starts with the key of its setting. */
final class SettingProblems {
    private final String keyPrefix;
    private final List<String> problems = new ArrayList<>();

    SettingProblems(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    /** @param text the rest of the sentence that starts with the key */
    void add(Key key, String text) {
        problems.add(nameOf(key) + " " + text);
    }

    String nameOf(Key key) {
        return keyPrefix + key.suffix();
    }

    /** @throws InvalidSettingsException if there is a problem */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
