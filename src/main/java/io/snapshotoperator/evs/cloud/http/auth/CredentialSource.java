/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Where credentials come from. They may change at any time; whoever uses them asks again before each call. */
@FunctionalInterface
public interface CredentialSource {

    /**
     * The credentials as of now. Cheap, and safe to call from many threads; equal values mean unchanged credentials.
     *
     * @throws InvalidCredentialsException when there are none to be used; the message says which key or file to repair, and a
     *     later call finds the repair
     */
    Credentials current();

    /** Credentials that never change. */
    static CredentialSource given(Credentials credentials) {
        return () -> credentials;
    }

    /**
     * Credentials from values at hand, such as the environment or the data of a Secret.
     *
     * @param values by the keys of {@link CredentialKeys}; others are ignored
     * @param settingName how messages name a key, e.g. as {@code evs.connection.credentials.domain-name}
     * @throws InvalidCredentialsException at once, since given values never repair themselves
     */
    static CredentialSource ofValues(Map<String, String> values, UnaryOperator<String> settingName) {
        return given(CredentialKeys.read(values::get, settingName));
    }

    /**
     * Credentials from the files of a directory, as Kubernetes mounts a Secret: one file per key of {@link
     * CredentialKeys}. Looks at the files at most once a second and notices a rotation by their content.
     */
    static CredentialSource ofDirectory(Path directory, InstantSource clock) {
        return new FileCredentialSource(directory, clock);
    }
}
