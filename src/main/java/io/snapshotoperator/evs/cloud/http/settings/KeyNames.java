/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;

/** The names that messages use for the settings of a connection. */
public enum KeyNames {
    /** The settings of the operator, for example {@code evs.connection.iam-endpoint}. */
    SETTINGS {
        @Override
        public String of(Key key) {
            return "evs.connection." + key.suffix();
        }
    },
    /** The fields of an {@code EvsConnection}, for example {@code spec.iamEndpoint}. */
    SPEC {
        @Override
        public String of(Key key) {
            return switch (key) {
                case REGION -> "spec.region";
                case ENDPOINT -> "spec.endpoint";
                case IAM_ENDPOINT -> "spec.iamEndpoint";
                case PROJECT_ID -> "spec.projectId";
                case PROJECT_NAME -> "spec.projectName";
                case FAMILY -> "spec.family";
                case CA_BUNDLE -> "spec.caBundleRef";
                case CREDENTIALS -> "spec.credentialsSecretRef";
                case PROXY -> "the network of the operator";
                case TIMEOUT, CONNECT_TIMEOUT, SIMULATOR -> SETTINGS.of(key);
            };
        }
    };

    /** Returns the name of one setting. */
    public abstract String of(Key key);
}
