// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.route.RememberingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator wrote into routes/ is in force, or is an error: a step that masks must not be passed over in silence. */
class RouteFilesTest {

    @TempDir
    private Path folder;

    private Path routes;

    @BeforeEach
    void makeFolder() throws IOException {
        routes = Files.createDirectory(folder.resolve("routes"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "event-steps.camel.yml,        event-steps.camel.yaml",
        "event-steps.yaml,             event-steps.camel.yaml",
        "event-steps.yml,              event-steps.camel.yaml",
        "event-steps,                  event-steps.camel.yaml",
        "event-steps.txt,              event-steps.camel.yaml",
        "event-steps.camel.yaml.txt,   event-steps.camel.yaml",
        "event-steps.camel.YAML,       event-steps.camel.yaml",
        "event-steps.Camel.yaml,       event-steps.camel.yaml",
        "Event_Steps.yaml,             event-steps.camel.yaml",
        "event-steps.camel.yaml.new,   event-steps.camel.yaml",
        "event-steps.camel,            event-steps.camel.yaml",
        "event-steps (1).camel.yaml,   event-steps-1.camel.yaml",
        "'event-steps.camel.yaml ',    event-steps.camel.yaml",
        "'my,steps.camel.yaml',        my-steps.camel.yaml",
        "my steps.camel.yaml,          my-steps.camel.yaml",
        "masking.yaml,                 masking.camel.yaml",
        "masking.camel.xml,            masking.camel.yaml",
        "masking.kamelet.yaml,         masking.camel.yaml",
        "Masking.java,                 Masking.camel.yaml",
        "masking.groovy,               masking.camel.yaml",
        "\u00E9tapes.camel.yaml,       tapes.camel.yaml",
    })
    void file_thatLooksLikeARouteFileAndIsNotLoaded_isRefused_withTheNameToGive(String name, String give)
            throws IOException {
        Files.writeString(routes.resolve(name), "- beans: []\n");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("The route file " + routes.resolve(name) + " is not loaded: ")
                .contains("Name it " + give + ", or move it out");
        assertThat(RouteFiles.in(routes).own()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- beans:\n    - name: mine\n      type: java.lang.Object\n    - name: ndjson\n      type: java.lang.Object\n",
                "- route: {id: x, from: {uri: 'direct:x', steps: []}}\n- beans: [{name: ndjson, type: java.lang.Object}]\n",
            })
    void bean_ofTheCollectorsInAnotherFile_isRefused(String text) throws IOException {
        Files.writeString(routes.resolve("mine.camel.yaml"), text);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("The route file " + routes.resolve("mine.camel.yaml")
                        + " has a bean ndjson, and so has the collector:")
                .endsWith("or change the one in beans.camel.yaml.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- beans:\n    - name: mine\n      type: java.lang.Object\n      properties: {name: ndjson}\n",
                "- route: {id: x, from: {uri: 'direct:x', steps: [{setVariable: {name: clock, constant: beans}}]}}\n",
                "- beans: {name: ndjson}\n",
            })
    void bean_ofAnotherName_isNot(String text) throws IOException {
        Files.writeString(routes.resolve("mine.camel.yaml"), text);

        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "._event-steps.camel.yaml",
                ".event-steps.camel.yaml",
                ".event-steps.camel.yaml.swp",
                "event-steps.camel.yaml~",
                "event-steps.camel.yaml.swp",
                "event-steps.camel.yaml.bak",
                "event-steps.camel.yaml.BAK",
                "event-steps.camel.yaml.orig",
                "event-steps.camel.yaml.rpmsave",
                "event-steps.camel.yaml.disabled",
                "#event-steps.camel.yaml#",
                "..data",
                "README.md",
                "notes"
            })
    void file_thatIsHiddenOrABackupOrNoRoutes_isPassedOver(String name) throws IOException {
        Files.writeString(routes.resolve(name), "not: even: yaml");
        Files.writeString(routes.resolve("masking.camel.yaml"), "- beans: []\n");

        RouteFiles files = RouteFiles.in(routes);

        assertThat(files.problems()).isEmpty();
        assertThat(files.own()).containsExactly(routes.resolve("masking.camel.yaml"));
        assertThat(files.includePattern().split(","))
                .contains("file:" + routes.resolve("masking.camel.yaml"))
                .hasSize(RouteFiles.SHIPPED.size() + 1);
    }

