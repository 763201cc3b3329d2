/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.retention.Candidate;
import io.snapshotoperator.evs.retention.Keep;
import io.snapshotoperator.evs.schedule.RetentionForecast.Step;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The slots of a schedule in some time, with what is kept and deleted at each of them, as a text for people. */
public final class RetentionPlan {
    /** A text of more lines helps nobody. */
    static final int MAX_SLOTS = 5000;

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm xxx", Locale.ROOT);

    private static final String COLUMNS = "%-30s  %-20s  %4s  %s";

    private final DesiredSchedule desired;
    private final ZoneId zone;
    private final Instant until;
    private final List<Step> steps;

    public RetentionPlan(DesiredSchedule desired, Instant from, Instant until) {
        this.desired = desired;
        this.zone = desired.retention().zone();
        this.until = until;
        this.steps = new RetentionForecast(desired.rule(), desired.retention(), desired.snapshotsPerVolume())
                .steps(from, until)
                .limit(MAX_SLOTS)
                .toList();
    }

    /** Whether the cloud accepts all snapshots of one volume that exist at the same time. */
    public boolean fits() {
        return desired.excess().isEmpty() && peak() <= desired.snapshotsPerVolume();
    }

    private int peak() {
        return steps.stream().mapToInt(Step::peak).max().orElse(0);
    }

    /** Returns the text. Each line is about one slot, or is a sentence. */
    public String text() {
        var lines = new ArrayList<String>();
        lines.add("Slots: " + desired.ruleText());
        lines.add("Kept: " + desired.retentionText());
        lines.add("For one volume whose snapshots all succeed:");
        lines.add("");
        lines.add(COLUMNS.formatted("SLOT (" + zone + ")", "SLOT (UTC)", "KEPT", "DELETED"));
        steps.forEach(step -> lines.add(line(step)));
        lines.add("");
        if (steps.size() == MAX_SLOTS) {
            lines.add("Only the first " + MAX_SLOTS + " slots are shown. Choose fewer days.");
        }
        if (steps.isEmpty()) {
            lines.add("There is no slot until " + until + ".");
        } else {
            var last = steps.get(steps.size() - 1);
            lines.add("Kept at the end:");
            last.retention().kept().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.comparing(Candidate::slot)))
                    .forEach(kept -> lines.add("  " + local(kept.getKey().slot()) + "  " + why(kept.getValue())));
            lines.add("");
        }
        lines.add("At most " + peak() + " snapshots of the volume exist at the same time. The cloud accepts "
                + desired.snapshotsPerVolume() + ".");
        desired.excess().ifPresent(excess -> lines.add("It does not fit: " + excess));
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private String line(Step step) {
        return COLUMNS.formatted(
                        local(step.slot()),
                        step.slot(),
                        step.retention().kept().size(),
                        step.retention().expired().stream()
                                .map(candidate -> local(candidate.slot()))
                                .collect(Collectors.joining(", ")))
                .stripTrailing();
    }

    private String local(Instant slot) {
        return LOCAL.format(slot.atZone(zone));
    }

    private static String why(Set<Keep> reasons) {
        return reasons.stream()
                .sorted()
                .map(reason -> reason.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }
}
