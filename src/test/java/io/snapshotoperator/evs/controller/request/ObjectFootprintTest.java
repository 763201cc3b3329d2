/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.FieldsV1Builder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.informers.impl.cache.CacheImpl;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.processing.event.FrameworkState;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.app.OperatorFactory;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.NoRateLimit;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.UserRequests;
import io.snapshotoperator.evs.snapshot.DefaultSnapshotName;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphStats;

/**
 * Counts the bytes that the memory of the operator contains for each request. Each figure is what one more request adds: the
 * difference between many and few requests, divided by the number of requests by which they differ. The figures do not depend
 * on the machine, but on the JVM: this is for headers of 12 bytes, and compact headers need less.
 *
 * <p>The table of the documentation has the limits. If a figure grows for a good reason, copy the printed line to it.
 */
class ObjectFootprintTest {
    private static final Path DOCUMENT = Path.of("docs", "benchmarks", "README.md");

    /** With these numbers, the tables of hash maps are equally full. */
    private static final int FEW = 85;

    private static final int MANY = 170;

    /** JDKs differ in a field or two of their collections. */
    private static final long SLACK = 16;

    @Test
    void bytesPerRequestStayBelowDocumentedLimits() {
        var settled = bytesByPart(true);
        var inFlight = bytesByPart(false);
        var lines = settled.entrySet().stream()
                .map(part -> new Line(part.getKey(), List.of(part.getValue(), inFlight.get(part.getKey()))))
                .toList();

        lines.forEach(System.out::println);
        assertThat(lines).allSatisfy(ObjectFootprintTest::staysBelowDocumentedLimit);
    }

    @Test
    void keepsInventoryOnlyWhileItServesSearches() {
        var memory = new Memory(MANY, true);
        var before = memory.sizeOfPoller();

        memory.takeInventory();
        var with = memory.sizeOfPoller();
        memory.tickAfter(Memory.INVENTORY_SERVES);
        var after = memory.sizeOfPoller();

        var line = new Line("inventory, for each snapshot", List.of(perObject(with - after, MANY)));
        System.out.println(line);
        staysBelowDocumentedLimit(line);
        assertThat(after - before).as("less than a few bytes per snapshot stay").isLessThan(2L * MANY);
    }

    private static Map<String, Long> bytesByPart(boolean settled) {
        var few = new Memory(FEW, settled).sizes();
        var many = new Memory(MANY, settled).sizes();
        var bytes = new LinkedHashMap<String, Long>();
        var sum = 0L;
        for (var part : few.keySet()) {
            var upToPart = perObject(many.get(part) - few.get(part), MANY - FEW);
            bytes.put(part, upToPart - sum);
            sum = upToPart;
        }
        bytes.put("sum", sum);
        return bytes;
    }

    private static long perObject(long size, int objects) {
        return Math.round((double) size / objects);
    }

    private static void staysBelowDocumentedLimit(Line line) {
        var documented = Line.documented(line.part());
        assertThat(documented.bytes()).as(line.part()).hasSameSizeAs(line.bytes());
        for (var column = 0; column < line.bytes().size(); column++) {
            assertThat(line.bytes().get(column))
                    .as("bytes of %s; %s has: %s", line, DOCUMENT, documented)
                    .isLessThanOrEqualTo(documented.bytes().get(column) + SLACK);
        }
    }

    /** A line of the table. */
    private record Line(String part, List<Long> bytes) {
        static Line documented(String part) {
            try (var lines = Files.lines(DOCUMENT)) {
                var cells = lines.filter(line -> line.startsWith("| " + part + " |"))
                        .map(line -> List.of(line.split("\\s*\\|\\s*")))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(DOCUMENT + " has no line " + part));
                return new Line(
                        part,
                        cells.stream()
                                .skip(2)
                                .filter(cell -> cell.matches("\\d+"))
                                .map(Long::valueOf)
                                .toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return bytes.stream().map(Object::toString).collect(Collectors.joining(" | ", "| " + part + " | ", " |"));
        }
    }

    /** The memory of an operator after the reconciles of a number of requests. */
    private static final class Memory {
        /** Longer than six poll intervals of {@link ScriptedClient#connection}. */
        static final Duration INVENTORY_SERVES = Duration.ofSeconds(7);

        private static final Duration RESYNC = Duration.ofMinutes(1);
        private static final KubernetesSerialization API_SERVER = new KubernetesSerialization();
        private static final KubernetesSerialization OPERATOR = operatorSerialization();

