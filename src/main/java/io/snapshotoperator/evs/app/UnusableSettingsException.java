/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import java.util.List;

/** Thrown when settings cannot be used. The program then ends with {@link ExitCode#MISCONFIGURED}. */
final class UnusableSettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param problems not empty; each names the keys that are wrong */
    UnusableSettingsException(List<String> problems) {
        super(text(problems));
    }

    private static String text(List<String> problems) {
        return problems.size() == 1
                ? "A setting cannot be used: " + problems.get(0) + "."
                : problems.size() + " settings cannot be used: " + String.join("; ", problems) + ".";
    }
}
