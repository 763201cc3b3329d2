/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.csi.ContentDecision.Action;
import io.snapshotoperator.evs.csi.ContentDecision.Recheck;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRulesTest {
    private static final String UID = "0b8e2f64-7f0e-4d3b-9e55-c1a2b3c4d5e6";
    private static final String SNAPSHOT = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final String CONTENT = "evs-" + UID + "-1";

    private static final DesiredContent DESIRED = DesiredContentBuilder.builder()
            .snapshotHandle(SNAPSHOT)
            .driver("disk.csi.everest.io")
            .volumeSnapshotName("nightly")
            .createVolumeSnapshot(false)
            .build();

    private static final DesiredContent DESIRED_WITH_VOLUME_SNAPSHOT =
            DesiredContentBuilder.builder(DESIRED).createVolumeSnapshot(true).build();

    private static ContentInputBuilder asking(DesiredContent desired) {
        return ContentInputBuilder.builder()
                .request(new ObjectIdentity(UID, "shop", "nightly"))
                .snapshotId(SNAPSHOT)
                .desired(Optional.ofNullable(desired))
                .binding(1);
    }

    /** A request that is being deleted, or whose field was removed. */
    private static ContentInputBuilder askingNothing() {
        return asking(null);
    }

    private static ObservedContentBuilder content() {
        return ObservedContentBuilder.builder()
                .name(CONTENT)
                .resourceVersion("7")
                .requestUid(UID)
                .driver("disk.csi.everest.io")
                .snapshotHandle(SNAPSHOT)
                .deletionPolicy("Retain")
                .volumeSnapshotNamespace("shop")
                .volumeSnapshotName("nightly");
    }

    private static ObservedContentBuilder boundContent() {
        return content().boundUid("vs-1").readyToUse(true);
    }

    private static ObservedVolumeSnapshotBuilder volumeSnapshot() {
        return ObservedVolumeSnapshotBuilder.builder()
                .name("nightly")
                .uid("vs-1")
                .resourceVersion("8")
                .requestUid("")
                .contentName(CONTENT);
    }

    private static ObservedVolumeSnapshotBuilder ownVolumeSnapshot() {
        return volumeSnapshot().requestUid(UID);
    }

    private static ContentReason reason(ContentDecision decision) {
        return (ContentReason) decision.verdict().map(Verdict::reason).orElseThrow();
    }

    private static void assertReports(ContentInputBuilder input, ContentReason reason) {
        var decision = ContentRules.decide(input.build());
        assertThat(decision.action()).isEqualTo(new Action.None());
        assertThat(reason(decision)).isEqualTo(reason);
    }

    @Test
    void createsContentOfComputedName() {
        var decision = ContentRules.decide(asking(DESIRED).binding(3).build());

        assertThat(decision.action()).isEqualTo(new Action.CreateContent("evs-" + UID + "-3", DESIRED));
        assertThat(decision.verdict().orElseThrow().message()).contains("evs-" + UID + "-3", "nightly");
    }

    @Test
    void reportsContentThatWaitsForItsVolumeSnapshot() {
        assertReports(asking(DESIRED).content(content().build()), ContentReason.ContentAvailable);
    }

    @Test
    void createsVolumeSnapshotOnDemand() {
        var decision = ContentRules.decide(
                asking(DESIRED_WITH_VOLUME_SNAPSHOT).content(content().build()).build());

        assertThat(decision.action()).isEqualTo(new Action.CreateVolumeSnapshot(CONTENT, DESIRED_WITH_VOLUME_SNAPSHOT));
    }

    /** A user can copy the label to a VolumeSnapshot of another tool. What it names as its source cannot be changed. */
    @ParameterizedTest
    @ValueSource(strings = {"", "snapcontent-1", "evs-11111111-2222-4333-8444-555555555555-1"})
    void neverDeletesVolumeSnapshotOfAnotherSource(String contentName) {
        var labeled = ownVolumeSnapshot().contentName(contentName).build();

        assertThat(ContentRules.decide(asking(DESIRED_WITH_VOLUME_SNAPSHOT)
                                .volumeSnapshot(labeled)
                                .build())
                        .action())
                .isInstanceOf(Action.CreateContent.class);
        assertReports(
                asking(DESIRED_WITH_VOLUME_SNAPSHOT).content(content().build()).volumeSnapshot(labeled),
                ContentReason.VolumeSnapshotConflict);
        assertThat(ContentRules.abandon(askingNothing().volumeSnapshot(labeled).build()))
                .isEmpty();
    }

    @Test
    void followsBinding() {
        var input = asking(DESIRED).volumeSnapshot(volumeSnapshot().build());

        assertReports(input.content(content().build()), ContentReason.WaitingForBinding);
        assertReports(input.content(content().boundUid("vs-1").build()), ContentReason.WaitingForDriver);
        assertReports(input.content(boundContent().build()), ContentReason.ContentBound);
        assertThat(ContentRules.decide(input.build()).boundTo()).contains("nightly");
        assertThat(ContentRules.decide(input.build()).readyToUse()).isTrue();
    }

    @Test
    void keepsBoundContentWhileItsVolumeSnapshotIsBeingDeleted() {
        assertReports(
                asking(DESIRED)
                        .content(boundContent().build())
                        .volumeSnapshot(volumeSnapshot().deleting(true).build()),
                ContentReason.ContentBound);
    }

    @Test
    void deletesContentOfVolumeSnapshotThatIsGone() {
        var stale = boundContent().build();
        var gone = ContentRules.decide(asking(DESIRED).content(stale).build());
        var another = ContentRules.decide(asking(DESIRED)
                .content(stale)
                .volumeSnapshot(volumeSnapshot().uid("vs-2").build())
                .build());

        assertThat(List.of(gone, another)).allSatisfy(decision -> {
            assertThat(decision.action()).isEqualTo(new Action.DeleteContent(stale));
            assertThat(reason(decision)).isEqualTo(ContentReason.ContentReplacing);
        });
    }

    @Test
    void waitsForFinalizersOfStaleContent() {
        assertReports(asking(DESIRED).content(boundContent().deleting(true).build()), ContentReason.ContentDeleting);
    }

    static List<Arguments> changes() {
        return List.of(
                change("class", builder -> builder.className("gold")),
                change("name of the VolumeSnapshot", builder -> builder.volumeSnapshotName("weekly")),
                change("driver", builder -> builder.driver("cinder.csi.openstack.org")));
    }

    private static Arguments change(String what, UnaryOperator<DesiredContentBuilder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void replacesUnusedContentThatNoLongerFits(String what, UnaryOperator<DesiredContentBuilder> change) {
        var changed = change.apply(DesiredContentBuilder.builder(DESIRED)).build();
        var old = content().build();

        assertThat(ContentRules.decide(asking(changed).content(old).build()).action())
                .isEqualTo(new Action.DeleteContent(old));
        assertReports(
                asking(changed)
                        .content(boundContent().build())
                        .volumeSnapshot(volumeSnapshot().build()),
                ContentReason.VolumeSnapshotInUse);
    }

    static List<Arguments> foreignContents() {
        return List.of(
                foreign("no label", builder -> builder.requestUid("")),
                foreign("label of another request", builder -> builder.requestUid("other")),
                foreign("another handle", builder -> builder.snapshotHandle("other")),
                foreign("another namespace", builder -> builder.volumeSnapshotNamespace("other")),
                foreign("another policy", builder -> builder.deletionPolicy("Delete")));
    }

    private static Arguments foreign(String what, UnaryOperator<ObservedContentBuilder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foreignContents")
    void neverTouchesForeignContent(String what, UnaryOperator<ObservedContentBuilder> change) {
        var foreign = change.apply(content()).build();

        assertReports(asking(DESIRED).content(foreign), ContentReason.ContentConflict);
        assertThat(ContentRules.decide(askingNothing().content(foreign).build()).action())
                .isEqualTo(new Action.Release());
        assertThat(ContentRules.abandon(askingNothing().content(foreign).build()))
                .isEmpty();
    }

    @Test
    void neverTouchesVolumeSnapshotOfUser() {
        assertReports(
                asking(DESIRED_WITH_VOLUME_SNAPSHOT)
                        .content(content().build())
                        .volumeSnapshot(volumeSnapshot().contentName("").build()),
                ContentReason.VolumeSnapshotConflict);
        assertReports(
                askingNothing()
                        .content(boundContent().build())
                        .volumeSnapshot(volumeSnapshot().build()),
                ContentReason.VolumeSnapshotInUse);
    }

    @Test
    void deletesOwnVolumeSnapshotThatIsNotWantedOrNamesOldContent() {
        var own = ownVolumeSnapshot().build();
        var old = ownVolumeSnapshot().contentName("evs-" + UID + "-2").build();

        assertThat(ContentRules.decide(asking(DESIRED)
                                .content(boundContent().build())
                                .volumeSnapshot(own)
                                .build())
                        .action())
                .isEqualTo(new Action.DeleteVolumeSnapshot(own));
        assertThat(ContentRules.decide(asking(DESIRED_WITH_VOLUME_SNAPSHOT)
                                .content(content().build())
                                .volumeSnapshot(old)
                                .build())
                        .action())
                .isEqualTo(new Action.DeleteVolumeSnapshot(old));
        assertThat(ContentRules.decide(asking(DESIRED_WITH_VOLUME_SNAPSHOT)
                                .binding(2)
                                .volumeSnapshot(own)
                                .build())
                        .action())
                .isEqualTo(new Action.DeleteVolumeSnapshot(own));
    }

    @Test
    void removesOwnVolumeSnapshotBeforeContentAndThenReleases() {
        var bound = boundContent().build();
        var own = ownVolumeSnapshot().build();

        assertThat(ContentRules.decide(askingNothing()
                                .content(bound)
                                .volumeSnapshot(own)
                                .build())
                        .action())
                .isEqualTo(new Action.DeleteVolumeSnapshot(own));
        assertReports(
                askingNothing()
                        .content(bound)
                        .volumeSnapshot(ownVolumeSnapshot().deleting(true).build()),
                ContentReason.VolumeSnapshotDeleting);
        assertThat(ContentRules.decide(askingNothing().content(bound).build()).action())
                .isEqualTo(new Action.DeleteContent(bound));
        assertThat(ContentRules.decide(askingNothing().build()).action()).isEqualTo(new Action.Release());
    }

    @Test
    void removesContentWhoseVolumeSnapshotIsNotBoundYet() {
        var unbound = content().build();

        assertThat(ContentRules.decide(askingNothing()
                                .content(unbound)
                                .volumeSnapshot(volumeSnapshot().build())
                                .build())
                        .action())
                .isEqualTo(new Action.DeleteContent(unbound));
    }

    @Test
    void abandonsWithoutWaiting() {
        var bound = boundContent().build();
        var own = ownVolumeSnapshot().build();

        assertThat(ContentRules.abandon(
                        askingNothing().content(bound).volumeSnapshot(own).build()))
                .containsExactly(new Action.DeleteVolumeSnapshot(own), new Action.DeleteContent(bound));
        assertThat(ContentRules.abandon(askingNothing()
                        .content(bound)
                        .volumeSnapshot(volumeSnapshot().build())
                        .build()))
                .as("a content that a VolumeSnapshot of a user needs")
                .isEmpty();
        assertThat(ContentRules.abandon(askingNothing().content(bound).build()))
                .containsExactly(new Action.DeleteContent(bound));
        assertThat(ContentRules.abandon(askingNothing().build())).isEmpty();
    }

    @Test
    void looksAgainSoonerWhileAnotherProgramIsToAct() {
        var input = asking(DESIRED).volumeSnapshot(volumeSnapshot().build());

        assertThat(ContentRules.decide(input.content(content().build()).build()).recheck())
                .isEqualTo(Recheck.SHORT);
        assertThat(ContentRules.decide(input.content(boundContent().build()).build())
                        .recheck())
                .isEqualTo(Recheck.LONG);
    }

    @ParameterizedTest
    @CsvSource({"evs-u-1, 1", "evs-u-27, 27", "evs-u-0, 0", "evs-u-01, 0", "evs-other-1, 0", "evs-u-1x, 0", "evs-u-, 0"
    })
    void readsNumberOfContentName(String name, int binding) {
        assertThat(ContentName.binding("u", name)).isEqualTo(binding);
    }
}