        private final int requests;
        private final SteppedClock clock = new SteppedClock();
        private final ScriptedClient cloud = new ScriptedClient();
        private final List<VolumeSnapshotRequest> objects = new ArrayList<>();
        private final CacheImpl<VolumeSnapshotRequest> cache = new CacheImpl<>();
        private final CloudConnection connection = cloud.connection(new CallBudget(10, 10), clock);
        private final CreateGuard guard =
                new CreateGuard(new LeaderTermStart(now(), true, Set.of()), Duration.ofMinutes(2));
        private final ReconcileRequestTracker tracker = new ReconcileRequestTracker();
        private final FrameworkState framework = new FrameworkState(new NoRateLimit());

        Memory(int requests, boolean settled) {
            this.requests = requests;
            IntStream.range(0, requests).mapToObj(Sample::new).forEach(sample -> reconcile(sample, settled));
        }

        /** It reads every request and response of the operator. */
        private static KubernetesSerialization operatorSerialization() {
            try (var client = OperatorFactory.kubernetesClient(Config.empty())) {
                var serialization = client.getKubernetesSerialization();
                serialization.registerKubernetesResource(VolumeSnapshotRequest.class);
                return serialization;
            }
        }

        /** Each part gets the texts of that version of the request from which it has them in the operator. */
        private void reconcile(Sample sample, boolean settled) {
            framework.onEvent(ResourceID.fromResource(watched(sample.created())));
            var created = read(sample.inFlight());
            var uid = created.getMetadata().getUid();
            tracker.recordIfNew(uid, Optional.empty());
            guard.tryAcquire(uid, Optional.empty(), false, now());
            guard.complete(uid, true, now());
            watch(created);
            framework.onReschedule(ResourceID.fromResource(created));
            if (settled) {
                var ready = read(sample.settled());
                watch(ready);
                framework.onReschedule(ResourceID.fromResource(ready));
            } else {
                connection.poller().reportRead("", sample.snapshot("available"));
            }
            var cached = watched(settled ? sample.settled() : sample.inFlight());
            objects.add(cached);
            cache.put(cached);
        }

        private Instant now() {
            clock.step(Duration.ofMillis(1));
            return clock.instant();
        }

        private static VolumeSnapshotRequest read(VolumeSnapshotRequest written) {
            return OPERATOR.unmarshal(API_SERVER.asJson(written), VolumeSnapshotRequest.class);
        }

        private static VolumeSnapshotRequest watched(VolumeSnapshotRequest written) {
            var event = OPERATOR.unmarshal(API_SERVER.asJson(new WatchEvent(written, "MODIFIED")), WatchEvent.class);
            return (VolumeSnapshotRequest) event.getObject();
        }

        private void watch(VolumeSnapshotRequest request) {
            now();
            var recorded = StatusMapper.read(request);
            new CloudObserver(connection, connection.poller(), Duration.ZERO, clock)
                    .watch(ResourceID.fromResource(request), recorded);
        }

        /** Takes an inventory of the snapshots of all requests. */
        void takeInventory() {
            cloud.list(IntStream.range(0, requests)
                    .mapToObj(number -> new Sample(number).snapshot("available"))
                    .toArray(CloudSnapshot[]::new));
            tickAfter(RESYNC);
            cloud.list();
        }

        void tickAfter(Duration time) {
            clock.step(time);
            connection.poller().tick(clock.instant());
        }

        /** Returns the bytes of all parts up to each one. What two parts have in common counts for the first one. */
        Map<String, Long> sizes() {
            var parts = new LinkedHashMap<String, Object>();
            parts.put("cache: the request", objects.toArray());
            parts.put("cache: key and index of the informer", cache);
            parts.put("poller", connection);
            parts.put("create guard", guard);
            parts.put("handled annotations", tracker);
            parts.put("framework: state and timer", framework);
            var sizes = new LinkedHashMap<String, Long>();
            var upToPart = new ArrayList<>();
            parts.forEach((name, part) -> {
                upToPart.add(part);
                sizes.put(name, GraphStats.parseInstance(upToPart.toArray()).totalSize());
            });
            return sizes;
        }

        long sizeOfPoller() {
            return GraphStats.parseInstance(connection).totalSize();
        }
    }

