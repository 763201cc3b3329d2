/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.architecture;

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
import io.snapshotoperator.evs.schedule.CronRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneId;
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
 * The table of package dependencies. A rule that no machine checks erodes. To change one, write a decision record in {@code
 * docs/decisions} first.
 */
class PackageDependenciesTest {
    private static final String BASE = "io.snapshotoperator.evs";
    private static final String API = BASE + ".api.v1alpha1";
    private static final String API_REQUEST = API + ".request";
    private static final String API_CONNECTION = API + ".connection";
    private static final String API_RESTORE = API + ".restore";
    private static final String API_SCHEDULE = API + ".schedule";
    private static final String CLOUD = BASE + ".cloud";
    private static final String RATE_LIMIT = CLOUD + ".ratelimit";
    private static final String HTTP = CLOUD + ".http";
    private static final String HTTP_AUTH = HTTP + ".auth";
    private static final String HTTP_CALL = HTTP + ".call";
    private static final String HTTP_ERROR = HTTP + ".error";
    private static final String HTTP_SETTINGS = HTTP + ".settings";
    private static final String HTTP_TRANSPORT = HTTP + ".transport";
    private static final String CONDITION = BASE + ".condition";
    private static final String CREATE_ONCE = BASE + ".createonce";
    private static final String SNAPSHOT = BASE + ".snapshot";
    private static final String CONNECTION = BASE + ".connection";
    private static final String RESTORE = BASE + ".restore";
    private static final String SCHEDULE = BASE + ".schedule";
    private static final String RETENTION = BASE + ".retention";
    private static final String CONTROLLER = BASE + ".controller";
    private static final String CONTROLLER_CONNECTION = CONTROLLER + ".connection";
    private static final String CONTROLLER_REQUEST = CONTROLLER + ".request";
    private static final String CONTROLLER_RESTORE = CONTROLLER + ".restore";
    private static final String CONTROLLER_SCHEDULE = CONTROLLER + ".schedule";
    private static final String CSI = BASE + ".csi";
    private static final String CONTROLLER_CSI = CONTROLLER + ".csi";
    private static final String POLL = BASE + ".poll";
    private static final String LEADER = BASE + ".leader";
    private static final String TELEMETRY = BASE + ".telemetry";
    private static final String APP = BASE + ".app";
    private static final String SIMULATOR = BASE + ".simulator";

    /** All packages. A new package is added here and gets a rule below. */
    private static final Set<String> PACKAGES = Set.of(
            BASE,
            API,
            API_CONNECTION,
            API_REQUEST,
            API_RESTORE,
            API_SCHEDULE,
            CLOUD,
            RATE_LIMIT,
            HTTP,
            HTTP_AUTH,
            HTTP_CALL,
            HTTP_ERROR,
            HTTP_SETTINGS,
            HTTP_TRANSPORT,
            CONDITION,
            CREATE_ONCE,
            SNAPSHOT,
            CONNECTION,
            RESTORE,
            SCHEDULE,
            RETENTION,
            CONTROLLER,
            CONTROLLER_CONNECTION,
            CONTROLLER_REQUEST,
            CONTROLLER_RESTORE,
            CONTROLLER_SCHEDULE,
            CSI,
            CONTROLLER_CSI,
            POLL,
            LEADER,
            TELEMETRY,
            APP,
            SIMULATOR);

    private static final String[] PURE = {
        CLOUD, RATE_LIMIT, CONDITION, CREATE_ONCE, SNAPSHOT, CONNECTION, RESTORE, SCHEDULE, RETENTION, CSI
    };

    /** The HTTP adapter with its parts. */
    private static final String[] ADAPTER = {HTTP + ".."};

    private static final String[] SHELL = {CONTROLLER + "..", POLL, LEADER, TELEMETRY};

