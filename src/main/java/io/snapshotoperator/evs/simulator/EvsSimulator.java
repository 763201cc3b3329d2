/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A running simulated cloud: EVS and IAM on one address and port, with access for tests to its state, faults and calls.
 * A process can start several; they share nothing. All parts are thread-safe.
 *
 * <p>The JDK's server would delay short responses on persistent connections by about 40 ms (Nagle's algorithm and
 * delayed acknowledgements). The first start therefore sets the system property {@value #NO_DELAY}, unless it is
 * already set.
 */
public final class EvsSimulator implements AutoCloseable {

    private static final String NO_DELAY = "sun.net.httpserver.nodelay";
    private static final int BACKLOG = 1024;

    /** API Gateway: error codes APIGW.0301. */
    private static final Duration KEYS_LOCKED_FOR = Duration.ofMinutes(5);

    /** IAM API reference: error codes IAM.0061. It names no duration, so this one is guessed. */
    private static final Duration USER_LOCKED_FOR = Duration.ofMinutes(15);

    private final SimulatorSettings settings;
    private final HttpServer server;
    private final ExecutorService workers;
    private final SimulatorClock clock;
    private final CloudState cloud;
    private final CallLog callLog;
    private final FaultRegistry faults;
    private final AccountCredentials credentials;
    private final Tokens tokens;

    private EvsSimulator(SimulatorSettings settings, HttpServer server) {
        this.settings = settings;
        this.server = server;
        this.clock = settings.steppedFrom().map(SimulatorClock::steppedFrom).orElseGet(SimulatorClock::running);
        this.cloud = new CloudState(clock, settings);
        this.callLog = new CallLog(cloud::runDueEvents);
        this.faults = new FaultRegistry(settings.faults());
        this.credentials = new AccountCredentials(settings.account());
        this.tokens = new Tokens(clock, settings.timing().tokenLife());
        this.workers = Executors.newCachedThreadPool(threads());
        server.setExecutor(workers);
        server.createContext("/", new ApiHandler(pipeline()::serve, workers));
        server.createContext("/simulator/", new ApiHandler(new ControlHandler(this)::serve, workers));
    }

    /** Starts with the default settings on a free port. */
    public static EvsSimulator start() {
        return start(SimulatorSettings.defaults());
    }

    /**
     * Throws {@link UncheckedIOException} if the simulator cannot listen on the address. Use another address or port
     * then.
     */
    public static EvsSimulator start(SimulatorSettings settings) {
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
        try {
            var address = new InetSocketAddress(settings.bindAddress(), settings.port());
            var simulator = new EvsSimulator(settings, server(settings, address));
            simulator.server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot listen on " + settings.bindAddress() + ", port " + settings.port() + ": " + e.getMessage()
                            + ".",
                    e);
        }
    }

    /** Returns the endpoint of EVS and IAM without a trailing slash, for example {@code http://127.0.0.1:40123}. */
    public URI endpoint() {
        var host = settings.bindAddress().contains(":") ? "[" + settings.bindAddress() + "]" : settings.bindAddress();
        return URI.create(scheme() + host + ":" + server.getAddress().getPort());
    }

    public SimulatorSettings settings() {
        return settings;
    }

    public SimulatorClock clock() {
        return clock;
    }

    public CallLog callLog() {
        return callLog;
    }

    public FaultRegistry faults() {
        return faults;
    }

    public VolumeAdmin volumes() {
        return new VolumeAdmin(cloud);
    }

    public JobAdmin jobs() {
        return new JobAdmin(cloud);
    }

    public SnapshotAdmin snapshots() {
        return new SnapshotAdmin(cloud);
    }

    public AccountCredentials credentials() {
        return credentials;
    }

    public Tokens tokens() {
        return tokens;
    }

    /** Stops the server at once and closes open connections. */
    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    private static HttpServer server(SimulatorSettings settings, InetSocketAddress address) throws IOException {
        if (settings.tls().isEmpty()) {
            return HttpServer.create(address, BACKLOG);
        }
        var server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(settings.tls().get()));
        return server;
    }

    private String scheme() {
        return settings.tls().isPresent() ? "https://" : "http://";
    }

    private RequestPipeline pipeline() {
        var bodies = new RequestBodies();
        var signatures =
                new SignatureCheck(credentials, InstantSource.system(), new LoginLockout(clock, KEYS_LOCKED_FOR));
        var iam = new IamApi(
                settings.account(), scheme(), credentials, tokens, new LoginLockout(clock, USER_LOCKED_FOR), bodies);
        return new RequestPipeline(
                cloud,
                new ApiDispatcher(cloud, iam, scheme(), bodies, settings),
                new AuthenticationCheck(signatures, tokens, settings),
                faults,
                callLog,
                settings);
    }

    private static ThreadFactory threads() {
        var count = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, "evs-simulator-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
