/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.connection;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;
import java.util.List;
import java.util.stream.Stream;

/** The reasons that only an {@code EvsConnection} reports. The others are in {@code CommonReason}. */
public enum ConnectionReason implements Reason {
    ConnectionReady(Phase.READY, "The cloud accepted the credentials and listed snapshots of the project."),
    SecretNotFound(
            Phase.PROGRESSING,
            "The Secret with the credentials does not exist. Create it in the namespace of the connection, or correct"
                    + " spec.credentialsSecretRef. The operator reads it again automatically."),
    SecretNotReadable(
            Phase.STALLED,
            "The operator has no right to read the Secret with the credentials. An administrator must grant it in this"
                    + " namespace."),
    CredentialsInvalid(
            Phase.STALLED,
            "The Secret does not contain usable credentials. Correct its keys. The operator reads it again"
                    + " automatically."),
    CaBundleNotUsable(
            Phase.PROGRESSING,
            "The ConfigMap with the certificates cannot be used. Create or correct it, or correct spec.caBundleRef."),
    ConnectionInvalid(Phase.STALLED, "The spec cannot be accepted as it is. Correct what the message names."),
    ConnectionInUse(
            Phase.PROGRESSING,
            "The connection is being deleted, and requests still need it to delete or release their snapshots. The"
                    + " operator removes it when they are gone.");

    private static final List<Reason> ALL = Stream.<Reason>concat(Stream.of(CommonReason.values()), Stream.of(values()))
            .toList();

    private final Phase phase;
    private final String sentence;

    ConnectionReason(Phase phase, String sentence) {
        this.phase = phase;
        this.sentence = sentence;
    }

    /** Returns every reason that a condition or an event of an {@code EvsConnection} can have. */
    public static List<Reason> all() {
        return ALL;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    /** A reconcile of a connection repeats its check at a growing interval, whatever the reason is. */
    @Override
    public RetryMode retryMode() {
        return RetryMode.BACKOFF;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
