/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Makes the container image from the result of {@code mvn package}, without a daemon. This is a tool of the build. It is among
 * the tests because it is not part of the product. Start reading at {@link io.snapshotoperator.evs.image.ImageBuild}.
 */
package io.snapshotoperator.evs.image;
