// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.duocollector.run.FatalErrors;
import dev.duocollector.settings.RouteFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.component.seda.SedaEndpoint;
import org.junit.jupiter.api.Test;

/** The house rules for routes, settings and sources, so that each is a check in the build. */
class RouteConventionsTest {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([A-Za-z][A-Za-z0-9.-]*)");
    private static final Pattern STEP = Pattern.compile("(?<=description: )\\(\\d\\)");

    @Test
    void everyPlaceholderOfTheRoutes_isDeclaredInTheSettings() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path file : files("routes", ".yaml")) {
            Matcher matcher = PLACEHOLDER.matcher(Files.readString(file));
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }

        assertThat(used).contains("s3.bucket").isSubsetOf(settings().stringPropertyNames());
    }

    @Test
    void everySetting_isOnItsPage_andNoneThatIsNot() throws IOException {
        Set<String> declared = new TreeSet<>(settings().stringPropertyNames());
        declared.removeIf(name -> name.startsWith("camel."));
        Set<String> documented = new TreeSet<>();
        Matcher row = Pattern.compile("^\\| (`[^|]+`[^|]*) \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("src/site/markdown/SETTINGS.md")));
        while (row.find()) {
            Matcher name = Pattern.compile("`([a-z0-9.-]+\\.[a-z0-9.-]+)`").matcher(row.group(1));
            while (name.find()) {
                documented.add(name.group(1));
            }
        }

        assertThat(documented).containsExactlyElementsOf(declared);
    }

    /** So that each line is one line and holds no phone number, whatever text is in it. */
    @Test
    void everyClass_logsThroughLog() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path file : files("src/main/java", ".java")) {
            if (Files.readString(file).contains("LoggerFactory")) {
                others.add(file.getFileName().toString());
            }
        }

        // The other sets Logback up.
        assertThat(others).containsExactlyInAnyOrder("Log.java", "LogSetup.java");
    }

    @Test
    void everyFile_beginsWithWhatEntersAndWhatLeaves() throws IOException {
        for (Path file : files("routes", ".yaml")) {
            assertThat(Files.readAllLines(file).subList(0, 3))
                    .as(file.toString())
                    .first()
                    .asString()
                    .startsWith("# ");
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .contains("What enters")
                    .containsAnyOf("leaves", "bean");
        }
    }

    @Test
    void everyRoute_hasAnIdADescriptionAndItsErrorHandling() {
        List<JsonNode> routes = Routes.all("route");

        assertThat(routes).hasSizeGreaterThan(6);
        for (JsonNode route : routes) {
            String id = route.path("id").asText();
            assertThat(id).as(route.toString()).isNotEmpty();
            assertThat(route.path("description").asText())
                    .as("description of " + id)
                    .endsWith(".");
            boolean callers = route.path("errorHandler").has("noErrorHandler");
            boolean shared = route.path("routeConfigurationId").asText().equals("error-handling");
            assertThat(callers ^ shared).as("error handling of " + id).isTrue();
        }
    }

    @Test
    void everyEndpoint_standsInTheFormOfTheVisualEditors() {
        for (String kind : List.of("to", "from")) {
            for (JsonNode endpoint : Routes.all(kind)) {
                assertThat(endpoint.isObject()).as(endpoint.toString()).isTrue();
                assertThat(endpoint.path("uri").asText())
                        .as(endpoint.toString())
                        .matches("[a-z0-9-]+");
                assertThat(endpoint.path("parameters").isObject())
                        .as(endpoint.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void theProgramsOrderOfEvents_standsInTheRoutes() throws IOException {
        assertThat(uris("from")).contains("quartz");
        assertThat(Routes.all("loop")).anyMatch(loop -> loop.path("doWhile").asBoolean());
        assertThat(uris("to")).contains("http", "aws2-s3");
        assertThat(Routes.all("marshal")).isNotEmpty();
        assertThat(steps())
                .contains("SignRequest", "ReadPage", "DropSeen", "DeclareBatch", "ConfirmBatch", "CloseRun")
                // A failed page and a failed list mean the same.
                .filteredOn(step -> !step.equals("DuoFailed"))
                .doesNotHaveDuplicates();
        assertThat(Routes.all("route"))
                .extracting(route -> route.path("id").asText())
                .contains("event-steps");

        String collect = Files.readString(Path.of("routes/collect.camel.yaml"));
        assertThat(collect.lines()).as("the whole run").hasSizeLessThanOrEqualTo(140);
        assertThat(collect)
                .containsSubsequence(
                        "name: duo-page",
                        "run.DropSeen",
                        "name: lines",
                        "description: (1)",
                        "run.DeclareBatch",
                        "description: (2)",
                        "name: store",
                        "description: (3)",
                        "run.ConfirmBatch",
                        "run.PagePause",
                        "run.CloseRun",
                        "direct:event-steps",
                        "marshal:");
        assertThat(STEP.matcher(collect).results().map(MatchResult::group)).containsExactly("(1)", "(2)", "(3)");
    }

    /** Nothing of a stream, so that one context can run many; a bound is a number. */
    @Test
    void steps_holdNothing() throws ReflectiveOperationException {
        List<String> types =
                Routes.all("beanType").stream().map(JsonNode::asText).distinct().toList();

        assertThat(types).hasSizeGreaterThan(20);
        for (String type : types) {
            assertThat(Class.forName(type).getDeclaredFields())
                    .as(type)
                    .allMatch(field -> Modifier.isStatic(field.getModifiers())
                            || field.getType().isPrimitive());
        }
    }

    /** Both are what a visual editor shows of a choice. */
    @Test
    void everyWhen_hasAnId() {
        List<JsonNode> whens = new ArrayList<>();
        Routes.all("when").forEach(when -> when.forEach(whens::add));

        assertThat(whens).hasSizeGreaterThan(3).allMatch(when -> when.hasNonNull("id"));
    }

    @Test
    void everyBeanThatARouteNames_isDeclaredInTheBeansFile() {
        Set<String> declared = new TreeSet<>();
        Routes.files()
                .get("beans.camel.yaml")
                .get(0)
                .path("beans")
                .forEach(bean -> declared.add(bean.path("name").asText()));
        Set<String> named = new TreeSet<>();
        Routes.all("ref").forEach(ref -> named.add((ref.isObject() ? ref.path("expression") : ref).asText()));
        for (String kind : List.of("headerFilterStrategy", "httpClientConfigurer", "amazonS3Client")) {
            Routes.all(kind).forEach(value -> named.add(value.asText().replace("#", "")));
        }

        assertThat(named).contains("duoRetry", "ndjson").isSubsetOf(declared);
        declared.removeIf(name -> name.endsWith("-contract-" + RouteFiles.CONTRACT));
        assertThat(declared).hasSizeLessThanOrEqualTo(18);
    }

    /** Camel makes it by its class; without the context it could end nothing. */
    @Test
    void errorsOfRuns_endTheContextThatRunsThem() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            SedaEndpoint runs =
                    (SedaEndpoint) collector.context().getRoute("runs").getEndpoint();

            assertThat(runs.getExceptionHandler())
                    .isInstanceOfSatisfying(
                            FatalErrors.class,
                            handler -> assertThat(handler.getCamelContext()).isSameAs(collector.context()));
        }
    }

    @Test
    void stateNeverTravelsInHeaders() {
        assertThat(Routes.all("setHeader"))
                .isNotEmpty()
                .allMatch(header -> header.path("name").asText().startsWith("CamelAwsS3"));
    }

    @Test
    void theRoutes_areValidBySchema() throws IOException {
        try (InputStream schema = RouteConventionsTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            var validator =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
            for (Map.Entry<String, JsonNode> file : Routes.files().entrySet()) {
                assertThat(validator.validate(file.getValue()))
                        .as(file.getKey())
                        .filteredOn(RouteConventionsTest::isNotAPlaceholder)
                        .isEmpty();
            }
            JsonNode misspelt = Routes.files().get("collect.camel.yaml").deepCopy();
            ((com.fasterxml.jackson.databind.node.ObjectNode) misspelt.get(0).get("route")).put("formm", "direct:x");
            assertThat(validator.validate(misspelt))
                    .as("a misspelt key, for control")
                    .isNotEmpty();
        }
    }

    private static boolean isNotAPlaceholder(ValidationMessage message) {
        // The loader takes a placeholder where the schema wants a number or a boolean.
        return message.getInstanceNode() == null
                || !message.getInstanceNode().asText().startsWith("{{");
    }

    @Test
    void noSource_sleepsOrMocks() throws IOException {
        List<Path> sources = files("src", ".java");

        assertThat(sources).hasSizeGreaterThan(50);
        for (Path source : sources) {
            if (source.endsWith("RouteConventionsTest.java")) {
                continue;
            }
            assertThat(Files.readString(source))
                    .as(source.toString())
                    .doesNotContain("Thread.sleep", "org.mockito", "printStackTrace", "TODO", "FIXME");
        }
    }

    @Test
    void onlyTheDefaultChainGivesCredentials_andAFileThePassword() throws IOException {
        assertThat(settings().stringPropertyNames())
                .contains("cluster.password-file")
                .noneMatch(name -> name.matches("(?i).*(accesskey|secretkey|password)"));
    }

    private static List<String> uris(String kind) {
        return Routes.all(kind).stream()
                .map(endpoint -> endpoint.path("uri").asText())
                .toList();
    }

    /** The steps that the routes name, each once per place but for those that a recovery uses, too. */
    private static List<String> steps() {
        Set<String> alsoInRecovery = Set.of("PageQuery", "PagePause", "ConfirmBatch", "DeclareBatch");
        List<String> steps = new ArrayList<>();
        for (JsonNode type : Routes.all("beanType")) {
            String step = type.asText().replaceFirst(".*[.]", "");
            if (!alsoInRecovery.contains(step) || !steps.contains(step)) {
                steps.add(step);
            }
        }
        return steps;
    }

    private static Properties settings() throws IOException {
        Properties settings = new Properties();
        settings.load(new StringReader(Files.readString(Path.of("application.properties"))));
        return settings;
    }

    private static List<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> found = Files.walk(Path.of(folder))) {
            return found.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
