/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.snapshotoperator.evs.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Which room may use what. A rule that no machine checks wears off; to change one of these is a decision, so write a
 * record of it in {@code docs/decisions} first.
 */
class PackageDependenciesTest {
    private static final String BASE = "io.snapshotoperator.evs";
    private static final String API = BASE + ".api.v1alpha1";
    private static final String SNAPSHOT = BASE + ".snapshot";
    private static final String STATUS = BASE + ".status";
    private static final String CLOUD = BASE + ".cloud";
    private static final String HTTP = BASE + ".cloud.http";
    private static final String OPERATOR = BASE + ".operator";
    private static final String TELEMETRY = BASE + ".telemetry";
    private static final String CONFIG = BASE + ".config";
    private static final String SIMULATOR = BASE + ".simulator";

    /** Every room there is. A new one gets its line here and its rule below. */
    private static final Set<String> ROOMS =
            Set.of(BASE, API, SNAPSHOT, STATUS, CLOUD, HTTP, OPERATOR, TELEMETRY, CONFIG, SIMULATOR);

    private static final String[] PURE = {SNAPSHOT, STATUS, CLOUD};

    /** The part of the JDK that computes and neither talks nor waits. */
    private static final String[] JDK_THAT_COMPUTES = {
        "java.lang",
        "java.lang.runtime",
        "java.lang.invoke",
        "java.util",
        "java.util.function",
        "java.util.stream",
        "java.util.regex",
        "java.time..",
        "java.math",
        "java.text"
    };

    private static final String[] JDK = {"java..", "javax.net..", "javax.crypto.."};

    private static final String[] FABRIC8_MODEL = {
        "io.fabric8.kubernetes.api.model..", "io.fabric8.kubernetes.api.builder.."
    };

    private static final String[] KUBERNETES = {"io.fabric8..", "io.javaoperatorsdk..", "io.quarkiverse.."};

    private static final String[] SERVERS_AND_FRAMEWORKS = {
        "io.quarkus..",
        "io.smallrye..",
        "jakarta..",
        "org.jboss..",
        "org.slf4j..",
        "java.util.logging..",
        "io.micrometer.."
    };

    private static JavaClasses house;

