/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

/**
 * The name of a {@code VolumeSnapshotContent}, which has no namespace. It is computed, so that two processes, or one after a crash,
 * cannot create two: the API server rejects the second one. A name is used for one content only. The controllers of
 * external-snapshotter patch a content by its name, and could mistake a new one for the old one.
 */
public final class ContentName {
    private ContentName() {}

    /** @param binding counts the contents of the request, from 1 */
    public static String of(String requestUid, int binding) {
        return "evs-" + requestUid + "-" + binding;
    }

    /** Returns the number in a name; zero if it is no name of a content of this request. */
    public static int binding(String requestUid, String name) {
        var prefix = "evs-" + requestUid + "-";
        return name.startsWith(prefix) && name.substring(prefix.length()).matches("[1-9][0-9]{0,8}")
                ? Integer.parseInt(name.substring(prefix.length()))
                : 0;
    }
}
