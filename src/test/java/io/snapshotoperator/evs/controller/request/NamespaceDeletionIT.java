/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A user deletes a namespace, and the real namespace controller runs. A terminating namespace rejects events, so the status
 * must contain everything.
 */
class NamespaceDeletionIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer("namespace-controller");

    /** Puts the Lease into another namespace, as an installation does. The deletion must not delete the Lease. */
    private static Map<String, String> leaseInAnotherNamespace() {
        return Map.of("evs.leader-election.lease-namespace", stories.cluster().freshNamespace("lease"));
    }

    @Test
    void deletesSnapshotsOfDeletedNamespace() {
        var story = stories.begin(cloud(), leaseInAnotherNamespace());
        story.apply("one", ofVolume(VOLUME).build());
        story.apply("two", ofVolume(VOLUME).build());
        story.awaitReady("one");
        story.awaitReady("two");
        story.kubernetes().namespaces().withName(story.namespace()).delete();
        Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                        .namespaces()
                        .withName(story.namespace())
                        .get())
                .isNull());
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void reportsNotAuthorizedAndAllowsAbandonInTerminatingNamespace() {
        var story = stories.begin(cloud(), leaseInAnotherNamespace());
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.cloud().credentials().changePassword("another");
        story.cloud().tokens().expireAll();
        story.kubernetes().namespaces().withName(story.namespace()).delete();
        story.awaitReason("nightly", CommonReason.NotAuthorized);
        assertThat(story.condition("nightly", "Ready").getMessage()).contains("credentials");
        story.annotate("nightly", Api.ABANDON, "true");
        Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                        .namespaces()
                        .withName(story.namespace())
                        .get())
                .isNull());
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }
}