    @BeforeAll
    static void enter() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(BASE);
    }

    // pure rooms

    @Test
    void snapshotRulesUseOnlyPurePackages() {
        holds(only(SNAPSHOT, in(JDK_THAT_COMPUTES), in(SNAPSHOT, CLOUD, STATUS))
                .because("its rules are tried by the thousand without starting anything"));
    }

    @Test
    void conditionsUseKubernetesModelButNotClient() {
        holds(only(STATUS, in(JDK_THAT_COMPUTES), in(STATUS), in(FABRIC8_MODEL))
                .because("a condition is a value; whoever wants to write one does so from the operator"));
    }

    @Test
    void cloudPortUsesOnlyItself() {
        holds(only(CLOUD, in(JDK_THAT_COMPUTES), in(CLOUD))
                .because("the port would otherwise take the shape of one of its adapters"));
    }

    @Test
    void purePackagesReadNoClock() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(belongToAnyOf(Clock.class, InstantSource.class))
                .orShould()
                .accessTargetWhere(calling("now", "currentTimeMillis", "nanoTime"))
                .because("time is handed in once a pass, so that a rule can be tried at any hour"));
    }

    @Test
    void purePackagesUseNoRandomness() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are sources of chance",
                        type -> type.isAssignableTo(RandomGenerator.class)
                                || type.isAssignableTo(ThreadLocalRandom.class)))
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .because("what follows from what was seen must follow every time; ids and jitter are handed in"));
    }

    @Test
    void purePackagesNeitherWaitNorReadEnvironment() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(belongToAnyOf(Thread.class, Runtime.class, Process.class))
                .orShould()
                .accessTargetWhere(calling("getenv", "getProperty", "exit"))
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("a rule that waits, reads the environment or prints is no rule any more"));
    }

    // rooms that talk

    @Test
    void apiUsesOnlyModelAndAnnotations() {
        holds(only(
                        API,
                        in(JDK_THAT_COMPUTES),
                        in(API),
                        in(FABRIC8_MODEL),
                        in(
                                "io.fabric8.kubernetes.model.annotation",
                                "io.fabric8.generator.annotation",
                                "io.fabric8.crd.generator.annotation"),
                        in("com.fasterxml.jackson.annotation"),
                        type(CustomResource.class))
                .because("the CRD is generated from it, and a custom resource has to extend fabric8's; nothing else of"
                        + " the client belongs here"));
    }

    @Test
    void httpAdapterDoesNotUseKubernetes() {
        holds(only(
                        HTTP,
                        in(JDK),
                        in(HTTP, CLOUD),
                        in("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind.."))
                .because("the adapter has to be tried, and to be used, without a cluster"));
    }

    @Test
    void controllersUsePortNotAdapter() {
        holds(noClasses()
                .that(resideInAPackage(OPERATOR))
                .should()
                .dependOnClassesThat(resideInAnyPackage(HTTP, "java.net.http..", "com.sun.net..", "io.vertx..", CONFIG))
                .because("paths, headers, status codes and tokens of the cloud are the adapter's affair"));
    }

    @Test
    void onlyCreateIntentJsonReadsJson() {
        holds(
                noClasses()
                        .that(resideInAPackage(OPERATOR))
                        .and(doNotHaveTheSourceFile("CreateIntentJson.java"))
                        .should()
                        .dependOnClassesThat(resideInAPackage("com.fasterxml.."))
                        .because(
                                "typed objects come and go through fabric8; the one text of ours is the annotation with the intent"));
    }

    @Test
    void controllersDoNotUseQuarkus() {
        holds(noClasses()
                .that(resideInAPackage(OPERATOR))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quarkus..", "io.smallrye..", "jakarta.inject..", "io.micrometer.."))
                .because("tests and the demo start the very same operator without Quarkus"));
    }

    @Test
    void telemetryUsesNoDomainOrKubernetes() {
        holds(noClasses()
                .that(resideInAPackage(TELEMETRY))
                .should()
                .dependOnClassesThat(resideInAnyPackage(KUBERNETES))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage(API, SNAPSHOT, OPERATOR, CONFIG))
                .because("counting must not be able to change what is counted"));
        holds(classes()
                .that(resideInAPackage(TELEMETRY))
                .should()
                .onlyHaveDependentClassesThat(resideInAnyPackage(TELEMETRY, OPERATOR, CONFIG))
                .because("rules and adapters are counted from outside, through an observer of their own if need be"));
    }

    @Test
    void onlyMainUsesApp() {
        holds(classes()
                .that(resideInAPackage(CONFIG))
                .should()
                .onlyHaveDependentClassesThat(resideInAPackage(CONFIG).or(type(Main.class)))
                .because("a room that reads settings by itself can be neither tested nor wired otherwise"));
    }

    @Test
    void simulatorUsesNoOtherPackage() {
        holds(only(
                        SIMULATOR,
                        in(JDK),
                        in("com.sun.net.httpserver"),
                        in(SIMULATOR),
                        in("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind.."),
                        in("picocli"))
                .because("two implementations that share code share its mistakes, and prove nothing about each other"));
    }

    @Test
    void noPackageUsesSimulator() {
        holds(classes()
                .that(resideInAPackage(SIMULATOR))
                .should()
                .onlyHaveDependentClassesThat(resideInAPackage(SIMULATOR).or(type(Main.class)))
                .because("the operator must not be able to tell it from the cloud"));
    }

    // the whole house

    @Test
    void purePackagesAndAdaptersUseNoFramework() {
        holds(noClasses()
                .that(resideInAnyPackage(SNAPSHOT, STATUS, CLOUD, HTTP, API, SIMULATOR))
                .should()
                .dependOnClassesThat(resideInAnyPackage(SERVERS_AND_FRAMEWORKS))
                .because("these rooms would run in any Java program"));
    }

    @Test
    void onlyAppReadsClock() {
        holds(
                noClasses()
                        .that(not(resideInAnyPackage(CONFIG, SIMULATOR)))
                        .should()
                        .accessTargetWhere(calling("now", "currentTimeMillis"))
                        .orShould()
                        .accessTargetWhere(callTo(Clock.class))
                        .because(
                                "tests hand in a clock of their own; monotonic time is asked for with nanoTime and never mixed"));
    }

    @Test
    void noCodeSleeps() {
        holds(noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("a pass that waits blocks a worker, and a test that waits proves nothing"));
    }

    @Test
    void staticFieldsAreFinal() {
        holds(fields().that()
                .areStatic()
                .should()
                .beFinal()
                .because("a pass may be the first after a crash; what it needs stands on the object or in the cloud"));
    }

    @Test
    void packagesHaveNoCycles() {
        holds(slices().matching(BASE + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("what depends on each other is one room"));
    }

    @Test
    void everyPackageHasRule() {
        assertThat(house.stream().map(JavaClass::getPackageName))
                .as("a new room needs a line in ROOMS and a rule in this test")
                .allMatch(ROOMS::contains);
    }

    @Test
    void everyPackageIsDocumented() throws IOException {
        assertThat(packagesWithSources()).isNotEmpty().allSatisfy(folder -> assertThat(
                        folder.resolve("package-info.java"))
                .content()
                .contains("/**", "Start reading at"));
    }

    private static List<Path> packagesWithSources() throws IOException {
        try (var files = Files.walk(Path.of("src", "main", "java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList();
        }
    }

    private static void holds(ArchRule rule) {
        rule.check(house);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static ArchRule only(String room, DescribedPredicate<? super JavaClass>... allowed) {
        // Arrays of a primitive type belong to no package.
        DescribedPredicate<JavaClass> any = DescribedPredicate.describe(
                "are among "
                        + Stream.of(allowed)
                                .map(DescribedPredicate::getDescription)
                                .toList(),
                type -> type.getBaseComponentType().isPrimitive()
                        || Arrays.stream(allowed).anyMatch(one -> one.test(type.getBaseComponentType())));
        return classes().that(resideInAPackage(room)).should().onlyDependOnClassesThat(any);
    }

    private static DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(packages);
    }

    private static DescribedPredicate<JavaAccess<?>> calling(String... methods) {
        return DescribedPredicate.describe(
                "the JDK is asked for " + List.of(methods),
                access -> access.getTargetOwner().getPackageName().startsWith("java.")
                        && List.of(methods).contains(access.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> callTo(Class<?> owner) {
        return DescribedPredicate.describe(
                "any method of " + owner.getSimpleName() + " is called",
                access -> access.getTargetOwner().isEquivalentTo(owner));
    }

    private static DescribedPredicate<JavaClass> doNotHaveTheSourceFile(String name) {
        return DescribedPredicate.describe("are not in " + name, type -> type.getSource()
                .flatMap(source -> source.getFileName())
                .filter(name::equals)
                .isEmpty());
    }
}
