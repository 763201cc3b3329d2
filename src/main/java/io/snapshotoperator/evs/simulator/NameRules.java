/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Checks names, descriptions and metadata of snapshots. */
final class NameRules {

    /** The user manual (deleting_an_evs_snapshot) names longer prefixes. All of them begin with these. */
    private static final List<String> RESERVED_PREFIXES = List.of("autobk_snapshot_", "manualbk_snapshot_");

    /** EVS API reference: creating_an_evs_snapshot, in bytes of UTF-8. */
    static final int MAX_TEXT_BYTES = 255;

    /** Cinder 12.0.0 cinder/api/validation/parameter_types.py extra_specs, in characters. */
    static final int MAX_METADATA_LENGTH = 255;

    /** Cinder 12.0.0 cinder/api/validation/parameter_types.py extra_specs; no slash. */
    private static final Pattern METADATA_KEY = Pattern.compile("^[a-zA-Z0-9-_:. ]{1,255}$");

    private NameRules() {}

    static boolean isReserved(String name) {
        return name != null && RESERVED_PREFIXES.stream().anyMatch(name::startsWith);
    }

    static boolean isTooLong(String text) {
        return text != null && text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES;
    }

    static boolean isMetadataKey(String key) {
        return METADATA_KEY.matcher(key).matches();
    }
}
