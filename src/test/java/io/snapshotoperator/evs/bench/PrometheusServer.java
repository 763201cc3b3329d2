/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.snapshotoperator.evs.testing.OperatorProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A Prometheus on the loopback address that reads the metrics of one operator. */
final class PrometheusServer implements AutoCloseable {
    /** Where {@code .ci/run} unpacks the package of Debian. */
    private static final Path UNPACKED = Path.of("target", "prometheus", "usr", "bin");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final OperatorProcess process;
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();

    private PrometheusServer(OperatorProcess process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * @param operator the HTTP address of the operator
     * @param interval between two reads of the metrics, in whole seconds
     * @param folder for the configuration and the samples
     * @throws IllegalStateException if there is no program {@code prometheus}
     */
    static PrometheusServer start(URI operator, Duration interval, Path folder) throws IOException {
        var configuration = Files.writeString(
                folder.resolve("prometheus.yaml"), """
                global: {scrape_interval: %ds}
                scrape_configs:
                  - job_name: operator
                    metrics_path: /q/metrics
                    static_configs:
                      - targets: ['%s']
                        labels: {namespace: evs}
                """.formatted(interval.toSeconds(), operator.getAuthority()));
        var port = freePort();
        var process = OperatorProcess.command(
                        "prometheus",
                        program(),
                        List.of(
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + folder.resolve("samples"),
                                "--web.listen-address=127.0.0.1:" + port))
                .start()
                .awaitLog("Server is ready to receive web requests.");
        return new PrometheusServer(process, URI.create("http://127.0.0.1:" + port));
    }

    private static Path program() {
        return Stream.concat(
                        Stream.of(UNPACKED),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .map(Path::of))
                .map(folder -> folder.resolve("prometheus").toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no program prometheus on the PATH or in "
                        + UNPACKED + "; Debian has it in the" + " package prometheus"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Evaluates a query at each step of a range of time.
     *
     * @return one element for each time series, with {@code metric} and {@code values}
     * @throws IllegalStateException if Prometheus rejects the query
     */
    JsonNode queryRange(String query, Instant from, Instant to, Duration step) {
        var parameters = "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + "&start="
                + from.getEpochSecond() + "&end=" + to.getEpochSecond() + "&step=" + step.toSeconds();
        try {
            var response = http.send(
                    HttpRequest.newBuilder(address.resolve("/api/v1/query_range" + parameters))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(query + ": " + response.body());
            }
            return JSON.readTree(response.body()).at("/data/result");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
