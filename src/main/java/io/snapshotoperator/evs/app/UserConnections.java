/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.api.v1alpha1.connection.CallFamily;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpec;
import io.snapshotoperator.evs.cloud.http.HttpCloudClient;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.Credentials;
import io.snapshotoperator.evs.cloud.http.auth.InvalidCredentialsException;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.EndpointLimits;
import io.snapshotoperator.evs.cloud.http.settings.InvalidSettingsException;
import io.snapshotoperator.evs.cloud.http.settings.KeyNames;
import io.snapshotoperator.evs.controller.connection.ConnectionBasis;
import io.snapshotoperator.evs.controller.connection.InvalidConnectionException;
import io.snapshotoperator.evs.controller.connection.SecretData;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Makes the cloud clients of connections that users define, within the limits that the settings of the operator give. */
final class UserConnections {
    private final Settings settings;
    private final EndpointLimits limits;
    private final InstantSource clock;

    UserConnections(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.limits = EndpointLimits.of(
                settings.connections().hosts(),
                settings.connections().regions().orElse(Set.of()),
                settings.connections().privateAddresses());
        this.clock = clock;
    }

    /** @throws InvalidConnectionException naming all fields that cannot be used or are not allowed */
    HttpCloudClient client(ConnectionBasis basis, SecretData secret, CallObserver observer) {
        try {
            return new HttpCloudClient(settings(basis), new SecretCredentials(secret), clock, observer);
        } catch (InvalidSettingsException invalid) {
            throw InvalidConnectionException.ofSpec(String.join("; ", invalid.problems()) + ".");
        }
    }

    /** Returns what is wrong with the keys of a Secret; empty if they are credentials. */
    static Optional<String> problemOf(SecretData secret) {
        try {
            new SecretCredentials(secret).current();
            return Optional.empty();
        } catch (InvalidCredentialsException invalid) {
            return Optional.of(String.join("; ", invalid.problems()) + ".");
        }
    }

    private ConnectionSettings settings(ConnectionBasis basis) {
        var spec = basis.spec();
        var builder = ConnectionSettings.builder(KeyNames.SPEC)
                .region(spec.region())
                .endpoint(spec.endpoint())
                .iamEndpoint(spec.iamEndpoint())
                .projectId(spec.projectId())
                .projectName(spec.projectName())
                .family(family(spec))
                .connectTimeout(settings.connection().connectTimeout())
                .timeout(settings.connection().timeout())
                .limits(limits);
        basis.caBundle().ifPresent(builder::caBundlePem);
        return builder.build();
    }

    private static ApiFamily family(EvsConnectionSpec spec) {
        return spec.family() == CallFamily.Cinder ? ApiFamily.CINDER : ApiFamily.NATIVE;
    }

    /** The credentials in the data of a Secret. */
    private record SecretCredentials(SecretData secret) implements CredentialSource {
        @Override
        public Credentials current() {
            return CredentialSource.ofValues(secret.values(), key -> "key " + key + " of Secret " + secret.name())
                    .current();
        }

        @Override
        public void onRejected() {
            secret.onRejected();
        }
    }
}
