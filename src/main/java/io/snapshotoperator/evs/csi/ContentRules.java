/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.csi.ContentDecision.Action;
import io.snapshotoperator.evs.csi.ContentDecision.Recheck;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules for the content of one request. The facts about the controllers of kubernetes-csi/external-snapshotter are those of its
 * release 8.7, files {@code pkg/common-controller/snapshot_controller.go} and {@code pkg/sidecar-controller/snapshot_controller.go}:
 *
 * <ul>
 *   <li>The snapshot-controller binds a content whose {@code volumeSnapshotRef} has no UID to the {@code VolumeSnapshot} that the
 *       reference names and that names the content ({@code getPreprovisionedContentFromStore}). It writes the UID into the reference
 *       and adds a finalizer.
 *   <li>A content with the UID of a {@code VolumeSnapshot} that is gone is bound to nothing else ({@code syncContent}).
 *   <li>The finalizer of a content is removed by the csi-snapshotter of its driver, and only after the {@code VolumeSnapshot} was
 *       deleted ({@code shouldDelete}, which looks for the annotation {@code volumesnapshot-being-deleted}).
 * </ul>
 *
 * So a content serves one {@code VolumeSnapshot}, and each further one needs a new content.
 */
public final class ContentRules {
    private ContentRules() {}

    /** Returns what follows. The same input always gives the same decision. */
    public static ContentDecision decide(ContentInput input) {
        return input.desired().map(desired -> decide(input, desired)).orElseGet(() -> release(input));
    }

    /**
     * Returns what the operator deletes for a request that is abandoned. It awaits nothing. A content that a {@code VolumeSnapshot} of
     * a user needs stays, as the snapshot in the cloud does.
     */
    public static List<Action> abandon(ContentInput input) {
        var content = input.content().filter(found -> isOwn(input, found));
        var own = input.volumeSnapshot().filter(snapshot -> isOwn(input, snapshot));
        var usedByOther = own.isEmpty()
                && content.isPresent()
                && input.volumeSnapshot()
                        .filter(snapshot -> isBound(content.get(), snapshot))
                        .isPresent();
        return Stream.concat(
                        own.filter(snapshot -> !snapshot.deleting()).map(Action.DeleteVolumeSnapshot::new).stream(),
                        content
                                .filter(found -> !found.deleting() && !usedByOther)
                                .map(Action.DeleteContent::new)
                                .stream())
                .map(Action.class::cast)
                .toList();
    }

    private static ContentDecision decide(ContentInput input, DesiredContent desired) {
        var existing = input.content();
        if (existing.isEmpty()) {
            return create(input, desired);
        }
        var content = existing.get();
        if (!isOwn(input, content)) {
            return ContentDecision.report(
                    Verdict.of(ContentReason.ContentConflict, "Its name is " + content.name() + "."), Recheck.LONG);
        }
        if (!content.fits(desired) || content.deleting() || isStale(input, content)) {
            return remove(input, content);
        }
        return input.volumeSnapshot()
                .map(volumeSnapshot -> track(input, desired, content, volumeSnapshot))
                .orElseGet(() -> awaitVolumeSnapshot(desired, content));
    }

    private static ContentDecision create(ContentInput input, DesiredContent desired) {
        // It names a content that is gone. It would keep its name from the next one.
        var leftover = input.volumeSnapshot().filter(snapshot -> isOwn(input, snapshot));
        if (leftover.isPresent()) {
            return deleteOwn(leftover.get());
        }
        return ContentDecision.of(
                new Action.CreateContent(input.contentName(), desired),
                available(input.contentName(), desired),
                Recheck.LONG);
    }

    private static ContentDecision awaitVolumeSnapshot(DesiredContent desired, ObservedContent content) {
        return desired.createVolumeSnapshot()
                ? ContentDecision.of(
                        new Action.CreateVolumeSnapshot(content.name(), desired),
                        Verdict.of(ContentReason.WaitingForBinding),
                        Recheck.SOON)
                : ContentDecision.report(available(content.name(), desired), Recheck.LONG);
    }

    private static Verdict available(String contentName, DesiredContent desired) {
        return Verdict.of(
                ContentReason.ContentAvailable,
                "It must have the name " + desired.volumeSnapshotName()
                        + " and name the content in spec.source.volumeSnapshotContentName: " + contentName + ".");
    }

