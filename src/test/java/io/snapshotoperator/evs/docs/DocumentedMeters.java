/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The meters, tags and values of tags that {@code docs/reference/metrics.md} describes, as Prometheus names them. */
public final class DocumentedMeters {
    private static final Path DOCUMENT = DocumentationFiles.REFERENCE.resolve("metrics.md");

    /** A complete name, or an ending that replaces the ending of the name before it. */
    private static final Pattern METER = Pattern.compile("\\b(?:evs|operator_sdk)_[a-z_]+|(?<!\\w)_[a-z]+");

    private static final Pattern SELECTOR = Pattern.compile("\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern NAME = Pattern.compile("(?<![\\w:])[a-zA-Z_:][\\w:]*(?!\\w)(?!\\s*\\()");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "offset", "bool");

    /** Prometheus adds it to every series of a pod, and the dashboard selects by it. */
    private static final String NAMESPACE = "namespace";

    private DocumentedMeters() {}

    /** All names of meters. */
    public static Set<String> all() {
        return rows(row -> true).flatMap(row -> names(row).stream()).collect(Collectors.toSet());
    }

    /**
     * Returns the meters, tags and values of tags in an expression of PromQL that are not documented. Knows only the parts of
     * PromQL that the alerts and the dashboard use.
     */
    public static List<String> undocumented(String expression) {
        var meters = all();
        var tags = rows(row -> row.name().startsWith("evs."))
                .flatMap(row -> Stream.of(row.cells().get(1).split(", ")))
                .collect(Collectors.toSet());
        var matchers = SELECTOR.matcher(expression)
                .results()
                .flatMap(selector -> MATCHER.matcher(selector.group(1)).results())
                .toList();
        var names = NAME.matcher(withoutTags(expression))
                .results()
                .map(MatchResult::group)
                .filter(name -> !KEYWORDS.contains(name) && !meters.contains(name));
        var unknownTags = Stream.concat(
                        matchers.stream().map(matcher -> matcher.group(1)),
                        GROUPING.matcher(expression)
                                .results()
                                .flatMap(grouping -> Stream.of(grouping.group(1).split("\\s*,\\s*"))))
                .filter(tag -> !tag.equals(NAMESPACE) && !tags.contains(tag));
        var unknownValues = matchers.stream()
                .filter(matcher -> !matcher.group(1).equals(NAMESPACE))
                .flatMap(matcher ->
                        Stream.of(matcher.group(2).split("\\|")).filter(value -> !isValue(matcher.group(1), value)));
        return Stream.of(names, unknownTags, unknownValues)
                .flatMap(unknown -> unknown)
                .distinct()
                .toList();
    }

    private static String withoutTags(String expression) {
        return Stream.of(SELECTOR, GROUPING, RANGE)
                .reduce(
                        expression,
                        (text, pattern) -> pattern.matcher(text).replaceAll(" "),
                        (first, second) -> second);
    }

    private static boolean isValue(String tag, String value) {
        return tag.equals("reason")
                ? DocumentationFiles.anchors(DocumentationFiles.REFERENCE.resolve("conditions.md"))
                        .contains(value.toLowerCase(Locale.ROOT))
                : DocumentationFiles.rows(DOCUMENT).stream()
                        .anyMatch(row -> row.name().equals(value));
    }

    private static Stream<DocumentationFiles.Row> rows(Predicate<DocumentationFiles.Row> included) {
        return DocumentationFiles.rows(DOCUMENT).stream()
                .filter(row -> row.name().startsWith("evs.") || row.name().startsWith("operator_sdk_"))
                .filter(included);
    }

    private static Set<String> names(DocumentationFiles.Row row) {
        var cell = row.name().startsWith("evs.") ? row.cells().get(2) : row.name();
        var names = METER.matcher(cell).results().map(MatchResult::group).toList();
        var complete = names.get(0);
        return names.stream()
                .map(name -> name.startsWith("_") ? complete.substring(0, complete.lastIndexOf('_')) + name : name)
                .collect(Collectors.toSet());
    }
}
