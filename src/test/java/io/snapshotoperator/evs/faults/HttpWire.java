/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The part of HTTP/1.1 that a proxy needs: the limits of a message. Everything else is forwarded unchanged. */
final class HttpWire {
    private static final int MAX_HEAD_BYTES = 64 * 1024;

    private HttpWire() {}

    /**
     * First line and headers.
     *
     * @param raw with the empty line at the end
     * @param headers by lower-case name. If a name occurs several times, the last one counts
     */
    record Head(byte[] raw, String firstLine, Map<String, String> headers) {
        boolean isChunked() {
            return headers.getOrDefault("transfer-encoding", "")
                    .toLowerCase(Locale.ROOT)
                    .contains("chunked");
        }

        int status() {
            return Integer.parseInt(firstLine.split(" ", 3)[1]);
        }

        boolean closes() {
            return headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        }
    }

    /** A body as sent, and with the chunks joined. */
    record Body(byte[] raw, byte[] decoded) {}

    /** Reads a head. Null at the end of the stream. */
    static Head head(InputStream in) throws IOException {
        var raw = new ByteArrayOutputStream();
        var state = 0;
        while (state < 4) {
            var next = in.read();
            if (next < 0) {
                if (raw.size() == 0) {
                    return null;
                }
                throw new EOFException("the stream ended within a head");
            }
            raw.write(next);
            state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : next == '\r' ? 1 : 0;
            if (raw.size() > MAX_HEAD_BYTES) {
                throw new IOException("a head is too long");
            }
        }
        var lines = raw.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> headers = new HashMap<>();
        for (var i = 1; i < lines.length; i++) {
            var colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Head(raw.toByteArray(), lines[0], headers);
    }

    static Body requestBody(InputStream in, Head head) throws IOException {
        if (head.isChunked()) {
            return chunks(in);
        }
        return exactly(in, Integer.parseInt(head.headers().getOrDefault("content-length", "0")));
    }

    /** Reads the body of a response that ends. Without a length it ends with the connection. */
    static Body responseBody(InputStream in, Head head) throws IOException {
        if (head.status() == 204 || head.status() == 304) {
            return new Body(new byte[0], new byte[0]);
        }
        if (head.isChunked()) {
            return chunks(in);
        }
        var length = head.headers().get("content-length");
        if (length == null) {
            var all = in.readAllBytes();
            return new Body(all, all);
        }
        return exactly(in, Integer.parseInt(length));
    }

    private static Body exactly(InputStream in, int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the stream ended within a body");
        }
        return new Body(bytes, bytes);
    }

    private static Body chunks(InputStream in) throws IOException {
        var raw = new ByteArrayOutputStream();
        var decoded = new ByteArrayOutputStream();
        while (true) {
            var line = line(in, raw);
            var size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
            if (size == 0) {
                while (!line(in, raw).isEmpty()) {
                    // Trailers are part of the message.
                }
                return new Body(raw.toByteArray(), decoded.toByteArray());
            }
            var chunk = exactly(in, size).raw();
            raw.writeBytes(chunk);
            decoded.writeBytes(chunk);
            line(in, raw);
        }
    }

    private static String line(InputStream in, ByteArrayOutputStream raw) throws IOException {
        var text = new StringBuilder();
        while (true) {
            var next = in.read();
            if (next < 0) {
                throw new EOFException("the stream ended within a chunk");
            }
            raw.write(next);
            if (next == '\n') {
                return text.toString();
            }
            if (next != '\r') {
                text.append((char) next);
            }
        }
    }
}
