/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.snapshotoperator.evs.app.Settings;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that {@code docs/reference/settings.md} lists the {@link Settings}, and that all texts name only existing ones. */
class SettingsDocumentedTest {
    private static final String NO_DEFAULT = "—";

    @Test
    void documentListsExactlyAllKeysWithDefaults() {
        var documented = DocumentationFiles.rows(DocumentationFiles.REFERENCE.resolve("settings.md")).stream()
                .collect(Collectors.toMap(
                        DocumentationFiles.Row::name,
                        row -> DocumentationFiles.withoutTicks(row.cells().get(0)),
                        (a, b) -> "twice",
                        TreeMap::new));

        assertThat(documented).isEqualTo(settings());
    }

    @Test
    void everySettingHasDescription() {
        assertThat(DocumentationFiles.rows(DocumentationFiles.REFERENCE.resolve("settings.md")))
                .allSatisfy(row -> assertThat(row.cells().get(1)).hasSizeGreaterThan(15));
    }

    @Test
    void documentsNameOnlyExistingSettingsAndMeters() {
        var documented = new HashSet<>(settings().keySet());
        documented.addAll(MetricsDocumentedTest.meters());

        assertThat(DocumentationFiles.all())
                .allSatisfy(document -> assertThat(namesIn("`", DocumentationFiles.prose(document)))
                        .as(document.toString())
                        .isSubsetOf(documented));
    }

    @Test
    void reasonsNameOnlyExistingSettings() {
        assertThat(Stream.concat(SnapshotReason.all().stream(), Stream.of(ContentReason.values()))
                        .flatMap(reason -> namesIn("", reason.sentence()).stream()))
                .isSubsetOf(settings().keySet());
    }

    /** Names such as {@code evs.leader-election.max-clock-skew}, without the API group and the CSI drivers. */
    private static Set<String> namesIn(String before, String text) {
        return Pattern.compile(before + "\\b(evs(?:\\.[a-z]+(?:-[a-z]+)*+)++)")
                .matcher(text)
                .results()
                .map(name -> name.group(1))
                .filter(name -> !name.startsWith("evs.snapshot-operator.io") && !name.startsWith("evs.csi."))
                .collect(Collectors.toSet());
    }

    private static Map<String, String> settings() {
        var all = new TreeMap<String, String>();
        collect(Settings.class.getAnnotation(ConfigMapping.class).prefix(), Settings.class, all);
        return all;
    }

    private static void collect(String prefix, Class<?> group, Map<String, String> into) {
        for (var setting : group.getDeclaredMethods()) {
            var key = prefix + "." + kebab(setting.getName());
            if (isGroup(setting)) {
                collect(key, setting.getReturnType(), into);
            } else {
                into.put(
                        key,
                        Optional.ofNullable(setting.getAnnotation(WithDefault.class))
                                .map(WithDefault::value)
                                .orElse(NO_DEFAULT));
            }
        }
    }

    private static boolean isGroup(Method setting) {
        return Stream.of(Settings.class.getDeclaredClasses()).anyMatch(setting.getReturnType()::equals);
    }

    /** The name that SmallRye Config gives to a member of a mapping. */
    private static String kebab(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
