/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the documents of the repository for tests. */
public final class DocumentationFiles {
    public static final Path REFERENCE = Path.of("docs", "reference");

    /** A cell ends at a bar that is not escaped. */
    private static final Pattern CELL_END = Pattern.compile("(?<!\\\\)\\|");

    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    private DocumentationFiles() {}

    /**
     * A row of a table that describes one name.
     *
     * @param name the first cell, which is one word formatted as code
     * @param cells the other cells
     */
    public record Row(String name, List<String> cells) {}

    /** All rows of all tables whose first cell is one word formatted as code. */
    public static List<Row> rows(Path document) {
        return read(document)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(DocumentationFiles::row)
                .toList();
    }

    private static Row row(String line) {
        var cells = Arrays.stream(CELL_END.split(line.strip().substring(1)))
                .map(String::strip)
                .toList();
        return new Row(withoutTicks(cells.get(0)), cells.subList(1, cells.size()));
    }

    static String withoutTicks(String cell) {
        return cell.replace("`", "");
    }

    /** All documents of the repository. */
    static List<Path> all() {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(Path.of(""), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    var name = folder.getFileName().toString();
                    return name.equals("target") || name.startsWith(".")
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".md")) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.stream().sorted().toList();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document without fenced code, which has no prose and no links. */
    static String prose(Path document) {
        var fenced = false;
        var prose = new StringBuilder();
        for (var line : read(document).lines().toList()) {
            if (line.stripLeading().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                prose.append(line).append('\n');
            }
        }
        return prose.toString();
    }

    /** The anchors that GitHub makes from the headings. */
    public static Set<String> anchors(Path document) {
        return HEADING.matcher(prose(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
