/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One endpoint of EVS: the request, and the reader of a 2xx response. */
public interface EvsCall<T> {
    /** The default limit of a response, far larger than one snapshot, volume or job. */
    int MAX_BYTES = 1024 * 1024;

    /** The limit of a page. A thousand snapshots take about one megabyte, a thousand volumes about two. */
    int MAX_PAGE_BYTES = 16 * 1024 * 1024;

    CallDescription description();

    String method();

    /** Returns the version of the API, the first segment of the path. */
    default String version() {
        return "v2";
    }

    /** Returns the path segments after {@code /{version}/{project_id}}. */
    List<String> path(ApiFamily family);

    default List<Map.Entry<String, String>> query() {
        return List.of();
    }

    default byte[] body() {
        return new byte[0];
    }

    default int maxResponseBytes() {
        return MAX_BYTES;
    }

    /** Reads the value of a 2xx response; empty if the response is unreadable. */
    Optional<T> read(CloudHttpResponse response);

    /**
     * Returns whether an id is allowed as a path segment. Ids are opaque, but {@code detail} is another endpoint, and {@code
     * ..} leaves the collection. A wrong id must not turn one call into another.
     */
    static boolean isValidPathSegment(String id) {
        return CloudText.withoutSecrets().id(id).isPresent() && !id.equals("detail");
    }
}
