/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.util.Optional;
import java.util.regex.Pattern;

/** The hosts of a region ("Regions and Endpoints" of Open Telekom Cloud and of Huawei Cloud). */
record Region(String endpoint, String iamEndpoint) {
    private static final Pattern HUAWEI = Pattern.compile("(?!eu-)[a-z]{2}(-[a-z]+){1,2}-\\d{1,3}");

    /** Returns the hosts of a region; empty for an unknown region, whose endpoints must be set. */
    static Optional<Region> named(String name) {
        return switch (name) {
            case "eu-de", "eu-nl" -> Optional.of(of(name + ".otc.t-systems.com", "iam"));
            // The EVS host of the Swiss cloud is derived. Its IAM host is from terraform-provider-opentelekomcloud
            // issue 2223.
            case "eu-ch2" -> Optional.of(of("eu-ch2.sc.otc.t-systems.com", "iam-pub"));
            default ->
                HUAWEI.matcher(name).matches() ? Optional.of(of(name + ".myhuaweicloud.com", "iam")) : Optional.empty();
        };
    }

    private static Region of(String suffix, String iam) {
        return new Region("https://evs." + suffix, "https://" + iam + "." + suffix);
    }
}
