/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.snapshotoperator.evs.api.v1alpha1.schedule.ClaimSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.schedule.ScheduleSource;
import io.snapshotoperator.evs.testing.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimSourcesTest {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    private final SteppedClock clock = new SteppedClock();
    private Cluster cluster;
    private KubernetesClient kubernetes;
    private ClaimSources sources;

    @BeforeEach
    void start() {
        cluster = Cluster.embedded();
        kubernetes = cluster.client();
        sources = new ClaimSources(kubernetes, clock);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void create(String name, String phase, String app) {
        kubernetes
                .resource(new PersistentVolumeClaimBuilder()
                        .withMetadata(new ObjectMetaBuilder()
                                .withNamespace("shop")
                                .withName(name)
                                .withLabels(Map.of("app", app))
                                .build())
                        .withNewStatus()
                        .withPhase(phase)
                        .endStatus()
                        .build())
                .create();
    }

    private List<ScheduleSource> find(SourceSelector... selectors) {
        return sources.find("shop", List.of(selectors), true).orElseThrow();
    }

    @Test
    void findsEachVolumeOnceAndSaysWhyOneCannotBeUsed() {
        create("data-0", "Bound", "db");
        create("data-1", "Pending", "db");
        create("other", "Bound", "log");

        assertThat(find(
                        SourceSelector.ofPattern("data-*"),
                        SourceSelector.ofClaim("data-0"),
                        SourceSelector.ofClaim("missing"),
                        SourceSelector.ofVolume(VOLUME)))
                .containsExactly(
                        ScheduleSource.ofVolume(VOLUME),
                        ScheduleSource.ofClaim("data-0"),
                        ScheduleSource.withProblem("data-1", true, "The claim is not bound to a volume yet."),
                        ScheduleSource.withProblem(
                                "missing", true, "There is no PersistentVolumeClaim of this name in the namespace."));
    }

    /** The finalizer keeps it, as Kubernetes does while a pod uses it. Then the schedule neither creates nor deletes anything. */
    @Test
    void claimThatIsBeingDeletedCannotBeUsed() {
        create("data-0", "Bound", "db");
        var claim = kubernetes.persistentVolumeClaims().inNamespace("shop").withName("data-0");
        claim.edit(kept -> {
            kept.getMetadata().setFinalizers(List.of("kubernetes.io/pvc-protection"));
            return kept;
        });
        claim.delete();

        assertThat(find(SourceSelector.ofPattern("data-*")))
                .containsExactly(ScheduleSource.withProblem("data-0", true, "The claim is being deleted."));
    }

    @Test
    void selectsByLabels() {
        create("data-0", "Bound", "db");
        create("other", "Bound", "log");

        assertThat(find(SourceSelector.ofLabels(new ClaimSelector(Map.of("app", "log"), null))))
                .containsExactly(ScheduleSource.ofClaim("other"));
    }

    @Test
    void usesIdsOfVolumesOnlyWhereTheConnectionAllowsThem() {
        assertThat(sources.find("shop", List.of(SourceSelector.ofVolume(VOLUME)), false)
                        .orElseThrow())
                .singleElement()
                .satisfies(source -> assertThat(source.problem()).isPresent());
    }

    @Test
    void rejectsTooManySources() {
        for (var i = 0; i <= ClaimSources.MAX_SOURCES; i++) {
            create("data-" + i, "Bound", "db");
        }

        assertThatThrownBy(() -> find(SourceSelector.ofPattern("*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 100");
    }

    /** The selectors of one namespace can need thousands of reads. */
    @Test
    void oneScheduleOfNamespaceReadsAtTime() {
        var inside = new ArrayList<Optional<List<ScheduleSource>>>();
        var requests = new AtomicInteger();
        var observed = client(() -> {
            if (requests.incrementAndGet() == 1) {
                inside.add(sources.find("shop", List.of(SourceSelector.ofPattern("a-*")), true));
                inside.add(sources.find("other", List.of(SourceSelector.ofPattern("a-*")), true));
            }
        });
        sources = new ClaimSources(observed, clock);

        assertThat(find(SourceSelector.ofPattern("data-*"))).isEmpty();

        assertThat(inside).containsExactly(Optional.empty(), Optional.of(List.of()));
        assertThat(find(SourceSelector.ofPattern("a-*"))).isEmpty();
    }

    @Test
    void fewSchedulesReadAtSameTime() {
        var depth = new AtomicInteger();
        var last = new ArrayList<Optional<List<ScheduleSource>>>();
        var observed = client(() ->
                last.add(sources.find("ns-" + depth.incrementAndGet(), List.of(SourceSelector.ofPattern("*")), true)));
        sources = new ClaimSources(observed, clock);

        find(SourceSelector.ofPattern("*"));

        assertThat(last.get(0)).as("the innermost one").isEmpty();
        assertThat(last).hasSize(ClaimSources.MAX_READING);
    }

    private KubernetesClient client(Runnable beforeEachRequest) {
        return new KubernetesClientBuilder()
                .withConfig(kubernetes.getConfiguration())
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("observer", new Interceptor() {
                    @Override
                    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                        beforeEachRequest.run();
                    }
                }))
                .build();
    }

    @Test
    void readsClaimsAgainAfterShortTime() {
        assertThat(find(SourceSelector.ofPattern("data-*"))).isEmpty();
        create("data-0", "Bound", "db");

        assertThat(find(SourceSelector.ofPattern("data-*"))).isEmpty();
        clock.step(Duration.ofSeconds(31));
        assertThat(find(SourceSelector.ofPattern("data-*"))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "data-*, data-0, true",
        "data-*, data-, true",
        "data-*, my-data-0, false",
        "*-0, data-0, true",
        "*-0, data-01, false",
        "a*b*c, a1b2c, true",
        "a*b*c, acb, false",
        "a*a, a, false",
        "a*a, aa, true",
        "a**b, ab, true",
        "*ab*ab*, xabyabz, true",
        "*ab*ab*, xabz, false",
        "data.0, data-0, false",
        "data-0, data-0, true"
    })
    void matchesPatterns(String pattern, String name, boolean matches) {
        assertThat(ClaimSources.matches(pattern, name)).isEqualTo(matches);
    }
}
