/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One request of the operator, as it passes a road.
 *
 * @param path with the query, as sent
 * @param body decoded, if it was chunked
 */
record Exchange(Link link, String method, String path, byte[] body) {
    private static final Pattern OBJECT = Pattern.compile("/volumesnapshotrequests/([^/?]+)");
    private static final Pattern MARKED_NAME = Pattern.compile("\"evs-snapshot-operator\\.name\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern INVOLVED_NAME =
            Pattern.compile("\"involvedObject\"\\s*:\\s*\\{[^}]*\"name\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern INTENDED_ORDER =
            Pattern.compile("\\\\\"createId\\\\\"\\s*:\\s*\\\\\"([^\\\\]+)\\\\\"");

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether it is answered by a stream without an end. */
    boolean isWatch() {
        return link == Link.KUBERNETES && path.contains("watch=true");
    }

    /** The VolumeSnapshotRequest that it is about, as far as the request itself tells. */
    Optional<String> objectName() {
        return link == Link.KUBERNETES
                ? first(OBJECT, path).or(() -> first(INVOLVED_NAME, text()))
                : first(MARKED_NAME, text());
    }

    /** The order that a patch of the intent announces. */
    Optional<String> intendedOrder() {
        return first(INTENDED_ORDER, text());
    }

    boolean tellsOfAFailedOrder() {
        return text().contains("/status/failedAttempts");
    }

    private static Optional<String> first(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
