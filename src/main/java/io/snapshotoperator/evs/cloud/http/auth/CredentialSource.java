/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The source of credentials. They can change at any time, so the client reads them before each call. */
@FunctionalInterface
public interface CredentialSource {

    /**
     * Returns the current credentials. Fast, and safe for use by many threads. Equal values mean unchanged credentials.
     *
     * @throws InvalidCredentialsException if there are no usable credentials; the message names the key or file to correct, and
     *     a later call reads the correction
     */
    Credentials current();

    /**
     * Says that the cloud rejected the current credentials. A source that reads its credentials only now and then reads them
     * again.
     */
    default void onRejected() {}

    /** Returns a source of credentials that never change. */
    static CredentialSource fixed(Credentials credentials) {
        return () -> credentials;
    }

    /**
     * Returns a source of the given values, for example of settings or of the data of a Secret.
     *
     * @param values by the keys of {@link CredentialKeys}; other keys are ignored
     * @param settingName returns the name of a key for messages, for example {@code evs.connection.credentials.domain-name}
     * @throws InvalidCredentialsException if the values are not usable
     */
    static CredentialSource ofValues(Map<String, String> values, UnaryOperator<String> settingName) {
        return fixed(CredentialKeys.read(values::get, settingName));
    }

    /**
     * Returns a source that reads the files of a directory, as Kubernetes mounts a Secret: one file per key of {@link
     * CredentialKeys}. It reads the files at most once per second and so detects a rotation.
     */
    static CredentialSource ofDirectory(Path directory, InstantSource clock) {
        return new FileCredentialSource(directory, clock);
    }
}
