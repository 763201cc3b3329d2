/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A process gains the Lease of a crashed leader and ends before it reconciles, because the API server rejects its list. The
 * next one must not take the crashed leader for drained. Skipped if the binaries of the API server are missing.
 */
class TermStartStoryIT {
    private static final String DRAINED = "evs.snapshot-operator.io/drained";
    private static final String LEASE = "evs-snapshot-operator";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void successorWaitsWhenPredecessorOfRejectedLeaderCrashed() {
        var story = stories.prepare(cloud(), Map.of("evs.create.settle-time", "8s"));
        story.apply("found", ofVolume(VOLUME).build());
        lease(story, "crashed", false);

        leadWithoutRightToList(story);
        assertThat(lease(story).getMetadata().getAnnotations()).containsEntry(DRAINED, "false");
        assertThat(lease(story).getSpec().getHolderIdentity()).isNotEmpty().isNotEqualTo("crashed");

        story.startOperator();
        story.awaitReason("found", CommonReason.VerifyingPreviousCreate);
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();
        story.awaitReady("found");
        story.assertExactlyOne("found");
    }

    @Test
    void rejectedLeaderRepeatsThatPredecessorWasDrained() {
        var story = stories.prepare();
        lease(story, "", true);

        leadWithoutRightToList(story);

        assertThat(lease(story).getMetadata().getAnnotations()).containsEntry(DRAINED, "true");
        assertThat(lease(story).getSpec().getHolderIdentity()).isNullOrEmpty();
    }

    private static void leadWithoutRightToList(Story story) {
        var user = "operator-of-" + story.namespace();
        story.kubernetes()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName("leases-only")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("coordination.k8s.io")
                        .withResources("leases")
                        .withVerbs("*")
                        .endRule()
                        .build())
                .create();
        story.kubernetes()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName("leases-only")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "leases-only")
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
        var config = new ConfigBuilder(story.kubernetes().getConfiguration())
                .withImpersonateUsername(user)
                .build();
        try (var operator = RunningOperator.start(config, story.settings(), Operator::new)) {
            Story.eventually()
                    .untilAsserted(() -> assertThat(operator.lostItsLease()).isTrue());
            assertThat(operator.leads()).isFalse();
        }
    }

    private static void lease(Story story, String holder, boolean drained) {
        var longAgo = ZonedDateTime.now(ZoneOffset.UTC).minusHours(1);
        story.kubernetes()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName(LEASE)
                        .addToAnnotations(DRAINED, Boolean.toString(drained))
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(holder)
                        .withLeaseDurationSeconds(1)
                        .withAcquireTime(longAgo)
                        .withRenewTime(longAgo)
                        .withLeaseTransitions(1)
                        .endSpec()
                        .build())
                .create();
    }

    private static Lease lease(Story story) {
        return story.kubernetes()
                .leases()
                .inNamespace(story.namespace())
                .withName(LEASE)
                .get();
    }
}
