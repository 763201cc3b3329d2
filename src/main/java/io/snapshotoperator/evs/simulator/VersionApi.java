/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Serves the version documents, with which clients of OpenStack find an API (keystoneauth1 discover.py). In the real cloud
 * EVS and IAM have a host each, with the paths {@code /}, {@code /v2} and {@code /v3}. Here they share one: {@code /v3} is
 * IAM's, because clients log in there. The documents of EVS are at {@code /}, {@code /v2} and below {@value
 * Router#EVS_PREFIX}.
 */
final class VersionApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final String scheme;

    VersionApi(String scheme) {
        this.scheme = scheme;
    }

    SimulatedResponse versions(Request request) {
        var path = request.path().replaceAll("/+$", "");
        if ("/v3".equals(path)) {
            return ofIam(request);
        }
        var prefix = path.startsWith(Router.EVS_PREFIX) ? Router.EVS_PREFIX : "";
        return ofEvs(request.endpoint(scheme) + prefix, path.substring(prefix.length()));
    }

    /**
     * EVS API reference: api_version_query. The status is 300 for the root and 200 for a version. The root links to {@code
     * /v3}, so a client that logs in at the root finds IAM.
     */
    private static SimulatedResponse ofEvs(String base, String version) {
        var body = JSON.objectNode();
        var versions = body.putArray("versions");
        for (var id : List.of("v1.0", "v2.0", "v3.0")) {
            var major = id.substring(0, 2);
            if (version.isEmpty() || version.equals("/" + major)) {
                var isCurrent = "v3".equals(major);
                versions.add(document(id, base + "/" + major + "/", "2014-06-28T12:20:21Z")
                        .put("status", isCurrent ? "CURRENT" : "SUPPORTED")
                        .put("version", isCurrent ? Microversion.MAX.toString() : "")
                        .put("min_version", isCurrent ? Microversion.MIN.toString() : ""));
            }
        }
        return SimulatedResponse.json(version.isEmpty() ? 300 : 200, body);
    }

    /** In the form that keystoneauth1 discover.py reads. The number and the date are guessed after Keystone. */
    private SimulatedResponse ofIam(Request request) {
        var document = document("v3.6", request.endpoint(scheme) + "/v3/", "2016-04-04T00:00:00Z");
        return SimulatedResponse.json(200, JSON.objectNode().set("version", document.put("status", "stable")));
    }

    private static ObjectNode document(String id, String self, String updated) {
        var document = JSON.objectNode().put("id", id).put("updated", updated);
        document.putArray("links").addObject().put("rel", "self").put("href", self);
        document.putArray("media-types");
        return document;
    }
}
