/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

/** The exit codes of the program. {@code docs/reference/exit-codes.md} lists them. */
public final class ExitCode {
    public static final int OK = 0;
    /** An unexpected failure, or a report that could not be made. */
    public static final int FAILED = 1;
    /** Unknown command or option, or settings that cannot be used. */
    public static final int MISCONFIGURED = 2;
    /** Another process holds the Lease, or the renewal failed. */
    public static final int LEASE_LOST = 3;
    /** The API server is not reachable, does not serve the requests, or rejects the operator. */
    public static final int CLUSTER_UNUSABLE = 4;

    /** The schedule keeps more snapshots of a volume than the cloud accepts. */
    public static final int PLAN_EXCEEDS_LIMIT = 5;

    private ExitCode() {}
}