    /** As Kubernetes mounts a ConfigMap. */
    @Test
    void file_isTaken_throughLinks() throws IOException {
        Path data = Files.createDirectory(routes.resolve("..2026_11_26"));
        Files.writeString(data.resolve("event-steps.camel.yaml"), "- beans: []\n");
        Files.createSymbolicLink(routes.resolve("..data"), data);
        Files.createSymbolicLink(routes.resolve("event-steps.camel.yaml"), Path.of("..data", "event-steps.camel.yaml"));

        assertThat(problems()).isEmpty();
        assertThat(RouteFiles.in(routes).own()).containsExactly(routes.resolve("event-steps.camel.yaml"));
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of(
                        "a link that leads nowhere",
                        (Put) file -> Files.createSymbolicLink(file, Path.of("gone")),
                        "cannot be read"),
                Arguments.of(
                        "UTF-16",
                        (Put) file -> Files.write(file, "- beans: []".getBytes(UTF_16LE)),
                        "is not text in UTF-8"),
                Arguments.of(
                        "not UTF-8", (Put) file -> Files.write(file, new byte[] {'#', (byte) 0xFC}), "is not UTF-8"),
                Arguments.of("a folder", (Put) Files::createDirectory, "is a folder"));
    }

    /** Puts something where a route file should be. */
    interface Put {
        void at(Path file) throws IOException;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void file_thatCannotBeRead_isRefused(String what, Put put, String said) throws IOException {
        put.at(routes.resolve("event-steps.camel.yaml"));

        assertThat(problems()).singleElement().asString().contains(routes + "/event-steps.camel.yaml", said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''| holds no list",
                "'# all off\n# - route:\n#     id: x\n'| holds no list",
                "'hello\n'| holds no list",
                "'route:\n  from:\n    uri: direct:x\n'| holds no list",
                "'-route:\n  from:\n    uri: direct:x\n'| holds no list",
                "'- route:'| '- route:'",
                "'- beans:\n    - name: x\n- route: # to do\n\n- from:\n    uri: direct:x\n'| '- route:'",
                "'- route: null\n'| '- route:'",
                "'- beans: ~\n\n'| '- beans:'"
            })
    void file_withoutAnythingToLoad_isRefused(String yaml, String said) throws IOException {
        Files.writeString(routes.resolve("my-steps.camel.yaml"), yaml.replace("\\n", "\n"));

        assertThat(problems()).singleElement().asString().contains(routes + "/my-steps.camel.yaml", said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route:\n    from:\n      uri: direct:x\n",
                "- route:\n\n    # first\n    from:\n      uri: direct:x\n",
                "%YAML 1.2\n---\n# mine\n- beans:\n    - name: x\n",
                "--- # mine\n-\n  route:\n    from:\n      uri: direct:x\n",
                "\n[{\"route\": {\"from\": {\"uri\": \"direct:x\"}}}]",
                "- beans: []\n",
                "- route: {from: {uri: direct:x}}\n",
                "apiVersion: camel.apache.org/v1\nkind: Integration\n"
            })
    void file_withAList_isTaken(String yaml) throws IOException {
        Files.writeString(routes.resolve("my-steps.camel.yaml"), yaml);

        assertThat(problems()).isEmpty();
    }

    @Test
    void file_inAFolderInside_isRefused() throws IOException {
        Path inner = Files.createDirectory(routes.resolve("custom"));
        Files.writeString(inner.resolve("README.md"), "");
        assertThat(problems()).isEmpty();

        Files.writeString(inner.resolve("event-steps.camel.yaml"), "");

        assertThat(problems())
                .singleElement()
                .asString()
                .contains(inner + "/event-steps.camel.yaml is not loaded", "Move it there");
    }

    /** When it is opened, or while it is read. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"inside, opened", "inside, read", "itself, opened", "itself, read"})
    void folder_thatCannotBeListed_isRefused(String where, String when) throws IOException {
        Path inner = Files.createDirectory(routes.resolve("custom"));
        Path unlisted = where.equals("inside") ? inner : routes;
        assertThat(problems()).isEmpty();
        RouteFiles.Listing listing = Files::list;

        RouteFiles files = RouteFiles.in(routes, folder -> {
            AccessDeniedException denied = new AccessDeniedException(folder.toString());
            if (!folder.equals(unlisted)) {
                return listing.of(folder);
            }
            if (when.equals("opened")) {
                throw denied;
            }
            return Stream.of(folder.resolve("README.md"), folder.resolve("event-steps.yaml"))
                    .peek(file -> {
                        if (!file.endsWith("README.md")) {
                            throw new UncheckedIOException(denied);
                        }
                    });
        });

        assertThat(files.problems())
                .singleElement()
                .asString()
                .contains(unlisted.toString(), "cannot be read", "remove it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "link that leads nowhere", "link to itself"})
    void folder_thatIsNone_isRefused(String what) throws IOException {
        Files.delete(routes);
        switch (what) {
            case "file" -> Files.writeString(routes, "");
            // As with a folder that may not be searched, nobody can tell what is there.
            case "link to itself" -> Files.createSymbolicLink(routes, routes);
            default -> Files.createSymbolicLink(routes, folder.resolve("gone"));
        }

        assertThat(problems()).singleElement().asString().contains(routes + ", cannot be read");
    }

    @Test
    void folder_thatIsNotThere_isNone() throws IOException {
        Files.delete(routes);

        assertThat(problems()).isEmpty();
        assertThat(RouteFiles.in(routes).includePattern().split(",")).hasSize(RouteFiles.SHIPPED.size());
    }

    /** As in an unpacked release: what a short run leaves out, it leaves out there, too. */
    @Test
    void copyOfAFileOfTheJars_isTheJars() throws IOException {
        for (String name : RouteFiles.SHIPPED) {
            Files.copy(Path.of("routes", name + ".camel.yaml"), routes.resolve(name + ".camel.yaml"));
        }
        RouteFiles files = RouteFiles.in(routes);
        RouteFiles none = RouteFiles.in(folder.resolve("none"));

        assertThat(files.problems()).isEmpty();
        assertThat(files.hasOwn()).isFalse();
        assertThat(files.includePattern(false))
                .isEqualTo(none.includePattern(false))
                .doesNotContain("file:");

        Files.writeString(routes.resolve("collect.camel.yaml"), "# Changed.\n", StandardOpenOption.APPEND);

        assertThat(RouteFiles.in(routes).own()).containsExactly(routes.resolve("collect.camel.yaml"));
    }

    // ---- Contracts.

    @Test
    void shippedFiles_haveTheContractOfTheJar() throws IOException {
        for (String name : RouteFiles.SHIPPED) {
            String file = name + ".camel.yaml";
            Files.writeString(routes.resolve(file), Files.readString(Path.of("routes", file)) + "# Changed.\n");
        }
        RouteFiles changed = RouteFiles.in(routes);

        assertThat(changed.own()).hasSize(RouteFiles.SHIPPED.size());
        assertThat(changed.problems()).isEmpty();
    }

    static Stream<Arguments> contracts() {
        return Stream.of(
                Arguments.of("none", "- beans: []\n", "it has no contract version"),
                Arguments.of("only in a comment", "# collect-contract-6\n- beans: []\n", "it has no contract version"),
                Arguments.of("only behind a step", "- beans: [] # collect-contract-6\n", "it has no contract version"),
                Arguments.of(
                        "of another file",
                        "- beans: [{name: udm-contract-6, type: x}]\n",
                        "it has no contract version"),
                Arguments.of(
                        "of a longer name",
                        "- beans: [{name: my-collect-contract-6, type: x}]\n",
                        "it has no contract"),
                Arguments.of(
                        "older", "- beans: [{name: collect-contract-2, type: x}]\n", "its contract version is 2, and"),
                Arguments.of(
                        "newer", "- beans: [{name: collect-contract-7, type: x}]\n", "its contract version is 7, and"),
                Arguments.of(
                        "longer",
                        "- beans: [{name: collect-contract-50, type: x}]\n",
                        "its contract version is 50, and"),
                Arguments.of(
                        "two",
                        "- beans: [{name: collect-contract-2, type: x}, {name: collect-contract-6, type: x}]\n",
                        "its contract version is 2 and 6, and"),
                Arguments.of("an empty file", "", "it has no contract version"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contracts")
    void file_ofAnotherContract_isRefused_asThingsStandInTheProgram(String what, String text, String said)
            throws IOException {
        Files.writeString(routes.resolve("collect.camel.yaml"), text);
        CamelApplication application =
                CamelApplication.inContainer(Map.of(), routes, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        assertThat(problems()).singleElement().asString().contains("/collect.camel.yaml is of another release", said);
        assertThatThrownBy(application::startCollecting)
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        refused -> assertThat(refused.problems())
                                .as("the file, and every setting that is missing")
                                .hasSizeGreaterThan(3)
                                .first()
                                .asString()
                                .contains(said));
    }

    /** Whatever their contract version: their steps are elsewhere, and a copy would be loaded beside them. */
    @ParameterizedTest
    @CsvSource({
        "telephony, collect.camel.yaml and recover.camel.yaml",
        "object, collect.camel.yaml and store.camel.yaml"
    })
    void file_ofARetiredName_isRefused_withThoseThatHaveItsSteps(String name, String successors) throws IOException {
        Files.writeString(
                routes.resolve(name + ".camel.yaml"),
                "- beans: [{name: " + name + "-contract-" + RouteFiles.CONTRACT + ", type: x}]\n");

        assertThat(problems()).singleElement().asString().contains("/" + name + ".camel.yaml", successors);
    }

    /** What looks like one is not loaded, and says so as before. */
    @ParameterizedTest
    @ValueSource(strings = {"telephony.camel.yml", "Object.yaml", "telephony", "TELEPHONY.CAMEL.YAML"})
    void file_likeOneOfARetiredName_isRefused(String name) throws IOException {
        Files.writeString(routes.resolve(name), "- beans: []\n");

        assertThat(problems()).singleElement().asString().contains("/" + name + " is not loaded");
    }

    /** As a visual editor writes it, which drops comments and may put the keys in any order. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "- beans:\n    - name: collect-contract-6\n      type: java.lang.Object\n",
                "- beans:\n    - type: java.lang.Object\n      name: \"collect-contract-6\"\n",
                "- beans:\n    - type: java.lang.Object\n      name: 'collect-contract-6'\n"
            })
    void contract_isFound_inEachFormOfYaml(String text) throws IOException {
        Files.writeString(routes.resolve("collect.camel.yaml"), text);

        assertThat(problems()).isEmpty();
    }

    @Test
    void eventSteps_andFilesOfYourOwn_needNoContract() throws IOException {
        for (String name : List.of("event-steps", "masking")) {
            Files.writeString(routes.resolve(name + ".camel.yaml"), "- beans: []\n", UTF_8);
        }

        assertThat(problems()).isEmpty();
        assertThat(RouteFiles.in(routes).own()).hasSize(2);
    }

    @Test
    void eachContract_isABeanThatCamelMakes() throws IOException {
        Pattern line =
                Pattern.compile("(?m)^(- beans: \\[|    - )\\{name: [a-z-]+-contract-6, type: java.lang.Object}]?$");
        for (String name : RouteFiles.SHIPPED) {
            String text = Files.readString(Path.of("routes", name + ".camel.yaml"));

            assertThat(line.matcher(text).find()).as(name).isEqualTo(!name.equals("event-steps"));
        }
    }

    private List<String> problems() {
        return RouteFiles.in(routes).problems();
    }
}
