/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

/** The names by which this API is known inside a cluster. Changing one is an API change. */
public final class Api {
    public static final String GROUP = "evs.snapshot-operator.io";
    public static final String VERSION = "v1alpha1";

    /** On every object whose removal may have to wait for the cloud. */
    public static final String FINALIZER = GROUP + "/snapshot";

    /** {@code "true"}: no order goes to the cloud; the state is still shown. Written by people. */
    public static final String PAUSED = GROUP + "/paused";

    /** Any new value: look now. Written by people and tools. */
    public static final String RECONCILE_REQUESTED_AT = GROUP + "/reconcile-requested-at";

    /** {@code "true"} on an object that is being deleted: leave the snapshot, say so, let go. Written by people. */
    public static final String ABANDON = GROUP + "/abandon";

    /** Any value: the deliberate answer to {@code CreateOutcomeUnknown}. The same value never orders twice. Written by people. */
    public static final String RETRY_CREATE = GROUP + "/retry-create";

    /** What the operator is about to order, written down before the first order leaves. Written by the operator only. */
    public static final String CREATE_INTENT = GROUP + "/create-intent";

    private Api() {}
}
