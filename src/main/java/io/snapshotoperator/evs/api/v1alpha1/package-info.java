/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names, validation rules and records that the custom resources of {@code evs.snapshot-operator.io/v1alpha1} share.
 * Each kind has a separate package below. These packages may use fabric8 model types, Jackson annotations and the schema
 * annotations from which the CRD is generated. Of the fabric8 client they may use only {@code CustomResource}, the base
 * of every kind. Start reading at {@link io.snapshotoperator.evs.api.v1alpha1.Api}.
 */
package io.snapshotoperator.evs.api.v1alpha1;