    /** What a further kind builds on; it must not depend on this kind. */
    private static final String[] SHARED_BY_KINDS = {
        CLOUD, RATE_LIMIT, CONDITION, CREATE_ONCE, CONTROLLER, POLL, LEADER, TELEMETRY
    };

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

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(BASE);
    }

    // pure packages

    @Test
    void cloudPortUsesOnlyItself() {
        holds(only(CLOUD, in(JDK_THAT_COMPUTES), in(CLOUD))
                .because("the port would otherwise take the shape of one of its adapters"));
        holds(only(RATE_LIMIT, in(JDK_THAT_COMPUTES), in(RATE_LIMIT, CLOUD))
                .because("the budget counts calls and does not send them"));
    }

    @Test
    void conditionsUseKubernetesModelButNotClient() {
        holds(only(CONDITION, in(JDK_THAT_COMPUTES), in(CONDITION), in(FABRIC8_MODEL))
                .because("a condition is a value; a controller writes it"));
    }

    @Test
    void createOnceUsesOnlyCloudAndConditions() {
        holds(only(CREATE_ONCE, in(JDK_THAT_COMPUTES), in(CREATE_ONCE, CLOUD, CONDITION))
                .because("every kind that creates something in the cloud uses these rules"));
    }

    @Test
    void snapshotRulesUseOnlyPurePackages() {
        holds(only(SNAPSHOT, in(JDK_THAT_COMPUTES), in(SNAPSHOT, CREATE_ONCE, CLOUD, CONDITION))
                .because("thousands of tests run these rules without starting anything"));
    }

    @Test
    void connectionRulesUseOnlyPurePackages() {
        holds(only(CONNECTION, in(JDK_THAT_COMPUTES), in(CONNECTION, CREATE_ONCE, CONDITION))
                .because("who may use a connection is decided without asking anything"));
    }

    @Test
    void retentionRulesUseOnlyThemselves() {
        holds(only(RETENTION, in(JDK_THAT_COMPUTES), in(RETENTION))
                .because("what is deleted depends on nothing but the list, the policy and the time"));
    }

    @Test
    void restoreRulesUseOnlyPurePackages() {
        holds(only(RESTORE, in(JDK_THAT_COMPUTES), in(RESTORE, CREATE_ONCE, CLOUD, CONDITION))
                .because("a restore follows the same rules of createonce as a request, and not those of a request"));
    }

    @Test
    void scheduleRulesUseOnlyPurePackages() {
        holds(only(
                        SCHEDULE,
                        in(JDK_THAT_COMPUTES),
                        in("java.nio.charset"),
                        in("com.cronutils.."),
                        in(SCHEDULE, RETENTION, CREATE_ONCE, CONDITION))
                .because("sixty days of a schedule are computed in a test"));
        holds(noClasses()
                .that(not(type(CronRule.class)))
                .should()
                .dependOnClassesThat(resideInAPackage("com.cronutils.."))
                .because("the rules use the interface SlotTimes"));
    }

    @Test
    void contentRulesUseOnlyPurePackages() {
        holds(only(CSI, in(JDK_THAT_COMPUTES), in(CSI, CREATE_ONCE, CLOUD, CONDITION))
                .because("what happens to a content depends on nothing but what the API server showed"));
    }

    @Test
    void contentsAreNotMixedWithRequestsAndCloud() {
        holds(noClasses()
                .that(resideInAPackage(CONTROLLER_CSI))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        CONTROLLER_REQUEST,
                        CONTROLLER_CONNECTION,
                        CONTROLLER_SCHEDULE,
                        SNAPSHOT,
                        CONNECTION,
                        API_CONNECTION,
                        API_SCHEDULE,
                        POLL,
                        LEADER))
                .because("contents are objects of Kubernetes, and their controller sends nothing to the cloud"));
        holds(noClasses()
                .that(not(resideInAnyPackage(CSI, CONTROLLER_CSI, APP)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CSI, CONTROLLER_CSI))
                .because("a snapshot and its request do not depend on who restores it"));
    }

    @Test
    void kindsDoNotUseEachOther() {
        holds(noClasses()
                .that(not(resideInAnyPackage(CONTROLLER_SCHEDULE, API_SCHEDULE, SCHEDULE, RETENTION, APP)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_SCHEDULE, API_SCHEDULE, SCHEDULE, RETENTION))
                .because("a schedule creates requests, and requests do not know schedules"));
        holds(noClasses()
                .that(not(resideInAnyPackage(CONTROLLER_RESTORE, API_RESTORE, RESTORE, APP)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_RESTORE, API_RESTORE, RESTORE))
                .because("a restore uses a request, and requests do not know restores"));
        holds(noClasses()
                .that(resideInAPackage(CONTROLLER_RESTORE))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_CONNECTION, CONNECTION, API_CONNECTION, SNAPSHOT))
                .because("a restore gets its connection from the interface CloudConnections"));
        holds(noClasses()
                .that(resideInAPackage(CONTROLLER_SCHEDULE))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_CONNECTION, CONNECTION, API_CONNECTION, POLL))
                .because("a schedule gets its connection from the interface CloudConnections, and reads no cloud"));
        holds(noClasses()
                .that(resideInAPackage(CONTROLLER_CONNECTION))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_REQUEST, SNAPSHOT, API_REQUEST))
                .because("the registry of connections serves every kind"));
        holds(noClasses()
                .that(resideInAPackage(CONTROLLER_REQUEST))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTROLLER_CONNECTION, CONNECTION, API_CONNECTION))
                .because("a request gets its connection from the interface CloudConnections"));
    }

    @Test
    void purePackagesReadNoClock() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(belongToAnyOf(Clock.class, InstantSource.class))
                .orShould()
                .accessTargetWhere(calling("now", "currentTimeMillis", "nanoTime"))
                .because("each reconcile passes the time, so that a test can choose it"));
    }

    @Test
    void purePackagesUseNoRandomness() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are sources of randomness",
                        type -> type.isAssignableTo(RandomGenerator.class)
                                || type.isAssignableTo(ThreadLocalRandom.class)))
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .because("the same observation must always give the same decision; ids and jitter are injected"));
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
                .because("a rule neither waits, nor reads the environment, nor prints"));
    }

    // API and HTTP adapter

    @Test
    void apiUsesOnlyModelAndAnnotations() {
        holds(only(
                        API + "..",
                        in(JDK_THAT_COMPUTES),
                        in(API + ".."),
                        in(FABRIC8_MODEL),
                        in(
                                "io.fabric8.kubernetes.model.annotation",
                                "io.fabric8.generator.annotation",
                                "io.fabric8.crd.generator.annotation"),
                        in("com.fasterxml.jackson.annotation"),
                        type(CustomResource.class))
                .because("the CRD is generated from it; a custom resource extends a class of the fabric8 client, and"
                        + " nothing else of the client belongs here"));
    }

    @Test
    void httpAdapterDoesNotUseKubernetes() {
        holds(only(
                        HTTP + "..",
                        in(JDK),
                        in(ADAPTER),
                        in(CLOUD),
                        in("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind.."))
                .because("tests and the report of orphans use the adapter without a cluster"));
    }

    // shell

    @Test
    void controllersUsePortNotAdapter() {
        holds(noClasses()
                .that(resideInAnyPackage(CONTROLLER + "..", POLL, LEADER))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(HTTP + "..", "java.net.http..", "com.sun.net..", "io.vertx..", APP))
                .because("paths, headers, status codes and tokens of the cloud stay in the adapter"));
    }

    @Test
    void shellDoesNotUseSettingsOrFramework() {
        holds(noClasses()
                .that(resideInAnyPackage(SHELL))
                .should()
                .dependOnClassesThat(resideInAnyPackage(APP, "io.quarkus..", "io.smallrye..", "jakarta.inject.."))
                .because("tests and the demo start the same operator without Quarkus"));
        holds(noClasses()
                .that(resideInAnyPackage(CONTROLLER + "..", POLL, LEADER))
                .should()
                .dependOnClassesThat(resideInAPackage("io.micrometer.."))
                .because("meters belong to telemetry"));
    }

    @Test
    void onlyCreateIntentJsonReadsJson() {
        holds(noClasses()
                .that(resideInAnyPackage(SHELL))
                .and(doNotHaveTheSourceFile("CreateIntentJson.java"))
                .should()
                .dependOnClassesThat(resideInAPackage("com.fasterxml.."))
                .because("fabric8 reads and writes typed objects; the create intent is the only text of the operator"));
    }

    @Test
    void sharedPackagesDoNotUseKind() {
        holds(noClasses()
                .that(resideInAnyPackage(SHARED_BY_KINDS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        CONTROLLER_REQUEST, SNAPSHOT, API_REQUEST, CONTROLLER_CONNECTION, CONNECTION, API_CONNECTION))
                .because("another kind builds on these packages"));
    }

    @Test
    void pollerUsesOnlyCloudAndCreateOnce() {
        holds(noClasses()
                .that(resideInAPackage(POLL))
                .should()
                .dependOnClassesThat(resideInAnyPackage(API + "..", SNAPSHOT, CONTROLLER + "..", LEADER, TELEMETRY))
                .because("the poller serves every kind"));
    }

    @Test
    void leaderElectionUsesOnlyKubernetes() {
        holds(noClasses()
                .that(resideInAPackage(LEADER))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(API + "..", SNAPSHOT, CREATE_ONCE, CLOUD + "..", CONTROLLER + "..", POLL))
                .because("who leads does not depend on what is done with it"));
    }

    @Test
    void telemetryUsesNoDomainOrKubernetes() {
        holds(noClasses()
                .that(resideInAPackage(TELEMETRY))
                .should()
                .dependOnClassesThat(resideInAnyPackage(KUBERNETES))
                .orShould()
                .dependOnClassesThat(
                        resideInAnyPackage(API + "..", SNAPSHOT, CREATE_ONCE, CONTROLLER + "..", POLL, LEADER, APP))
                .because("counting must not change what is counted"));
        holds(classes()
                .that(resideInAPackage(TELEMETRY))
                .should()
                .onlyHaveDependentClassesThat(resideInAnyPackage(TELEMETRY, CONTROLLER + "..", POLL, LEADER, APP))
                .because("rules and adapters are counted from outside, by an observer"));
    }

    // entry points and simulator

    @Test
    void onlyMainUsesApp() {
        holds(classes()
                .that(resideInAPackage(APP))
                .should()
                .onlyHaveDependentClassesThat(resideInAPackage(APP).or(type(Main.class)))
                .because("a class that reads settings itself cannot be tested or wired in another way"));
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
                .because("two implementations that share code share its errors, and prove nothing about each other"));
    }

    @Test
    void noPackageUsesSimulator() {
        holds(classes()
                .that(resideInAPackage(SIMULATOR))
                .should()
                .onlyHaveDependentClassesThat(resideInAPackage(SIMULATOR).or(type(Main.class)))
                .because("the operator must not be able to distinguish it from the cloud"));
    }

    // all packages

    @Test
    void purePackagesAndAdaptersUseNoFramework() {
        holds(noClasses()
                .that(resideInAnyPackage(PURE)
                        .or(resideInAnyPackage(ADAPTER))
                        .or(resideInAnyPackage(API + "..", SIMULATOR)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(SERVERS_AND_FRAMEWORKS))
                .because("these packages would run in any Java program"));
    }

    @Test
    void onlyAppReadsClock() {
        holds(noClasses()
                .that(not(resideInAnyPackage(APP, SIMULATOR)))
                .should()
                .accessTargetWhere(calling("now", "currentTimeMillis"))
                .orShould()
                .accessTargetWhere(callTo(Clock.class))
                .because("tests inject their own clock; monotonic time is read with nanoTime and never mixed"));
    }

    @Test
    void noCodeUsesDefaultTimeZone() {
        holds(noClasses()
                .should()
                .callMethod(ZoneId.class, "systemDefault")
                .because("the time zone of the machine must not change what the operator does"));
    }

    @Test
    void noCodeSleeps() {
        holds(noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("a reconcile that waits blocks a worker, and a test that waits proves nothing"));
    }

    @Test
    void staticFieldsAreFinal() {
        holds(fields().that()
                .areStatic()
                .should()
                .beFinal()
                .because("any reconcile can be the first after a crash; its state is in the object or in the cloud"));
    }

    @Test
    void packagesHaveNoCycles() {
        holds(slices().matching(BASE + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("classes that depend on each other belong to one package"));
    }

    @Test
    void everyPackageHasRule() {
        assertThat(classes.stream().map(JavaClass::getPackageName))
                .as("a new package needs a line in PACKAGES and a rule in this test")
                .allMatch(PACKAGES::contains);
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
        rule.check(classes);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static ArchRule only(String location, DescribedPredicate<? super JavaClass>... allowed) {
        // Arrays of a primitive type belong to no package.
        DescribedPredicate<JavaClass> any = DescribedPredicate.describe(
                "are among "
                        + Stream.of(allowed)
                                .map(DescribedPredicate::getDescription)
                                .toList(),
                type -> type.getBaseComponentType().isPrimitive()
                        || Arrays.stream(allowed).anyMatch(one -> one.test(type.getBaseComponentType())));
        return classes().that(resideInAPackage(location)).should().onlyDependOnClassesThat(any);
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
