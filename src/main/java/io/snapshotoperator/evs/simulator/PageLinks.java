/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Writes the link to the next page of a list. */
final class PageLinks {

    /** An unreachable address, as in the example of querying_details_about_evs_snapshots. */
    private static final String INTERNAL_HOST = "https://172.28.9.185:8776";

    private static final Set<String> OWN = Set.of("limit", "marker", "offset");

    private final String scheme;
    private final boolean followable;

    /** @param followable whether the link leads to the simulator instead of an unreachable address */
    PageLinks(String scheme, boolean followable) {
        this.scheme = scheme;
        this.followable = followable;
    }

    /**
     * Adds the link if the page is full. Cinder 12.0.0 cinder/api/common.py get_collection_links: a full page has a link,
     * even if it is the last page. The native list has one only if the request names a limit, and it leads to the path of
     * Cinder (EVS API reference: querying_details_about_evs_snapshots).
     *
     * @param collection {@code snapshots} or {@code volumes}
     * @param lastId the last id of the page; null if the page is empty
     * @return whether there is a link
     */
    boolean add(ObjectNode body, String collection, ApiCall call, Request request, int limit, int size, String lastId) {
        var requested =
                call.family() == Family.CINDER || request.parameter("limit").isPresent();
        if (size < limit || !requested) {
            return false;
        }
        var detail = request.path().endsWith("/detail") ? "/detail" : "";
        var others = request.parameters().stream()
                .filter(parameter -> !OWN.contains(parameter.name()))
                .map(parameter -> "&" + encoded(parameter.name()) + "=" + encoded(parameter.value()))
                .reduce("", String::concat);
        body.putArray(collection + "_links")
                .addObject()
                .put(
                        "href",
                        "%s/%s/%s/%s%s?limit=%d%s&marker=%s"
                                .formatted(
                                        host(request),
                                        call.version(),
                                        call.projectId(),
                                        collection,
                                        detail,
                                        limit,
                                        others,
                                        lastId))
                .put("rel", "next");
        return true;
    }

    private String host(Request request) {
        return followable ? request.endpoint(scheme) + Router.EVS_PREFIX : INTERNAL_HOST;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
