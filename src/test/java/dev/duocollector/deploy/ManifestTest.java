// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Units, manifests and templates: each parses, each of its kind's mistakes is refused, and all set the same things alike. */
class ManifestTest {

    private static final Path DEPLOY = Path.of("src", "deploy");

    /** How long a page in hand may take, with room for the end of the program. */
    private static final int STOP_SECONDS_MIN = 45 + 10;

    private static final String EXIT_WITHOUT_MEMORY = "-XX:+ExitOnOutOfMemoryError";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "duo-telephony-collector.service",
                "duo-telephony-collector-once.service",
                "duo-telephony-collector-once.timer"
            })
    void systemdUnit_parses_andABrokenOneIsRefused(String file) {
        String unit = read("systemd/" + file);

        assertThatCode(() -> SystemdUnit.parse(unit)).doesNotThrowAnyException();
        assertThatThrownBy(() -> SystemdUnit.parse(unit.replace("[Unit]", "[Unit")))
                .hasMessageContaining("[Unit");
        assertThatThrownBy(() -> SystemdUnit.parse(unit.replace("Description=", "Descripton=")))
                .hasMessageContaining("Descripton");
        assertThatThrownBy(() -> SystemdUnit.parse(unit + "\nand so on\n")).hasMessageContaining("and so on");
    }

    @ParameterizedTest
    @CsvSource({"duo-telephony-collector, run", "duo-telephony-collector-once, once"})
    void systemdService_isHardened_andGetsTheKeyAsAFile(String name, String command) {
        SystemdUnit unit = SystemdUnit.parse(read("systemd/" + name + ".service"));

        assertThat(unit.value("Service", "ExecStart")).endsWith(".jar " + command);
        assertThat(unit.value("Service", "DynamicUser")).isEqualTo("yes");
        assertThat(unit.value("Service", "ProtectSystem")).isEqualTo("strict");
        assertThat(unit.value("Service", "NoNewPrivileges")).isEqualTo("yes");
        assertThat(unit.value("Service", "LoadCredential")).startsWith("skey:/etc/");
        assertThat(unit.values("Service", "Environment"))
                .contains("DUO_SKEY_FILE=/run/credentials/" + name + ".service/skey");
        assertThat(Integer.parseInt(unit.value("Service", "TimeoutStopSec").replace("s", "")))
                .isGreaterThanOrEqualTo(STOP_SECONDS_MIN);
    }

    @Test
    void systemdService_isNotStartedAgain_whenAnOperatorMustAct() {
        SystemdUnit unit = SystemdUnit.parse(read("systemd/duo-telephony-collector.service"));

        assertThat(unit.value("Service", "Restart")).isEqualTo("on-failure");
        assertThat(unit.value("Service", "RestartPreventExitStatus")).isEqualTo("2");
        assertThat(SystemdUnit.parse(read("systemd/duo-telephony-collector-once.service"))
                        .value("Service", "SuccessExitStatus"))
                .isEqualTo("1 143");
    }

    /** The folder that the program starts in, and into which the README has its files copied, so that an edit is in force. */
    @ParameterizedTest
    @ValueSource(strings = {"duo-telephony-collector", "duo-telephony-collector-once"})
    void systemdService_findsWhatTheReadmeHasCopied(String name) {
        SystemdUnit unit = SystemdUnit.parse(read("systemd/" + name + ".service"));
        String folder = unit.value("Service", "WorkingDirectory");
        List<String> commands = shell(read("systemd/README.md"));

        assertThat(commands)
                .contains(
                        "install -m 644 application.properties " + folder + "/",
                        "install -m 644 routes/event-steps.camel.yaml " + folder + "/routes/")
                .anyMatch(command -> command.startsWith("mkdir -p ") && command.contains(" " + folder + "/routes"));
        Matcher jar = Pattern.compile(" -jar (\\S+)/duo-telephony-collector\\.jar ")
                .matcher(unit.value("Service", "ExecStart"));
        assertThat(jar.find()).isTrue();
        assertThat(commands).contains("cp -r . " + jar.group(1) + "/");
        assertThat(unit.value("Service", "EnvironmentFile")).isEqualTo(folder + "/env");
        assertThat(commands).contains("install -m 600 src/deploy/systemd/env " + folder + "/env");
        assertThat(commands.stream().filter(command -> command.startsWith("systemctl enable")))
                .anyMatch(command -> command.contains(" " + name + "."));
    }

    /** Settings in the environment are read in the JVM's language, which is none under systemd and cron. */
    @Test
    void everyWayToRunIt_isInUtf8_andEndsWithoutMemory() {
        for (String name : List.of("duo-telephony-collector", "duo-telephony-collector-once")) {
            SystemdUnit unit = SystemdUnit.parse(read("systemd/" + name + ".service"));
            assertThat(unit.values("Service", "Environment")).as(name).contains("LANG=C.UTF-8");
            assertThat(unit.value("Service", "ExecStart")).as(name).contains(EXIT_WITHOUT_MEMORY);
            assertThat(unit.values("Service", "SuccessExitStatus"))
                    .as("%s ends with 3 then, which is a failure", name)
                    .allMatch(status -> !List.of(status.split(" ")).contains("3"));
        }
        String image = read("docker/Dockerfile");
        assertThat(image).contains("\nENV LANG=C.UTF-8\n");
        assertThat(image.lines().filter(line -> line.startsWith("ENTRYPOINT")))
                .singleElement()
                .asString()
                .contains('"' + EXIT_WITHOUT_MEMORY + '"');
        for (String file : List.of("deployment.yaml", "cronjob.yaml")) {
            Map<String, Object> container = container(file);
            assertThat(environment(container)).as(file).containsEntry("LANG", "C.UTF-8");
            assertThat(container).as("%s starts what the image does", file).doesNotContainKey("command");
        }
        JsonNode task = CloudFormation.parse(read("ecs/cloudformation.yaml"))
                .resources(Map.of(), Map.of())
                .get("Task")
                .at("/Properties/ContainerDefinitions/0");
        assertThat(task.path("Environment").toString()).contains("{\"Name\":\"LANG\",\"Value\":\"C.UTF-8\"}");
        assertThat(task.has("EntryPoint")).isFalse();
        assertThat(PolicyFiles.read(Path.of("src/site/markdown/DEPLOYMENT.md")))
                .as("cron")
                .containsPattern("(?m)^LANG=C\\.UTF-8\n7 \\* .* java " + Pattern.quote(EXIT_WITHOUT_MEMORY) + " -jar ");
    }

    /** A run that ends leaves its figures, so that what does not run any more is noticed without anybody's doing. */
    @Test
    void once_leavesItsFigures_whereAlertsFindThem() {
        SystemdUnit unit = SystemdUnit.parse(read("systemd/duo-telephony-collector-once.service"));
        String file = "/var/lib/" + unit.value("Service", "StateDirectory") + "/duo-telephony.prom";
        String shown = "/var/lib/prometheus/node-exporter/duo-telephony.prom";

        assertThat(unit.values("Service", "Environment")).contains("METRICS_TEXTFILE=" + file);
        assertThat(unit.values("Service", "ExecStopPost"))
                .as("by root, since the folder is nobody else's, and after a failure too")
                .containsExactly(
                        "-+/usr/bin/install -D -m 644 " + file + " " + shown + ".new",
                        "-+/usr/bin/mv -f " + shown + ".new " + shown);
        assertThat(environment(container("cronjob.yaml")).get("METRICS_PUSH")).startsWith("http://");
        assertThat(environment(container("deployment.yaml")))
                .as("shows them itself")
                .doesNotContainKey("METRICS_PUSH");
    }

    @Test
    void kubernetesManifests_areWhatTheApiTakes() {
        assertThat(kinds("base.yaml")).containsExactly("ServiceAccount", "ConfigMap");
        assertThat(kinds("deployment.yaml")).containsExactly("Deployment");
        assertThat(kinds("cronjob.yaml")).containsExactly("CronJob");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deployment.yaml | replicas: 1              | replica: 1
            deployment.yaml | readOnlyRootFilesystem:  | readOnlyRootFileSystem:
            deployment.yaml | selector:                | selectors:
            cronjob.yaml    | concurrencyPolicy:       | concurrency:
            cronjob.yaml    | schedule: "7 * * * *"    | timetable: hourly
            cronjob.yaml    | args: ["once"]           | args: ["once"
            base.yaml       | kind: ConfigMap          | kind: ConfigMaps
            base.yaml       | automountServiceAccount  | automountServiceAccounts
            """)
    void aBrokenManifest_isRefused(String file, String right, String wrong) {
        String manifest = read("kubernetes/" + file);

        assertThat(manifest).contains(right);
        assertThatThrownBy(() -> validate(manifest.replace(right, wrong))).isInstanceOf(Exception.class);
    }

    @ParameterizedTest
    @CsvSource({"deployment.yaml, run", "cronjob.yaml, once"})
    void pod_hasNoRights_andGetsTheKeyAsAFile(String file, String command) {
        String manifest = read("kubernetes/" + file);
        Map<String, Object> pod = pod(file);
        Map<String, Object> container = container(file);

        assertThat(container.get("args")).isEqualTo(List.of(command));
        assertThat(at(container, "securityContext", "readOnlyRootFilesystem")).isEqualTo(true);
        assertThat(at(container, "securityContext", "allowPrivilegeEscalation")).isEqualTo(false);
        assertThat(at(container, "securityContext", "capabilities", "drop")).isEqualTo(List.of("ALL"));
        assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
        assertThat((Integer) pod.get("terminationGracePeriodSeconds")).isGreaterThanOrEqualTo(STOP_SECONDS_MIN);
        assertThat(manifest).doesNotContain("DUO_SKEY:").doesNotContain("latest\n");
    }

    /** The account of base.yaml, the accounts of a Secret, or both: neither Secret has to be there. */
    @ParameterizedTest
    @ValueSource(strings = {"deployment.yaml", "cronjob.yaml"})
    void pod_hasBothSecretsAsFolders_whereTheSettingsLookForThem(String file) {
        String base = read("kubernetes/base.yaml");
        Map<String, Object> settings = map(documents(base).get(1).get("data"));
        Map<String, Object> many = map(documents(base.replace("  # DUO_ACCOUNTS:", "  DUO_ACCOUNTS:"))
                .get(1)
                .get("data"));
        Map<String, String> secrets = new TreeMap<>();
        for (Object volume : (List<?>) pod(file).get("volumes")) {
            if (map(volume).containsKey("secret")) {
                assertThat(at(map(volume), "secret", "optional")).isEqualTo(true);
                secrets.put(
                        String.valueOf(map(volume).get("name")),
                        String.valueOf(at(map(volume), "secret", "secretName")));
            }
        }
        Map<String, String> folders = new TreeMap<>();
        for (Object mount : (List<?>) container(file).get("volumeMounts")) {
            String secret = secrets.get(map(mount).get("name"));
            if (secret != null) {
                assertThat(map(mount)).containsEntry("readOnly", true).doesNotContainKey("subPath");
                folders.put(String.valueOf(map(mount).get("mountPath")), secret);
            }
        }

        assertThat(settings).as("one account stays one").doesNotContainKey("DUO_ACCOUNTS");
        assertThat(folders)
                .containsOnly(
                        Map.entry(String.valueOf(many.get("DUO_ACCOUNTS")), "duo-accounts"),
                        Map.entry(
                                String.valueOf(settings.get("DUO_SKEY_FILE")).replace("/skey", ""),
                                "duo-telephony-collector"));
    }

    @Test
    void onlyOneCollectorAtATime() {
        assertThat(read("kubernetes/deployment.yaml")).contains("replicas: 1\n", "type: Recreate\n");
        assertThat(read("kubernetes/cronjob.yaml")).contains("concurrencyPolicy: Forbid\n");
    }

    /** The health is shown on the loopback address by default, where no probe gets. */
    @Test
    void deployment_isProbedWhereItsHealthIsShown() {
        Map<String, Object> container = container("deployment.yaml");

        assertThat(environment(container)).containsEntry("OBSERVE_HOST", "0.0.0.0");
        assertThat(at(container, "livenessProbe", "httpGet", "path")).isEqualTo("/observe/health/live");
        assertThat(at(container, "readinessProbe", "httpGet", "path")).isEqualTo("/observe/health/ready");
        assertThat(at(container, "livenessProbe", "httpGet", "port")).isEqualTo("observe");
    }

    @Test
    void ecsTemplate_parses() {
        Map<String, JsonNode> resources =
                CloudFormation.parse(read("ecs/cloudformation.yaml")).resources(Map.of(), Map.of());

        assertThat(resources).containsKeys("Task", "Hourly");
        assertThat(resources.get("Task").toString())
                .contains("\"Command\":[\"once\"]")
                .contains("\"ReadonlyRootFilesystem\":true");
    }

    /** There is no parser of Dockerfiles for the JVM; this reads as much of the form as this file uses. */
    @Test
    void dockerfile_isMadeOfInstructions_onPinnedBases() {
        String file = read("docker/Dockerfile");

        assertThat(instructions(file))
                .startsWith("ARG", "ARG", "FROM")
                .contains("USER")
                .endsWith("ENTRYPOINT", "CMD");
        assertThat(Pattern.compile("(?m)^ARG \\w+=(.*)$").matcher(file).results())
                .hasSize(2)
                .allMatch(base -> base.group(1).matches("[a-z-]+:\\d[\\w.-]*"));
        assertThat(file).contains("\nUSER 65532:65532\n");
        assertThatThrownBy(
                        () -> instructions(file.replace("COPY --from=build /opt/java", "COPIE --from=build /opt/java")))
                .hasMessageContaining("COPIE");
    }

    /** Every variable that a file sets is a setting's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "systemd/env",
                "systemd/duo-telephony-collector.service",
                "systemd/duo-telephony-collector-once.service",
                "kubernetes/base.yaml",
                "kubernetes/cronjob.yaml",
                "kubernetes/deployment.yaml",
                "ecs/cloudformation.yaml",
                "docker/Dockerfile"
            })
    void everyVariable_isASetting(String file) throws IOException {
        Properties settings = new Properties();
        settings.load(new StringReader(PolicyFiles.read(Path.of("application.properties"))));
        Set<String> known = new TreeSet<>();
        settings.stringPropertyNames()
                .forEach(name -> known.add(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")));
        Set<String> used = new TreeSet<>();
        Pattern.compile("\\b((?:DUO|S3|STATE|UDM|MAX|EVENT|METRICS|OBSERVE|LOG)_[A-Z_]+)")
                .matcher(read(file))
                .results()
                .forEach(name -> used.add(name.group(1)));

        assertThat(used).isNotEmpty().isSubsetOf(known);
    }

    private static List<String> kinds(String file) {
        return validate(read("kubernetes/" + file));
    }

    /** Returns the kinds of what is in a manifest, each held against the API's own model: what may and must be there. */
    private static List<String> validate(String yaml) {
        List<String> kinds = new ArrayList<>();
        for (Map<String, Object> document : documents(yaml)) {
            String kind = String.valueOf(document.get("kind"));
            JsonElement json = new Gson().toJsonTree(document);
            try {
                switch (kind) {
                    case "Deployment" -> V1Deployment.validateJsonElement(json);
                    case "CronJob" -> V1CronJob.validateJsonElement(json);
                    case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
                    case "ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
                    default -> throw new IllegalArgumentException("Unknown kind " + kind);
                }
            } catch (IOException e) {
                throw new IllegalArgumentException(e);
            }
            kinds.add(kind);
        }
        return kinds;
    }

    private static List<Map<String, Object>> documents(String yaml) {
        List<Map<String, Object>> documents = new ArrayList<>();
        new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
                .loadAllFromString(yaml)
                .forEach(document -> documents.add(map(document)));
        return documents;
    }

    private static List<String> instructions(String dockerfile) {
        List<String> found = new ArrayList<>();
        String joined = dockerfile.replace("\\\n", " ");
        for (String line : joined.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String word = line.split(" ", 2)[0];
            if (!Set.of("ARG", "FROM", "WORKDIR", "RUN", "COPY", "ENV", "VOLUME", "USER", "ENTRYPOINT", "CMD")
                    .contains(word)) {
                throw new IllegalArgumentException("Unknown instruction " + word);
            }
            found.add(word);
        }
        return found;
    }

    /** The commands in a document's blocks of code. */
    private static List<String> shell(String markdown) {
        return Pattern.compile("(?ms)^```\n(.*?)^```")
                .matcher(markdown)
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
    }

    private static Map<String, Object> pod(String file) {
        Map<String, Object> workload = documents(read("kubernetes/" + file)).get(0);
        return map(
                file.startsWith("cron")
                        ? at(workload, "spec", "jobTemplate", "spec", "template", "spec")
                        : at(workload, "spec", "template", "spec"));
    }

    private static Map<String, Object> container(String file) {
        return map(((List<?>) pod(file).get("containers")).get(0));
    }

    private static Map<String, String> environment(Map<String, Object> container) {
        Map<String, String> environment = new TreeMap<>();
        for (Object variable : (List<?>) container.get("env")) {
            environment.put(
                    String.valueOf(map(variable).get("name")),
                    String.valueOf(map(variable).get("value")));
        }
        return environment;
    }

    private static Object at(Map<String, Object> map, String... path) {
        Object value = map;
        for (String name : path) {
            value = map(value).get(name);
            assertThat(value).as(name).isNotNull();
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static String read(String file) {
        return PolicyFiles.read(DEPLOY.resolve(file));
    }
}
