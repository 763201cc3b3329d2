/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionStatus;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.KubernetesResourceStore;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.controller.connection.RegisteredConnection.Established;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.telemetry.LogEvent;
import jakarta.enterprise.inject.Vetoed;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Reconciles one {@code EvsConnection}: reads what it refers to, makes the connection, tries it with one small list, and reports
 * the result. A connection that is being deleted stays as long as an object needs it.
 */
@Ignore
@Vetoed
public final class EvsConnectionReconciler implements Reconciler<EvsConnection> {
    private static final Logger LOG = Logger.getLogger(EvsConnectionReconciler.class);
    private static final Duration CONFLICT_REQUEUE = Duration.ofMillis(500);
    private static final Duration BUSY_REQUEUE = Duration.ofSeconds(1);
    private static final PageRequest SMALLEST_PAGE = new PageRequest(1, 0, Optional.empty());
    private static final int MAX_SHOWN = 3;

    /** Connections that do not respond hold their thread for the timeout of a call. The others need threads meanwhile. */
    private static final int MAX_CHECKS = 10;

    private final KubernetesClient kubernetes;
    private final ConnectionRegistry registry;
    private final ConnectionFactory factory;
    private final ConnectionUsers users;
    private final CaBundleReader caBundles;
    private final EventRecorder events;
    private final Timings timings;
    private final Supplier<String> reader;
    private final InstantSource clock;
    private final Jitter jitter;
    private final Semaphore checks = new Semaphore(MAX_CHECKS);
    private final Set<ResourceID> troubled = ConcurrentHashMap.newKeySet();
    private final Map<ResourceID, Instant> usersTriggeredAt = new ConcurrentHashMap<>();
    private final SimpleInboundEventSource<EvsConnection> troubles =
            new SimpleInboundEventSource<>("connection-trouble");
    private volatile Optional<IndexedResourceCache<EvsConnection>> objects = Optional.empty();

    /**
     * The intervals of the reconciles.
     *
     * @param initialBackoff until the next check of a connection that is not ready
     * @param maxBackoff the longest time until that
     * @param recheck until the next check of a connection that is ready
     */
    public record Timings(Duration initialBackoff, Duration maxBackoff, Duration recheck) {}

    /** @param reader returns the user as which the operator reads Secrets, for messages */
    public EvsConnectionReconciler(
            KubernetesClient kubernetes,
            ConnectionRegistry registry,
            ConnectionFactory factory,
            ConnectionUsers users,
            EventRecorder events,
            Timings timings,
            Supplier<String> reader,
            InstantSource clock,
            Jitter jitter) {
        this.kubernetes = kubernetes;
        this.registry = registry;
        this.factory = factory;
        this.users = users;
        this.caBundles = new CaBundleReader(kubernetes, reader);
        this.events = events;
        this.timings = timings;
        this.reader = reader;
        this.clock = clock;
        this.jitter = jitter;
    }

    @Override
    public List<EventSource<?, EvsConnection>> prepareEventSources(EventSourceContext<EvsConnection> context) {
        objects = Optional.of(context.getPrimaryCache());
        return List.of(troubles);
    }

    /** Returns the reason that each connection reports; empty for one that reports none yet. */
    public Stream<Optional<String>> reasons() {
        return objects.stream().flatMap(IndexedResourceCache::list).map(connection -> Optional.ofNullable(
                        connection.getStatus())
                .flatMap(EvsConnectionReconciler::reasonOf));
    }

    /** Lets a connection be examined soon, because a call over it failed or worked again. */
    public void onTroubleChanged(ResourceID connection) {
        troubled.add(connection);
        troubles.propagateEvent(connection);
    }

    @Override
    public UpdateControl<EvsConnection> reconcile(EvsConnection connection, Context<EvsConnection> context) {
        if (context.isPrimaryResourceDeleted()) {
            var id = ResourceID.fromResource(connection);
            registry.remove(id);
            troubled.remove(id);
            usersTriggeredAt.remove(id);
            triggerUsers(id);
            return UpdateControl.noUpdate();
        }
        return reconcile(connection, new KubernetesResourceStore<>(context));
    }

