/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is measured.
 *
 * @param requests how many requests are applied, or are settled
 * @param settled whether the requests are ready before the operator starts
 * @param latency how long the cloud needs for a snapshot
 * @param limited whether the operator has its default call budget
 * @param memoryBytes the memory limit of the operator
 * @param profile whether the JVM of the operator records its first run with JFR
 * @param jdk home of the JDK of the operator; empty for that of the image
 * @param maxWait how long a phase may take
 */
record BenchmarkSettings(
        int requests,
        boolean settled,
        Duration latency,
        boolean limited,
        long memoryBytes,
        boolean profile,
        String jdk,
        Duration maxWait) {

    /**
     * Reads the properties {@code bench.*}. Throws {@link IllegalArgumentException} if one is invalid.
     *
     * @return one for each number of requests
     */
    static List<BenchmarkSettings> ofSystemProperties() {
        return Stream.of(System.getProperty("bench.n", "").split(","))
                .map(BenchmarkSettings::of)
                .toList();
    }

    private static BenchmarkSettings of(String number) {
        if (!number.matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException(
                    "-Dn must be a number of requests, or several with commas, not " + number);
        }
        var requests = Integer.parseInt(number);
        var budget = System.getProperty("bench.budget");
        if (!"default".equals(budget) && !"off".equals(budget)) {
            throw new IllegalArgumentException("-Dbudget must be default or off, but is " + budget);
        }
        return new BenchmarkSettings(
                requests,
                Boolean.getBoolean("bench.settled"),
                Duration.parse("PT" + System.getProperty("bench.latency")),
                "default".equals(budget),
                Quantity.getAmountInBytes(new Quantity(System.getProperty("bench.memory")))
                        .longValueExact(),
                Boolean.getBoolean("bench.profile"),
                System.getProperty("bench.jdk", ""),
                Duration.ofMinutes(Integer.getInteger("bench.minutes", 20)));
    }

    Map<String, String> budget() {
        return limited ? Map.of() : Map.of("evs.budget.calls-per-second", "10000", "evs.budget.burst", "10000");
    }
}