    /** A request as the API server returns it. */
    private record Sample(int number) {
        private static final CloudLocation LOCATION =
                new CloudLocation("https://evs.eu-de.otc.t-systems.com", "7c0b1f3d2a4e4f5b9c8d7e6f5a4b3c2d");
        private static final Instant CREATED = Instant.parse("2026-01-01T12:00:00Z");

        private String id(String kind) {
            return UUID.nameUUIDFromBytes((kind + number).getBytes(StandardCharsets.UTF_8))
                    .toString();
        }

        private ObjectIdentity identity() {
            return new ObjectIdentity(id("uid"), "payments", "postgres-data-%05d".formatted(number));
        }

        private String time(int seconds) {
            return CREATED.plusSeconds(10L * number + seconds).toString();
        }

        VolumeSnapshotRequest created() {
            var request = new VolumeSnapshotRequest();
            request.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(identity().namespace())
                    .withName(identity().name())
                    .withUid(identity().uid())
                    .withResourceVersion(String.valueOf(100_000 + number))
                    .withGeneration(1L)
                    .withCreationTimestamp(time(0))
                    .withManagedFields(managedFields("kubectl-client-side-apply", "f:spec"))
                    .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{\"spec\":{}}")
                    .build());
            request.setSpec(ofVolume(id("volume")).readyWithin("1h").ttl("168h").build());
            return request;
        }

        VolumeSnapshotRequest inFlight() {
            return withStatus(
                    status("creating", SnapshotReason.WaitingForCloud, time(2)).build());
        }

        VolumeSnapshotRequest settled() {
            return withStatus(status("available", SnapshotReason.SnapshotAvailable, time(14))
                    .readyAt(time(14))
                    .build());
        }

        private VolumeSnapshotRequest withStatus(VolumeSnapshotRequestStatus status) {
            var request = created();
            var intent = CreateIntent.first(
                    identity(),
                    new VolumeId(id("volume")),
                    LOCATION,
                    id("create"),
                    new UserRequests(Optional.empty(), Optional.empty()),
                    Instant.parse(time(1)));
            request.getMetadata().getAnnotations().put(Api.CREATE_INTENT, CreateIntentJson.write(intent));
            request.getMetadata().setFinalizers(List.of(Api.FINALIZER));
            request.getMetadata()
                    .setManagedFields(Stream.concat(
                                    managedFields("kubectl-client-side-apply", "f:spec").stream(),
                                    managedFields("evs-snapshot-operator", "f:status").stream())
                            .toList());
            request.setStatus(status);
            return request;
        }

        private VolumeSnapshotRequestStatusBuilder status(String word, SnapshotReason reason, String since) {
            var conditions = Conditions.next(List.of(), Verdict.of(reason), 1, Instant.parse(since));
            return VolumeSnapshotRequestStatusBuilder.builder()
                    .snapshotId(id("snapshot"))
                    .snapshotStatus(word)
                    .snapshotName(DefaultSnapshotName.of(identity()))
                    .volumeId(id("volume"))
                    .sizeGiB(100)
                    .createdAt(time(2))
                    .updatedAt(time(2))
                    .projectId(LOCATION.projectId())
                    .endpoint(LOCATION.endpoint())
                    .observedGeneration(1L)
                    .conditions(conditions);
        }

        CloudSnapshot snapshot(String word) {
            var identity = identity();
            return CloudSnapshotBuilder.builder()
                    .id(new SnapshotId(id("snapshot")))
                    .wireState(word)
                    .volumeId(new VolumeId(id("volume")))
                    .name(DefaultSnapshotName.of(identity))
                    .sizeGiB(100)
                    .createdAt(Instant.parse(time(2)))
                    .updatedAt(Instant.parse(time(13)))
                    .metadata(new OwnershipMarker(
                                    identity.uid(), id("create"), "installation", identity.namespace(), identity.name())
                            .addTo(Map.of()))
                    .build();
        }

        private static List<ManagedFieldsEntry> managedFields(String manager, String field) {
            return List.of(new ManagedFieldsEntryBuilder()
                    .withManager(manager)
                    .withOperation("Update")
                    .withApiVersion(Api.GROUP + "/" + Api.VERSION)
                    .withFieldsType("FieldsV1")
                    .withFieldsV1(new FieldsV1Builder()
                            .addToAdditionalProperties(field, Map.of())
                            .build())
                    .build());
        }
    }
}