    private static ContentDecision track(
            ContentInput input,
            DesiredContent desired,
            ObservedContent content,
            ObservedVolumeSnapshot volumeSnapshot) {
        if (isOwn(input, volumeSnapshot)
                && (!desired.createVolumeSnapshot()
                        || !volumeSnapshot.contentName().equals(content.name()))) {
            return deleteOwn(volumeSnapshot);
        }
        if (!volumeSnapshot.contentName().equals(content.name())) {
            return ContentDecision.report(
                    Verdict.of(
                            ContentReason.VolumeSnapshotConflict,
                            "It is " + volumeSnapshot.name() + ", and it does not name the content " + content.name()
                                    + "."),
                    Recheck.LONG);
        }
        if (content.boundUid().isEmpty()) {
            return ContentDecision.report(Verdict.of(ContentReason.WaitingForBinding), Recheck.SHORT);
        }
        return content.readyToUse()
                ? ContentDecision.report(Verdict.of(ContentReason.ContentBound), Recheck.LONG)
                        .boundTo(volumeSnapshot.name(), true)
                : ContentDecision.report(Verdict.of(ContentReason.WaitingForDriver), Recheck.SHORT)
                        .boundTo(volumeSnapshot.name(), false);
    }

    private static ContentDecision release(ContentInput input) {
        var own = input.content().filter(content -> isOwn(input, content));
        return own.map(content -> remove(input, content)).orElseGet(ContentDecision::release);
    }

    /**
     * Removes a content: first the {@code VolumeSnapshot} that the operator created, then the content. One that a user created is
     * never deleted, and the content stays as long as it is bound to it.
     */
    private static ContentDecision remove(ContentInput input, ObservedContent content) {
        var volumeSnapshot = input.volumeSnapshot();
        if (volumeSnapshot.filter(snapshot -> isOwn(input, snapshot)).isPresent()) {
            return deleteOwn(volumeSnapshot.get());
        }
        if (volumeSnapshot.filter(snapshot -> isBound(content, snapshot)).isPresent()) {
            var name = volumeSnapshot.get().name();
            return ContentDecision.report(
                            Verdict.of(ContentReason.VolumeSnapshotInUse, "It is VolumeSnapshot " + name + "."),
                            Recheck.SHORT)
                    .boundTo(name, content.readyToUse());
        }
        return content.deleting()
                ? ContentDecision.report(
                        Verdict.of(ContentReason.ContentDeleting, "Its name is " + content.name() + "."), Recheck.SHORT)
                : ContentDecision.of(
                        new Action.DeleteContent(content),
                        Verdict.of(
                                input.desired().isPresent()
                                        ? ContentReason.ContentReplacing
                                        : ContentReason.ContentDeleting),
                        Recheck.SOON);
    }

    private static ContentDecision deleteOwn(ObservedVolumeSnapshot volumeSnapshot) {
        var verdict =
                Verdict.of(ContentReason.VolumeSnapshotDeleting, "It is VolumeSnapshot " + volumeSnapshot.name() + ".");
        return volumeSnapshot.deleting()
                ? ContentDecision.report(verdict, Recheck.SHORT).boundTo(volumeSnapshot.name(), false)
                : ContentDecision.of(new Action.DeleteVolumeSnapshot(volumeSnapshot), verdict, Recheck.SOON);
    }

    private static boolean isOwn(ContentInput input, ObservedContent content) {
        return content.belongsTo(input);
    }

    /** Everyone who can edit a {@code VolumeSnapshot} can set the label, but what it names as its source cannot be changed. */
    private static boolean isOwn(ContentInput input, ObservedVolumeSnapshot volumeSnapshot) {
        var uid = input.request().uid();
        return volumeSnapshot.requestUid().equals(uid) && ContentName.binding(uid, volumeSnapshot.contentName()) > 0;
    }

    private static boolean isBound(ObservedContent content, ObservedVolumeSnapshot volumeSnapshot) {
        return content.boundUid().filter(volumeSnapshot.uid()::equals).isPresent();
    }

    /** Whether the {@code VolumeSnapshot} to which it was bound is gone. */
    private static boolean isStale(ContentInput input, ObservedContent content) {
        return content.boundUid().isPresent()
                && input.volumeSnapshot()
                        .filter(snapshot -> isBound(content, snapshot))
                        .isEmpty();
    }
}
