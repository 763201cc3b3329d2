/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;

/**
 * Sends a request exactly once and returns the response, or throws the reason why there is none. Follows no redirect, because
 * it could send a token to another host. Never responds to a challenge for credentials.
 */
public final class Transport {
    /** The maximum size of the body of an error response. The rest is dropped. */
    private static final int MAX_ERROR_BYTES = 64 * 1024;

    private static final System.Logger LOG = System.getLogger(Transport.class.getName());

    private final ConnectionSettings settings;
    private final HttpClientProvider clients;
    private final ExecutorService resolver = Executors.newCachedThreadPool(Transport::resolverThread);

    public Transport(ConnectionSettings settings) {
        rejectUnsafeProperties();
        this.settings = settings;
        this.clients = new HttpClientProvider(settings);
    }

    /** Waits until the last byte of the response or the deadline. */
    public CloudHttpResponse send(CloudHttpRequest request, Deadline deadline) throws NoResponseException {
        checkAddress(request.uri(), deadline);
        HttpClient client;
        try {
            client = clients.current();
        } catch (GeneralSecurityException | IOException e) {
            throw new NoResponseException(NoResponseCause.CERTIFICATE_NOT_TRUSTED, e);
        }
        var body = new RequestBody(bodyOf(request));
        var builder = HttpRequest.newBuilder(request.uri())
                .version(HttpClient.Version.HTTP_1_1)
                .method(request.method(), body)
                .header("User-Agent", settings.userAgent())
                .header("Accept", "application/json");
        request.headers().forEach(builder::header);
        // The timeout of the client ends with the headers of the response. The wait for the future limits the body too.
        var future = client.sendAsync(builder.build(), info -> new SizeLimitedBodySubscriber(maxBytes(request, info)));
        try {
            var response = future.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            var received = response.body();
            return new CloudHttpResponse(
                    response.statusCode(),
                    response.headers(),
                    received.bytes(),
                    received.complete(),
                    request.secrets());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new NoResponseException(NoResponseCause.TIMEOUT, e);
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new NoResponseException(NoResponseCause.INTERRUPTED, e);
        } catch (ExecutionException e) {
            logCause(request, e.getCause());
            throw new NoResponseException(causeOf(e.getCause(), body.isHandedOver()), e.getCause());
        }
    }

    /** Resolves the host in another thread, because a name server that does not respond has no deadline. */
    private void checkAddress(URI uri, Deadline deadline) throws NoResponseException {
        if (!settings.publicAddressesOnly()) {
            return;
        }
        var check = resolver.submit(() -> PublicAddresses.onlyHas(uri.getHost()));
        try {
            if (!check.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new NoResponseException(NoResponseCause.ADDRESS_NOT_ALLOWED, null);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new NoResponseException(NoResponseCause.UNKNOWN_HOST, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoResponseException(NoResponseCause.INTERRUPTED, e);
        }
    }

    private static Thread resolverThread(Runnable task) {
        var thread = new Thread(task, "evs-address-check");
        thread.setDaemon(true);
        return thread;
    }

    /** The text of the exception can contain what the server sent, for example a status line that is none. */
    private static void logCause(CloudHttpRequest request, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, () -> request.secrets()
                .text()
                .clean("No response to " + request + ": " + cause, CloudText.MAX_MESSAGE));
    }

    private static HttpRequest.BodyPublisher bodyOf(CloudHttpRequest request) {
        return request.body().length == 0 && !request.method().equals("POST")
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body());
    }

    private static int maxBytes(CloudHttpRequest request, HttpResponse.ResponseInfo info) {
        return info.statusCode() / 100 == 2 ? request.maxResponseBytes() : MAX_ERROR_BYTES;
    }

    /**
     * Returns the cause of a failure. One thread of the HTTP client decides that the connection takes too long, and another one sends
     * the request when the connection is there. On a machine that is short of CPU time, both can happen. So a connect timeout is
     * ambiguous once the client has begun to read the body, which it does only over a connection.
     *
     * @param handedOver whether the client has begun to read the body of the request
     */
    static NoResponseCause causeOf(Throwable cause, boolean handedOver) {
        var connecting = causeOf(cause);
        return connecting == NoResponseCause.CONNECT_TIMEOUT && handedOver ? NoResponseCause.TIMEOUT : connecting;
    }

    /** Only a failure that certainly happened before the request was sent has a cause of its own; the others are ambiguous. */
    private static NoResponseCause causeOf(Throwable cause) {
        if (hasCause(cause, UnresolvedAddressException.class) || hasCause(cause, UnknownHostException.class)) {
            return NoResponseCause.UNKNOWN_HOST;
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return NoResponseCause.CONNECT_TIMEOUT;
        }
        if (cause instanceof ConnectException) {
            return NoResponseCause.CONNECTION_REFUSED;
        }
        if (cause instanceof SSLHandshakeException) {
            return hasCause(cause, CertificateException.class)
                    ? NoResponseCause.CERTIFICATE_NOT_TRUSTED
                    : NoResponseCause.TLS_HANDSHAKE_FAILED;
        }
        if (cause instanceof IOException
                && cause.getMessage() != null
                && cause.getMessage().startsWith("Tunnel failed")) {
            return NoResponseCause.PROXY_REFUSED;
        }
        return NoResponseCause.RESPONSE_TRUNCATED;
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .limit(20)
                .anyMatch(type::isInstance);
    }

    /**
     * Rejects properties of the JVM that make the HTTP client unsafe. One makes it repeat a POST on a connection that the
     * server closed, which can create two snapshots. The other one makes it accept the certificate of any host.
     */
    private static void rejectUnsafeProperties() {
        for (var property : new String[] {
            "jdk.httpclient.enableAllMethodRetry", "jdk.internal.httpclient.disableHostnameVerification"
        }) {
            var value = System.getProperty(property);
            if (value != null && (value.isEmpty() || Boolean.parseBoolean(value))) {
                throw new IllegalStateException("the Java property " + property
                        + " must not be set: a request could be sent twice, or to an unknown host");
            }
        }
    }
}
