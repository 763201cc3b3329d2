/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One endpoint of EVS: what is sent, and how a 2xx answer is read. Everything else is the same for all of them. */
public interface EvsCall<T> {
    /** Far more than any one snapshot takes. */
    int MAX_BYTES = 1024 * 1024;

    CallDescription description();

    String method();

    /** What follows {@code /v2/{project_id}/cloudsnapshots} or {@code …/snapshots} in the path. */
    default List<String> path() {
        return List.of();
    }

    default List<Map.Entry<String, String>> query() {
        return List.of();
    }

    default byte[] body() {
        return new byte[0];
    }

    default int maxResponseBytes() {
        return MAX_BYTES;
    }

    /** Makes a value of a 2xx answer; empty when it cannot be understood. */
    Optional<T> read(CloudHttpResponse response);

    /**
     * Whether an id may stand in a path. Ids are opaque, but {@code detail} is another endpoint, and {@code ..} leads out
     * of the collection; a mistyped one must not turn one call into another.
     */
    static boolean isValidPathSegment(SnapshotId id) {
        return FIT_FOR_A_PATH.matcher(id.value()).matches() && !id.value().equals("detail");
    }

    Pattern FIT_FOR_A_PATH = Pattern.compile("[0-9A-Za-z_-]{1,255}");
}
