/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The response of {@link ScriptedCloud} to one request. */
@FunctionalInterface
public interface ScriptedResponse {
    /** Writes the response. Returns whether the connection stays open. */
    boolean to(OutputStream out, InputStream in) throws IOException;

    static ScriptedResponse json(int status, String body, String... headers) {
        return of(status, "application/json", body, headers);
    }

    static ScriptedResponse html(int status, String body) {
        return of(status, "text/html", body);
    }

    static ScriptedResponse empty(int status, String... headers) {
        return of(status, "application/json", "", headers);
    }

    /** @param headers complete lines, such as {@code Retry-After: 3} */
    static ScriptedResponse of(int status, String type, String body, String... headers) {
        return (out, in) -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            var response = new ByteArrayOutputStream();
            response.writeBytes(head(status, type, bytes.length, headers).getBytes(StandardCharsets.ISO_8859_1));
            response.writeBytes(bytes);
            // With two writes, each response would wait for the delayed acknowledgement of the first one.
            out.write(response.toByteArray());
            out.flush();
            return true;
        };
    }

    /** Sends less than its Content-Length and closes the connection. */
    static ScriptedResponse truncated(int status, String body) {
        return (out, in) -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            out.write(head(status, "application/json", bytes.length + 100).getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
            out.flush();
            return false;
        };
    }

    /** Sends a body without an end. */
    static ScriptedResponse endless(int status) {
        return (out, in) -> {
            out.write(("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            var block = " ".repeat(64 * 1024).getBytes(StandardCharsets.ISO_8859_1);
            while (true) {
                out.write(block);
            }
        };
    }

    /** Sends a body byte by byte, with pauses, until the client closes the connection. */
    static ScriptedResponse dripping(int status, Duration pause) {
        return (out, in) -> {
            out.write(head(status, "application/json", 1_000_000).getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            var clock = new CountDownLatch(1);
            try {
                while (!clock.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    out.write(' ');
                    out.flush();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
    }

    /** Sends the head and a part of the body, then waits until the client closes the connection. */
    static ScriptedResponse stalled(int status, String part) {
        return (out, in) -> {
            out.write(head(status, "application/json", part.length() + 100).getBytes(StandardCharsets.ISO_8859_1));
            out.write(part.getBytes(StandardCharsets.UTF_8));
            out.flush();
            in.read();
            return false;
        };
    }

    /** Sends nothing and waits until the client closes the connection. */
    static ScriptedResponse noResponse() {
        return (out, in) -> {
            in.read();
            return false;
        };
    }

    /** Sends nothing and closes the connection. */
    static ScriptedResponse closedConnection() {
        return (out, in) -> false;
    }

    private static String head(int status, String type, int length, String... headers) {
        var head = new StringBuilder("HTTP/1.1 " + status + " Reason\r\n");
        head.append("Content-Type: ").append(type).append("\r\n");
        head.append("Content-Length: ").append(length).append("\r\n");
        for (var header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }
}
