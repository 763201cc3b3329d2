/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.schedule.OverlapPolicy;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplate;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpec;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpec;
import io.snapshotoperator.evs.retention.RetentionPolicy;
import io.snapshotoperator.evs.retention.Tier;
import io.snapshotoperator.evs.schedule.CronRule;
import io.snapshotoperator.evs.schedule.DesiredSchedule;
import io.snapshotoperator.evs.schedule.DesiredSchedule.Overlap;
import io.snapshotoperator.evs.schedule.DesiredScheduleBuilder;
import io.snapshotoperator.evs.schedule.RetentionForecast;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maps the spec of a schedule to what the rules need. It repeats the checks of the schema, because an object can be older than the
 * schema, and because the schema cannot read cron expressions and time zones.
 */
public final class ScheduleSpecMapper {
    private static final Duration STARTING_DEADLINE = Duration.ofHours(1);
    private static final Duration READY_WITHIN = Duration.ofHours(1);
    private static final Duration SPREAD = Duration.ofMinutes(5);
    private static final int FAILED = 1;

    private ScheduleSpecMapper() {}

    /**
     * Returns the desired schedule. It takes up to a second, because it computes what the policy keeps in years to come.
     *
     * @param spec null if the object has none
     * @param snapshotsPerVolume the limit of the cloud for one volume
     * @throws IllegalArgumentException with a sentence for users, if the spec cannot be used
     */
    public static DesiredSchedule desired(VolumeSnapshotScheduleSpec spec, int snapshotsPerVolume) {
        if (spec == null || spec.schedule() == null || spec.timeZone() == null) {
            throw new IllegalArgumentException("spec.schedule or spec.timeZone is missing.");
        }
        var rule = CronRule.of(spec.schedule(), spec.timeZone());
        readyWithin(spec);
        var retention = retention(spec.retention(), ZoneId.of(spec.timeZone()));
        return DesiredScheduleBuilder.builder()
                .rule(rule)
                .ruleText(spec.schedule() + " " + spec.timeZone())
                .startingDeadline(duration("spec.startingDeadline", spec.startingDeadline(), STARTING_DEADLINE))
                .spread(duration("spec.spread", spec.spread(), SPREAD))
                .suspended(Boolean.TRUE.equals(spec.suspend()))
                .overlap(spec.overlapPolicy() == OverlapPolicy.Allow ? Overlap.ALLOW : Overlap.SKIP)
                .retention(retention)
                .retentionText(describe(retention))
                .dryRun(spec.retention() != null
                        && Boolean.TRUE.equals(spec.retention().dryRun()))
                .snapshotsPerVolume(snapshotsPerVolume)
                .excess(excess(spec, new RetentionForecast(rule, retention, snapshotsPerVolume), snapshotsPerVolume))
                .build();
    }

    /** The time within which the requests of the schedule should become ready. The spec must be valid. */
    static Duration readyWithin(VolumeSnapshotScheduleSpec spec) {
        return duration(
                "spec.template.readyWithin",
                Optional.ofNullable(spec.template())
                        .map(RequestTemplate::readyWithin)
                        .orElse(null),
                READY_WITHIN);
    }

    private static Optional<String> excess(
            VolumeSnapshotScheduleSpec spec, RetentionForecast forecast, int snapshotsPerVolume) {
        var retains = spec.template() != null
                && spec.template().deletionPolicy() != null
                && spec.template().deletionPolicy() != DeletionPolicy.Delete;
        return retains
                ? Optional.of(
                        "spec.template.deletionPolicy keeps the snapshots of expired requests, and the cloud accepts "
                                + snapshotsPerVolume + " for each volume.")
                : forecast.excess();
    }

    static RetentionPolicy retention(RetentionSpec spec, ZoneId zone) {
        if (spec == null) {
            return new RetentionPolicy(0, Optional.empty(), Map.of(), FAILED, zone);
        }
        Map<Tier, Integer> tiers = new EnumMap<>(Tier.class);
        tiers.put(Tier.HOURLY, number(spec.hourly()));
        tiers.put(Tier.DAILY, number(spec.daily()));
        tiers.put(Tier.WEEKLY, number(spec.weekly()));
        tiers.put(Tier.MONTHLY, number(spec.monthly()));
        tiers.put(Tier.YEARLY, number(spec.yearly()));
        return new RetentionPolicy(
                number(spec.last()),
                Optional.ofNullable(spec.within()).map(text -> duration("spec.retention.within", text, Duration.ZERO)),
                tiers,
                spec.failed() == null ? FAILED : spec.failed(),
                zone);
    }

    private static int number(Integer value) {
        return value == null ? 0 : value;
    }

    /** Returns the policy in words. Equal policies have equal texts. */
    private static String describe(RetentionPolicy policy) {
        var rules = Stream.of(
                        policy.last() == 0 ? Stream.<String>empty() : Stream.of("last " + policy.last()),
                        policy.within().map(within -> "within " + within.toString()).stream(),
                        policy.tiers().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(tier -> tier.getKey().name().toLowerCase(Locale.ROOT) + " " + tier.getValue()))
                .flatMap(rule -> rule)
                .collect(Collectors.joining(", "));
        // Another time zone can expire snapshots of tiers, so it is another policy.
        var periods = policy.tiers().isEmpty() ? "" : ", periods of " + policy.zone();
        return (rules.isEmpty() ? "everything" : rules) + periods + ", failed " + policy.failed();
    }

    private static Duration duration(String field, String text, Duration absent) {
        if (text == null) {
            return absent;
        }
        try {
            // 1h30m is PT1H30M in ISO 8601.
            var duration = Duration.parse("PT" + text);
            if (duration.isNegative()) {
                throw new IllegalArgumentException(field + " must not be negative.");
            }
            return duration;
        } catch (DateTimeParseException notDuration) {
            throw new IllegalArgumentException(
                    field + " must have hours, minutes and seconds, for example 1h30m, not " + text + ".", notDuration);
        }
    }
}
