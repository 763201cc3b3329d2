/**
 * What users write and read: the custom resources of {@code evs.snapshot-operator.io/v1alpha1}, and nothing else. May
 * use fabric8 model types, Jackson annotations, the schema annotations that become the CRD and, because a custom resource
 * has to be one, fabric8's {@code CustomResource}; no other type of the client. Start reading at {@link
 * io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest}.
 */
package io.snapshotoperator.evs.api.v1alpha1;
