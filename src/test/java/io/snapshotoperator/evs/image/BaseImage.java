/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** The base of the image. */
sealed interface BaseImage {
    /** Only a Java runtime that jlink makes from a JDK of this machine, and the system libraries that it needs. */
    record Own(LocalJdk jdk) implements BaseImage {}

    /** An image of a registry that has Java on its path. The digest in its name ensures that it is always the same image. */
    record Pinned(String reference) implements BaseImage {}

    /** An image that has Java on its path, in a file as {@code docker save} writes it. */
    record Tar(Path file) implements BaseImage {}

    Pattern DIGEST = Pattern.compile(".+@sha256:[0-9a-f]{64}");

    /**
     * Reads the settings {@code image.base} and {@code image.jdk}.
     *
     * @param text {@code own}, {@code tar:FILE}, or a reference with its digest
     * @param jdk home of the JDK for {@code own}; empty for the newest one beside the JDK of the build
     * @throws IllegalArgumentException for a reference without a digest, or a folder that is no JDK
     */
    static BaseImage parse(String text, String jdk) {
        if (text.equals("own")) {
            return new Own(LocalJdk.ofSetting(jdk));
        }
        if (text.startsWith("tar:")) {
            return new Tar(Path.of(text.substring("tar:".length())));
        }
        if (!DIGEST.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "image.base is " + text + ", which has no digest, so it can become another"
                            + " image. Use NAME:TAG@sha256:DIGEST. To show the digest of a tag, use"
                            + " docker buildx imagetools inspect NAME:TAG, crane digest NAME:TAG or skopeo inspect docker://NAME:TAG");
        }
        return new Pinned(text);
    }
}
