/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Reads settings without Quarkus, from the same sources: system properties, environment, {@code config/application.properties}. */
final class SettingsReader {
    private static final Pattern CONVERSION = Pattern.compile("The config property (?<key>\\S+) with the config value"
            + " \"(?<value>.*)\" threw an Exception whilst being converted (?:SRCFG\\d+: )?(?<reason>.*)");

    private static final Pattern CODE = Pattern.compile("^(?:[\\w.]+(?:Exception|Error): )?(?:SRCFG\\d+: )?");

    private static final Path FILE = Path.of("config", "application.properties");

    /** As in Quarkus: below system properties (400) and environment (300). */
    private static final int ORDINAL_OF_FILE = 260;

    private SettingsReader() {}

    /** @throws UnusableSettingsException naming the keys of all values that cannot be read */
    static Settings read() {
        return read(List.of());
    }

    /** @param additional sources in addition to the usual ones */
    static Settings read(List<ConfigSource> additional) {
        var builder = new SmallRyeConfigBuilder()
                .withSources(additional)
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(Settings.class);
        try {
            if (Files.isRegularFile(FILE)) {
                builder.withSources(new PropertiesConfigSource(FILE.toUri().toURL(), ORDINAL_OF_FILE));
            }
            return builder.build().getConfigMapping(Settings.class);
        } catch (ConfigValidationException invalid) {
            throw new UnusableSettingsException(IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(index -> problem(invalid.getProblem(index).getMessage()))
                    .toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Shortens a message of SmallRye Config to the key, the value and the reason. No secret has a type that can fail. */
    private static String problem(String message) {
        var conversion = CONVERSION.matcher(message);
        if (conversion.find()) {
            return conversion.group("key") + " has the unusable value \"" + conversion.group("value") + "\": "
                    + conversion.group("reason");
        }
        return CODE.matcher(message).replaceFirst("");
    }
}
