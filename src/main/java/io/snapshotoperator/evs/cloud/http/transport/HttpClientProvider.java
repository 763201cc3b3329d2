/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import io.snapshotoperator.evs.cloud.http.settings.CaBundle;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.TrustedCertificates;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Provides the HTTP client. Checks the CA bundle every 30 seconds, and makes a new client if it changed. */
final class HttpClientProvider {
    private static final long CHECK_INTERVAL = TimeUnit.SECONDS.toNanos(30);

    private final ConnectionSettings settings;
    private HttpClient client;
    private byte[] bundle;
    private long checkedAt;

    HttpClientProvider(ConnectionSettings settings) {
        this.settings = settings;
    }

    synchronized HttpClient current() throws GeneralSecurityException, IOException {
        if (settings.caBundle().isEmpty()) {
            if (client == null) {
                client = client(null);
            }
            return client;
        }
        if (client == null || System.nanoTime() - checkedAt >= CHECK_INTERVAL) {
            checkedAt = System.nanoTime();
            checkForChange(settings.caBundle().get());
        }
        return client;
    }

    private void checkForChange(CaBundle certificates) throws GeneralSecurityException, IOException {
        try {
            var pem = certificates.read();
            if (client == null || !Arrays.equals(pem, bundle)) {
                client = client(TrustedCertificates.context(pem, settings.onlyCaBundle()));
                bundle = pem;
            }
        } catch (GeneralSecurityException | IOException e) {
            // The file can be incomplete while another process writes it. Calls then continue with the previous bundle.
            if (client == null) {
                throw e;
            }
        }
    }

    private HttpClient client(SSLContext tls) {
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout());
        if (tls != null) {
            builder.sslContext(tls);
        }
        settings.proxy().ifPresent(route -> builder.proxy(route.selector()));
        return builder.build();
    }
}
