/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** Names and packages of tests. */
class TestConventionsTest {
    private static final String BASE = "io.snapshotoperator.evs";
    private static final Path MAIN = Path.of("src", "main", "java");
    private static final int MAX_NAME_LENGTH = 80;

    /** Packages of tests that have no counterpart in the product. */
    private static final Set<String> TEST_ONLY = Set.of(
            BASE + ".architecture",
            BASE + ".chart",
            BASE + ".crd",
            BASE + ".demo",
            BASE + ".docs",
            BASE + ".bench",
            BASE + ".faults",
            BASE + ".gitops",
            BASE + ".image",
            BASE + ".testing");

    private static List<JavaMethod> tests;

    @BeforeAll
    static void importTests() {
        tests = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS).importPackages(BASE).stream()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.isMetaAnnotatedWith(Testable.class))
                        .toList();
        assertThat(tests).isNotEmpty();
    }

    @Test
    void testNamesHaveAtMost80Characters() {
        assertThat(tests)
                .as("a report shows only the method, so its name must be short")
                .allSatisfy(test ->
                        assertThat(test.getName()).as(test.getFullName()).hasSizeLessThanOrEqualTo(MAX_NAME_LENGTH));
    }

    @Test
    void testClassesEndInTestOrIT() {
        assertThat(tests)
                .as("surefire and failsafe select tests by the name of the class")
                .allSatisfy(test -> assertThat(outermost(test.getOwner()).getSimpleName())
                        .as(test.getFullName())
                        .matches("\\w+(Test|IT)"));
    }

    @Test
    void testsAreInPackageOfProductOrInKnownTestPackage() {
        assertThat(tests)
                .extracting(test -> test.getOwner().getPackageName())
                .as("a test is in the package of what it tests, or in one of " + TEST_ONLY)
                .allMatch(name -> TEST_ONLY.contains(name) || Files.isDirectory(MAIN.resolve(name.replace('.', '/'))));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(TestConventionsTest::outermost).orElse(type);
    }
}
