/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What names, descriptions and metadata of snapshots may look like. */
final class NameRules {

    /** The user manual's deleting_an_evs_snapshot names longer prefixes; all of them begin with these. */
    private static final List<String> RESERVED = List.of("autobk_snapshot_", "manualbk_snapshot_");

    /** EVS API reference: creating_an_evs_snapshot, in bytes of UTF-8. */
    static final int LONGEST_TEXT_BYTES = 255;

    /** Cinder 12.0.0 cinder/api/validation/parameter_types.py extra_specs, in characters. */
    static final int LONGEST_METADATA_VALUE = 255;

    /** Cinder 12.0.0 cinder/api/validation/parameter_types.py extra_specs; no slash. */
    private static final Pattern METADATA_KEY = Pattern.compile("^[a-zA-Z0-9-_:. ]{1,255}$");

    private NameRules() {}

    static boolean isReserved(String name) {
        return name != null && RESERVED.stream().anyMatch(name::startsWith);
    }

    static boolean isTooLong(String text) {
        return text != null && text.getBytes(StandardCharsets.UTF_8).length > LONGEST_TEXT_BYTES;
    }

    static boolean isMetadataKey(String key) {
        return METADATA_KEY.matcher(key).matches();
    }
}
