/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;

/** An object of a user in a run. */
interface UserObject {
    /** No two objects of a run have the same name. */
    String name();

    Resource<? extends HasMetadata> in(KubernetesClient kubernetes, String namespace);

    /** Whether no fault may remove it or its status, because nothing else records what happened to it. */
    boolean isProtected();

    void recordDeleted();

    /** A user removes the finalizer. */
    void recordStripped();

    /** A user removes the status. */
    void recordWiped();
}
