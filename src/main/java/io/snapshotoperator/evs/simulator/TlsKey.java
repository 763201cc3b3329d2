/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Reads the key with which the simulator serves HTTPS, so that tests can cover clients with their own CA. */
final class TlsKey {

    private TlsKey() {}

    /** @param password the password of the PKCS#12 file and of the key in it */
    static SSLContext read(Path file, String password) throws IOException, GeneralSecurityException {
        var secret = password.toCharArray();
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, secret);
        }
        for (var alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                return context(store, secret);
            }
        }
        throw new KeyStoreException("it contains no private key");
    }

    private static SSLContext context(KeyStore store, char[] secret) throws GeneralSecurityException {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, secret);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
