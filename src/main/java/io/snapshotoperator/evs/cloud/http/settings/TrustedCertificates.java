/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Reads a CA bundle and makes the TLS context that trusts it. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /** Returns the problem of a bundle; empty if it is usable. */
    static Optional<String> problemOf(CaBundle bundle) {
        try {
            return read(bundle.read()).isEmpty()
                    ? Optional.of("is " + bundle + ", which contains no certificate")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "is " + bundle + ", which is unreadable (" + e.getClass().getSimpleName() + ")");
        } catch (CertificateException e) {
            return Optional.of("is " + bundle + ", which contains no PEM certificates");
        }
    }

    /**
     * Returns a TLS context that trusts the bundle.
     *
     * @param only whether the bundle replaces the certificates that the JVM trusts, or is added to them
     */
    public static SSLContext context(byte[] pem, boolean only) throws GeneralSecurityException, IOException {
        var trusted = new ArrayList<Certificate>(read(pem));
        if (!only) {
            trusted.addAll(trustedByJvm());
        }
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (var i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("trusted-" + i, trusted.get(i));
        }
        var context = SSLContext.getInstance("TLS");
        context.init(null, factory(store).getTrustManagers(), null);
        return context;
    }

    private static Collection<? extends Certificate> read(byte[] pem) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }

    private static List<Certificate> trustedByJvm() throws GeneralSecurityException {
        return Arrays.stream(factory(null).getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .<Certificate>map(certificate -> certificate)
                .toList();
    }

    private static TrustManagerFactory factory(KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