    /** Reconciles a connection that exists. Tests call it with a store of their own. */
    UpdateControl<EvsConnection> reconcile(EvsConnection connection, ResourceStore<EvsConnection> store) {
        var id = ResourceID.fromResource(connection);
        var writer = new ResourceWriter<>(connection, store, events, clock.instant());
        try {
            var requeue = reconcile(id, writer);
            return UpdateControl.<EvsConnection>noUpdate().rescheduleAfter(jitter.spread(requeue));
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return UpdateControl.<EvsConnection>noUpdate().rescheduleAfter(CONFLICT_REQUEUE);
            }
            throw new ApiServerException(rejected);
        }
    }

    private Duration reconcile(ResourceID id, ResourceWriter<EvsConnection, EvsConnectionStatus> writer) {
        var deleting = writer.resource().isMarkedForDeletion();
        if (!deleting && !writer.resource().hasFinalizer(Api.FINALIZER)) {
            writer.addFinalizer();
        }
        var registered = examine(id, writer.resource());
        if (registry.update(id, registered)) {
            triggerUsers(id);
        }
        if (deleting) {
            return finishDeletion(id, writer);
        }
        var result = registered.blocked().map(Result::of).or(() -> registered
                .connection()
                .flatMap(this::tryOut));
        if (result.isEmpty()) {
            return BUSY_REQUEUE;
        }
        report(writer, result.get());
        if (result.get().verdict().reason() != ConnectionReason.ConnectionReady) {
            return backoff(writer.resource());
        }
        if (troubled.remove(id)) {
            onTroubleOver(id);
        }
        return timings.recheck();
    }

    /**
     * A short trouble, as during a change of the credentials, can be over before it is reported, and requests that failed
     * meanwhile wait for minutes. The limit is for a cloud that accepts the check but rejects the calls of the requests.
     */
    private void onTroubleOver(ResourceID id) {
        var now = clock.instant();
        var last = Optional.ofNullable(usersTriggeredAt.get(id));
        if (last.filter(at -> !now.isBefore(at) && now.isBefore(at.plus(timings.maxBackoff())))
                .isEmpty()) {
            usersTriggeredAt.put(id, now);
            triggerUsers(id);
        }
    }

    /** Makes the connection as the spec, the Secret and the ConfigMap say now, or keeps the current one. */
    private RegisteredConnection examine(ResourceID id, EvsConnection object) {
        var deleting = object.isMarkedForDeletion();
        // What was made for a deleted object of the same name is not for its successor.
        var current = registry.find(id)
                .flatMap(RegisteredConnection::established)
                .filter(kept -> kept.basis().uid().equals(object.getMetadata().getUid()));
        try {
            var caBundle = caBundles.read(
                    object.getMetadata().getNamespace(), object.getSpec().caBundleRef());
            var basis = new ConnectionBasis(object.getMetadata().getUid(), object.getSpec(), caBundle);
            var established = current.filter(kept -> kept.basis().equals(basis)).orElseGet(() -> establish(id, basis));
            var problem = problemOf(established.credentials());
            return new RegisteredConnection(
                    Optional.of(established), established.credentials().wasRead(), problem, deleting);
        } catch (InvalidConnectionException invalid) {
            // Objects that are being deleted can still use the current connection.
            return new RegisteredConnection(
                    current,
                    current.filter(kept -> kept.credentials().wasRead()).isPresent(),
                    Optional.of(invalid.verdict()),
                    deleting);
        }
    }

    private Optional<Verdict> problemOf(SecretData credentials) {
        return credentials.check().or(() -> factory.problemOf(credentials)
                .map(detail -> Verdict.of(ConnectionReason.CredentialsInvalid, detail)));
    }

    private Established establish(ResourceID id, ConnectionBasis basis) {
        var namespace = id.getNamespace().orElseThrow();
        var credentials = new SecretData(
                kubernetes, namespace, basis.spec().credentialsSecretRef().name(), reader, clock);
        return new Established(basis, factory.create(id, basis, credentials), credentials);
    }

    private static String nameOf(ResourceID id) {
        return id.getNamespace().orElseThrow() + "/" + id.getName();
    }

    /** What a connection reports: the verdict, and where it leads if that is known. */
    private record Result(Verdict verdict, Optional<CloudLocation> location) {
        static Result of(Verdict verdict) {
            return new Result(verdict, Optional.empty());
        }
    }

    /**
     * Logs in and lists one snapshot.
     *
     * @return empty if too many other connections are being tried, or the call budget is used up
     */
    private Optional<Result> tryOut(CloudConnection connection) {
        if (!checks.tryAcquire()) {
            return Optional.empty();
        }
        try {
            var access = connection.checkAccess();
            if (access.isEmpty()) {
                return Optional.empty();
            }
            if (access.get() instanceof CloudAccess.Unavailable unavailable) {
                return Optional.of(Result.of(FailureReasons.verdictFor(unavailable.failure())));
            }
            if (!(connection.tryReserve(Lane.READ, Optional.empty()) instanceof Reservation.Granted)) {
                return Optional.empty();
            }
            connection.call(Optional.empty(), client -> client.list(SnapshotFilter.all(), SMALLEST_PAGE));
            var location = ((CloudAccess.Available) access.get()).here();
            return Optional.of(new Result(Verdict.of(ConnectionReason.ConnectionReady), Optional.of(location)));
        } catch (CloudException failure) {
            return Optional.of(Result.of(FailureReasons.verdictFor(failure.details())));
        } finally {
            checks.release();
        }
    }

    /** Removes the finalizer if no object needs the connection any more. */
    private Duration finishDeletion(ResourceID id, ResourceWriter<EvsConnection, EvsConnectionStatus> writer) {
        var using = users.of(id);
        if (using.isEmpty()) {
            return BUSY_REQUEUE;
        }
        var needing = using.get().stream()
                .filter(ConnectionUsers.User::needsCloud)
                .map(user -> user.id().getName())
                .sorted()
                .toList();
        if (needing.isEmpty()) {
            writer.removeFinalizer(Optional.empty());
            return timings.maxBackoff();
        }
        var shown = String.join(", ", needing.subList(0, Math.min(needing.size(), MAX_SHOWN)))
                + (needing.size() > MAX_SHOWN ? " and more" : "");
        report(
                writer,
                Result.of(Verdict.of(
                        ConnectionReason.ConnectionInUse,
                        "These are: " + shown + "."
                                + registry.find(id)
                                        .flatMap(RegisteredConnection::blocked)
                                        .map(problem -> " " + problem.message()
                                                + " Or set the annotation evs.snapshot-operator.io/abandon on the"
                                                + " requests, which leaves their snapshots in the cloud.")
                                        .orElse(""))));
        return timings.initialBackoff();
    }

    private void report(ResourceWriter<EvsConnection, EvsConnectionStatus> writer, Result result) {
        var before = Optional.ofNullable(writer.resource().getStatus())
                .orElseGet(() -> EvsConnectionStatusBuilder.builder().build());
        var reasonBefore = reasonOf(before);
        var now = clock.instant();
        var changed = writer.patchStatus(object -> EvsConnectionStatusBuilder.builder(before)
                .projectId(result.location().map(CloudLocation::projectId).orElse(before.projectId()))
                .endpoint(result.location().map(CloudLocation::endpoint).orElse(before.endpoint()))
                .observedGeneration(object.getMetadata().getGeneration())
                .conditions(Conditions.next(
                        before.conditions(),
                        result.verdict(),
                        object.getMetadata().getGeneration(),
                        now))
                .build());
        var reason = result.verdict().reason().name();
        if (changed && !reasonBefore.equals(Optional.of(reason))) {
            LogEvent.info(LOG, "Connection reason changed")
                    .with(LogEvent.CONNECTION, nameOf(writer.id()))
                    .with(LogEvent.REASON, reason)
                    .log();
            writer.recordEvent(result.verdict());
            if (result.verdict().reason() == ConnectionReason.ConnectionReady) {
                // They wait longer than the connection, because they do not know when it is repaired.
                triggerUsers(writer.id());
            }
        }
    }

    private static Optional<String> reasonOf(EvsConnectionStatus status) {
        return Conditions.readyReason(status.conditions());
    }

    private static Optional<Condition> readyCondition(EvsConnectionStatus status) {
        return status.conditions().stream()
                .filter(condition -> Conditions.READY.equals(condition.getType()))
                .findFirst();
    }

    /** As long as the connection has not been ready, within limits. So a Secret that is created shortly after its connection is seen soon. */
    private Duration backoff(EvsConnection connection) {
        var since = readyCondition(connection.getStatus())
                .map(Condition::getLastTransitionTime)
                .map(Instant::parse)
                .orElseGet(clock::instant);
        var age = Duration.between(since, clock.instant());
        var atLeast = age.compareTo(timings.initialBackoff()) < 0 ? timings.initialBackoff() : age;
        return atLeast.compareTo(timings.maxBackoff()) < 0 ? atLeast : timings.maxBackoff();
    }

    private void triggerUsers(ResourceID id) {
        users.of(id).ifPresent(known -> known.forEach(user -> users.trigger(user.id())));
    }
}
