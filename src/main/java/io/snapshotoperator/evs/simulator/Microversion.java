/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.regex.Pattern;

/**
 * A version of the Cinder API within v3 (EVS API reference: api_version_description_and_usage_instructions; Cinder 12.0.0
 * cinder/api/openstack/wsgi.py set_api_version_request).
 */
record Microversion(int minor) {

    static final Microversion MIN = new Microversion(0);

    static final Microversion MAX = new Microversion(50);

    static final String HEADER = "OpenStack-API-Version";

    private static final Pattern REQUESTED = Pattern.compile("(?:.*,)?\\s*volume\\s+([^,]*?)\\s*(?:,.*)?");

    private static final Pattern NUMBER = Pattern.compile("3\\.(\\d{1,4})");

    /** Returns the version that the request names; the lowest if it names none, or is a call of v2. */
    static Microversion of(Request request, ApiCall call) {
        var requested = REQUESTED.matcher(request.header(HEADER).orElse(""));
        if (!"v3".equals(call.version()) || !requested.matches()) {
            return MIN;
        }
        var text = requested.group(1);
        if ("latest".equals(text)) {
            return MAX;
        }
        var number = NUMBER.matcher(text);
        if (!number.matches()) {
            throw ApiErrorException.badRequest(
                    "API Version String " + text + " is of invalid format. Must be of format MajorNum.MinorNum.");
        }
        var version = new Microversion(Integer.parseInt(number.group(1)));
        if (version.minor > MAX.minor) {
            throw ApiErrorException.ofCinder(
                    406,
                    "Version %s is not supported by the API. Minimum is %s and maximum is %s."
                            .formatted(version, MIN, MAX));
        }
        return version;
    }

    boolean isAtLeast(int other) {
        return minor >= other;
    }

    @Override
    public String toString() {
        return "3." + minor;
    }
}
