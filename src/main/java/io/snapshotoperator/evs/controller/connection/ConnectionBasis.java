/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpec;
import java.util.Optional;

/**
 * What a connection is made from. The credentials are not part of it: they can change while the connection stays.
 *
 * @param uid the UID of the {@code EvsConnection}: another object of the same name can have another author
 * @param caBundle certificates to trust, in PEM
 */
public record ConnectionBasis(String uid, EvsConnectionSpec spec, Optional<String> caBundle) {}
