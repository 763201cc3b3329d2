/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Makes the container image, without a daemon, from what {@code mvn package} made. A tool of the build that lies among the
 * tests, because nothing of it belongs to the product. Start reading at {@link io.snapshotoperator.evs.image.ImageBuild}.
 */
package io.snapshotoperator.evs.image;
