// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Units and templates: each parses, each of its kind's mistakes is refused, and all set the same things alike. KubernetesTest
 * has the manifests, ImageTest the image.
 */
class ManifestTest {

    private static final Path DEPLOY = Path.of("src", "deploy");

    /** How long a page in hand may take, with room for the end of the program. */
    static final int STOP_SECONDS_MIN = 45 + 10;

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

        assertThat(unit.value("Service", "ExecStart")).endsWith("/bin/duo-collector " + command);
        assertThat(unit.value("Service", "CacheDirectory")).isEqualTo("duo-telephony-collector");
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
                        "install -m 644 application.properties.example " + folder + "/application.properties",
                        "install -m 644 routes/event-steps.camel.yaml " + folder + "/routes/")
                .anyMatch(command -> command.startsWith("mkdir -p ") && command.contains(" " + folder + "/routes"));
        Matcher launcher = Pattern.compile("^(\\S+)/bin/duo-collector ").matcher(unit.value("Service", "ExecStart"));
        assertThat(launcher.find()).isTrue();
        assertThat(commands).contains("cp -r . " + launcher.group(1) + "/");
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
        for (String template : List.of("ecs/cloudformation.yaml", "ecs/cluster.yaml")) {
            JsonNode task = container(template, "collector");
            assertThat(task.path("Environment").toString()).contains("{\"Name\":\"LANG\",\"Value\":\"C.UTF-8\"}");
            assertThat(task.has("EntryPoint")).as(template).isFalse();
        }
        assertThat(PolicyFiles.read(Path.of("src/site/markdown/DEPLOYMENT.md")))
                .as("cron, by the launcher, which has both")
                .containsPattern("(?m)^7 \\* .* \\S+/bin/duo-collector once$");
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

    /** A password is written before the collector starts, where it reads it, and nowhere else. */
    @Test
    void ecsClusterNode_findsItsPasswordInAFile(@TempDir Path folder) throws Exception {
        JsonNode writer = container("ecs/cluster.yaml", "password");
        JsonNode node = container("ecs/cluster.yaml", "collector");
        String file = node.path("Environment")
                .valueStream()
                .filter(each -> each.path("Name").asText().equals("CLUSTER_PASSWORD_FILE"))
                .findFirst()
                .orElseThrow()
                .path("Value")
                .asText();
        Path written = folder.resolve("cluster-password");
        ProcessBuilder shell = new ProcessBuilder(
                writer.at("/EntryPoint/0").asText(),
                writer.at("/EntryPoint/1").asText(),
                writer.at("/Command/0").asText().replace(file, written.toString()));
        shell.environment().put("PASSWORD", "a %s \"$1\" \\n");

        assertThat(shell.start().waitFor()).isZero();
        assertThat(written).hasContent("a %s \"$1\" \\n");
        assertThat(Files.getPosixFilePermissions(written))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(writer.path("Essential").asBoolean(true)).isFalse();
        assertThat(writer.path("MountPoints")).isEqualTo(node.path("MountPoints"));
        assertThat(writer.path("MountPoints").toString()).contains("\"/tmp\"");
        assertThat(node.path("DependsOn").toString())
                .isEqualTo("[{\"ContainerName\":\"password\",\"Condition\":\"SUCCESS\"}]");
        assertThat(writer.path("Secrets").findValuesAsText("Name")).containsExactly("PASSWORD");
    }

    private static JsonNode container(String template, String name) {
        return CloudFormation.parse(read(template))
                .resources(Map.of(), Map.of())
                .get("Task")
                .at("/Properties/ContainerDefinitions")
                .valueStream()
                .filter(each -> each.path("Name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"'', true", "0/3, true", "999/1000, true", "auto/3, false", "1, false", "-1/3, false", "01/3, false"})
    void ecsTask_collectsTheShardOfItsStack(String shard, boolean isAllowed) {
        CloudFormation template = CloudFormation.parse(read("ecs/cloudformation.yaml"));
        String allowed =
                template.template().at("/Parameters/Shard/AllowedPattern").asText();
        JsonNode environment = template.resources(Map.of("Shard", shard), Map.of())
                .get("Task")
                .at("/Properties/ContainerDefinitions/0/Environment");

        assertThat(Pattern.matches(allowed, shard)).isEqualTo(isAllowed);
        assertThat(environment.toString()).contains("{\"Name\":\"STREAMS_SHARD\",\"Value\":\"" + shard + "\"}");
        assertThat(template.template().at("/Parameters/Shard/Default").asText("none"))
                .as("all logs")
                .isEmpty();
    }

    /** Each of the two hosts has the other half, and the file for both has none, so that a single host collects all. */
    @Test
    void systemdExample_sharesAllLogsOut() {
        assertThat(shell(read("systemd/README.md")).stream().filter(line -> line.contains("STREAMS_SHARD")))
                .containsExactly("STREAMS_SHARD=0/2", "STREAMS_SHARD=1/2");
        assertThat(read("systemd/env").lines())
                .noneMatch(line -> line.startsWith("STREAMS_SHARD"))
                .contains("# STREAMS_SHARD=0/2");
    }

    /** Every variable that a file sets is a setting's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "systemd/env",
                "systemd/duo-telephony-collector.service",
                "systemd/duo-telephony-collector-once.service",
                "kubernetes/base/pod.yaml",
                "kubernetes/base/settings.env",
                "kubernetes/components/cluster/pod.yaml",
                "kubernetes/components/shards/pod.yaml",
                "kubernetes/overlays/service/kustomization.yaml",
                "kubernetes/overlays/job/kustomization.yaml",
                "kubernetes/overlays/shards/kustomization.yaml",
                "kubernetes/overlays/cluster/kustomization.yaml",
                "ecs/cloudformation.yaml",
                "ecs/cluster.yaml",
                "docker/Dockerfile",
                "docker/compose.yaml"
            })
    void everyVariable_isASetting(String file) throws IOException {
        Properties settings = new Properties();
        settings.load(new StringReader(PolicyFiles.read(Path.of("application.properties"))));
        Set<String> known = new TreeSet<>();
        settings.stringPropertyNames()
                .forEach(name -> known.add(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")));
        Set<String> used = new TreeSet<>();
        Pattern.compile("\\b((?:CLUSTER|DUO|S3|STATE|STREAMS|UDM|MAX|EVENT|METRICS|OBSERVE|LOG)_[A-Z_]+)")
                .matcher(read(file))
                .results()
                .forEach(name -> used.add(name.group(1)));

        assertThat(used).isNotEmpty().isSubsetOf(known);
    }

    /** The commands in a document's blocks of code. */
    private static List<String> shell(String markdown) {
        return Pattern.compile("(?ms)^```\n(.*?)^```")
                .matcher(markdown)
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
    }

    private static String read(String file) {
        return PolicyFiles.read(DEPLOY.resolve(file));
    }
}
