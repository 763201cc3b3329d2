/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the image stands on. */
sealed interface BaseImage {
    /** Nothing but a Java runtime cut from the JDK at hand, and the system libraries that it needs. */
    record Own() implements BaseImage {}

    /** An image of a registry that has Java on its path, named so that it can never become another one. */
    record Pinned(String reference) implements BaseImage {}

    /** An image that has Java on its path, in a file as {@code docker save} writes it. */
    record Tar(Path file) implements BaseImage {}

    Pattern DIGEST = Pattern.compile(".+@sha256:[0-9a-f]{64}");

    /**
     * @param text {@code own}, {@code tar:FILE}, or a reference with its digest
     * @throws IllegalArgumentException for a reference without one
     */
    static BaseImage parse(String text) {
        if (text.equals("own")) {
            return new Own();
        }
        if (text.startsWith("tar:")) {
            return new Tar(Path.of(text.substring("tar:".length())));
        }
        if (!DIGEST.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "image.base is " + text + ", which carries no digest, so it could be another"
                            + " image tomorrow: write NAME:TAG@sha256:DIGEST. The digest of a tag is shown by"
                            + " docker buildx imagetools inspect NAME:TAG, crane digest NAME:TAG or skopeo inspect docker://NAME:TAG");
        }
        return new Pinned(text);
    }
}
