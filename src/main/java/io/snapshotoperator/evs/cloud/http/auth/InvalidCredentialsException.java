/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.util.List;

/** Thrown when credentials are missing, empty or contradictory. The message names keys or files, never their content. */
public final class InvalidCredentialsException extends IllegalArgumentException {
    private final transient List<String> problems;

    InvalidCredentialsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns all problems, one sentence each. */
    public List<String> problems() {
        return problems;
    }
}
