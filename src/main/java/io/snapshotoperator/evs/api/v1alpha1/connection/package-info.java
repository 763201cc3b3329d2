/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records of the kind {@code EvsConnection}: users write {@code spec}, and the operator writes {@code status}. The CRD is
 * generated from them. Start reading at {@link io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection}.
 */
package io.snapshotoperator.evs.api.v1alpha1.connection;
