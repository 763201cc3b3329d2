/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A self-signed certificate, made by the keytool of the JDK.
 *
 * @param context of a server with this certificate
 * @param pem the certificate
 * @param key the private key, as PEM
 * @param store both as PKCS 12, with the password {@value #STORE_PASSWORD}. Java also accepts it as its trust store
 */
public record TestCertificates(SSLContext context, Path pem, Path key, Path store) {
    public static final String STORE_PASSWORD = "changeit";

    /** @param host a domain name or an IPv4 address */
    public static TestCertificates forHost(String host, Path directory)
            throws IOException, GeneralSecurityException, InterruptedException {
        var file = directory.resolve(host + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "SAN=" + (host.matches("[0-9.]+") ? "ip:" : "dns:") + host,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        STORE_PASSWORD,
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed");
        }
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, STORE_PASSWORD.toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var pem = directory.resolve(host + ".pem");
        Files.writeString(
                pem,
                "# self-signed certificate of a test\n"
                        + pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
        var key = directory.resolve(host + ".key");
        Files.writeString(
                key,
                pem(
                        "PRIVATE KEY",
                        store.getKey("server", STORE_PASSWORD.toCharArray()).getEncoded()));
        return new TestCertificates(context, pem, key, file);
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + kind
                + "-----\n";
    }
}
