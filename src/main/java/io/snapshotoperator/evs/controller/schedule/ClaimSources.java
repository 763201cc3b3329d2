/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.schedule.ClaimSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.schedule.ScheduleSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * Finds the volumes that a schedule selects. The claims are read when a schedule needs them, and what was read serves equal selectors
 * of the namespace for a short time. A cache of all claims would need more memory, and would bring events all day for a schedule that
 * runs once. Lists come in small pages, of which only names are kept, because a user can make a claim of megabytes.
 *
 * <p>All controllers share the threads of the operator, and the selectors of a user can need thousands of pages. So one schedule of a
 * namespace reads at a time, and few of all namespaces. The others come back later.
 */
final class ClaimSources {
    /** All selectors of a schedule together select at most so many. */
    static final int MAX_SOURCES = 100;

    /** Shorter than the time within which the requests of a slot are spread by default. */
    private static final Duration MAX_AGE = Duration.ofSeconds(30);

    private static final long PAGE_SIZE = 25;

    /** So many schedules read claims at the same time. */
    static final int MAX_READING = 10;

    private final KubernetesClient kubernetes;
    private final InstantSource clock;
    private final Map<Query, Result> results = new ConcurrentHashMap<>();
    private final Set<String> reading = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MAX_READING);

    ClaimSources(KubernetesClient kubernetes, InstantSource clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
    }

    private record Query(String namespace, SourceSelector selector) {}

    private record Result(Instant at, List<ScheduleSource> sources) {}

    /**
     * Returns what the selectors select, each key once, sorted.
     *
     * @param volumesAllowed whether the connection allows this namespace to name volumes by their ids
     * @return empty if another schedule of the namespace, or too many of others, read claims now
     * @throws IllegalArgumentException with a sentence for users, if they select too many
     * @throws KubernetesClientException if the API server rejects a read of the claims or does not respond
     */
    Optional<List<ScheduleSource>> find(String namespace, List<SourceSelector> selectors, boolean volumesAllowed) {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        try {
            if (!reading.add(namespace)) {
                return Optional.empty();
            }
            try {
                return Optional.of(select(namespace, selectors, volumesAllowed));
            } finally {
                reading.remove(namespace);
            }
        } finally {
            places.release();
        }
    }

    private List<ScheduleSource> select(String namespace, List<SourceSelector> selectors, boolean volumesAllowed) {
        var now = clock.instant();
        results.values().removeIf(result -> isOld(result, now));
        var sources = new TreeMap<String, ScheduleSource>();
        for (var selector : selectors) {
            var found = selector.volumeId() == null
                    ? claims(new Query(namespace, selector), now)
                    : List.of(volume(selector.volumeId(), volumesAllowed));
            found.forEach(source -> sources.put(source.key(), source));
        }
        if (sources.size() > MAX_SOURCES) {
            throw new IllegalArgumentException("spec.sources selects more than " + MAX_SOURCES
                    + " volumes. Distribute them over several schedules.");
        }
        return List.copyOf(sources.values());
    }

    private List<ScheduleSource> claims(Query query, Instant now) {
        var known = results.get(query);
        if (known != null) {
            return known.sources();
        }
        var read = read(query.namespace(), query.selector());
        results.put(query, new Result(now, read));
        return read;
    }

    private static boolean isOld(Result result, Instant now) {
        return now.isBefore(result.at()) || !now.isBefore(result.at().plus(MAX_AGE));
    }

    private static ScheduleSource volume(String id, boolean allowed) {
        return allowed
                ? ScheduleSource.ofVolume(id)
                : ScheduleSource.withProblem(
                        id, false, "The connection does not allow this namespace to name volumes by their ids.");
    }

    private List<ScheduleSource> read(String namespace, SourceSelector selector) {
        if (selector.persistentVolumeClaimName() == null) {
            return list(namespace, selector);
        }
        var name = selector.persistentVolumeClaimName();
        var claim = kubernetes
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .get();
        return List.of(
                claim == null
                        ? ScheduleSource.withProblem(
                                name, true, "There is no PersistentVolumeClaim of this name in the namespace.")
                        : source(claim));
    }

    /** Ends early when there are too many. */
    private List<ScheduleSource> list(String namespace, SourceSelector selector) {
        var claims = kubernetes.persistentVolumeClaims().inNamespace(namespace);
        var selected = selector.persistentVolumeClaimSelector() == null
                ? claims
                : claims.withLabelSelector(labels(selector.persistentVolumeClaimSelector()));
        var pattern = Optional.ofNullable(selector.persistentVolumeClaimNamePattern())
                .orElse(selector.persistentVolumeClaimSelector() == null ? "" : "*");
        var found = new ArrayList<ScheduleSource>();
        var next = "";
        do {
            var page = selected.list(new ListOptionsBuilder()
                    .withLimit(PAGE_SIZE)
                    .withContinue(next.isEmpty() ? null : next)
                    .build());
            page.getItems().stream()
                    .filter(claim -> matches(pattern, claim.getMetadata().getName()))
                    .map(ClaimSources::source)
                    .forEach(found::add);
            next = Optional.ofNullable(page.getMetadata().getContinue()).orElse("");
        } while (!next.isEmpty() && found.size() <= MAX_SOURCES);
        return List.copyOf(found);
    }

    private static LabelSelector labels(ClaimSelector selector) {
        var expressions = selector.matchExpressions().stream()
                .map(expression -> new LabelSelectorRequirement(
                        expression.key(), expression.operator().name(), expression.values()))
                .toList();
        return new LabelSelector(expressions, selector.matchLabels());
    }

    private static ScheduleSource source(PersistentVolumeClaim claim) {
        var name = claim.getMetadata().getName();
        if (claim.isMarkedForDeletion()) {
            return ScheduleSource.withProblem(name, true, "The claim is being deleted.");
        }
        var bound =
                claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
        return bound
                ? ScheduleSource.ofClaim(name)
                : ScheduleSource.withProblem(name, true, "The claim is not bound to a volume yet.");
    }

    /** Whether the name matches. Takes a time proportional to both lengths, whatever the pattern is, unlike a regular expression. */
    static boolean matches(String pattern, String name) {
        var literals = pattern.split(Pattern.quote("*"), -1);
        if (literals.length == 1) {
            return pattern.equals(name);
        }
        var first = literals[0];
        var last = literals[literals.length - 1];
        if (!name.startsWith(first) || !name.endsWith(last) || name.length() < first.length() + last.length()) {
            return false;
        }
        var from = first.length();
        var end = name.length() - last.length();
        for (var i = 1; i < literals.length - 1; i++) {
            var found = name.indexOf(literals[i], from);
            if (found < 0 || found + literals[i].length() > end) {
                return false;
            }
            from = found + literals[i].length();
        }
        return true;
    }
}
