/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link in the documentation leads to a file or a heading, and every document is linked. */
class DocumentationLinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private record Link(Path from, String target) {
        boolean isExternal() {
            return target.matches("(?i)[a-z][a-z0-9+.-]*:.*");
        }

        Path file() {
            var path = target.replaceAll("#.*", "");
            return path.isEmpty() ? from : from.resolveSibling(path).normalize();
        }

        String anchor() {
            return target.contains("#") ? target.substring(target.indexOf('#') + 1) : "";
        }
    }

    @Test
    void everyLinkLeadsToFile() {
        assertThat(internalLinks()).isNotEmpty().allMatch(link -> Files.exists(link.file()), "leads to a file");
    }

    @Test
    void everyAnchorIsHeading() {
        assertThat(internalLinks())
                .filteredOn(link ->
                        !link.anchor().isEmpty() && link.file().toString().endsWith(".md"))
                .isNotEmpty()
                .allMatch(link -> DocumentationFiles.anchors(link.file()).contains(link.anchor()), "names a heading");
    }

    @Test
    void everyDocumentIsLinkedFromAnother() {
        var linked = internalLinks().stream()
                .filter(link -> !link.file().equals(link.from()))
                .map(Link::file)
                .collect(Collectors.toSet());

        // A README needs no link, because its folder shows it.
        assertThat(DocumentationFiles.all())
                .filteredOn(document -> !document.endsWith("README.md"))
                .isSubsetOf(linked);
    }

    private static List<Link> internalLinks() {
        return DocumentationFiles.all().stream()
                .flatMap(DocumentationLinksTest::links)
                .filter(link -> !link.isExternal())
                .toList();
    }

    private static Stream<Link> links(Path document) {
        return LINK.matcher(DocumentationFiles.prose(document))
                .results()
                .map(match -> new Link(document, match.group(1)));
    }
}
