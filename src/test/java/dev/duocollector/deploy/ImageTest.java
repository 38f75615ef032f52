// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The image: its Dockerfile, the workflow that publishes it, and Compose's file. There is no engine here to build it with. */
class ImageTest {

    private static final Path FOLDER = Path.of("src", "deploy", "docker");
    private static final String DOCKERFILE = PolicyFiles.read(FOLDER.resolve("Dockerfile"));
    private static final String COMPOSE = PolicyFiles.read(FOLDER.resolve("compose.yaml"));
    private static final String RELEASE = PolicyFiles.read(Workflow.FOLDER.resolve("release.yml"));

    /** Of https://docs.docker.com/reference/compose-file/services/ (read 2026-11-27), those that are used here. */
    private static final Set<String> SERVICE_KEYS = Set.of(
            "image",
            "command",
            "environment",
            "secrets",
            "read_only",
            "tmpfs",
            "cap_drop",
            "security_opt",
            "mem_limit",
            "restart",
            "stop_grace_period",
            "healthcheck",
            "logging");

    /** There is no parser of Dockerfiles for the JVM; this reads as much of the form as this file uses. */
    @Test
    void dockerfile_isMadeOfInstructions() {
        assertThat(instructions(DOCKERFILE))
                .startsWith("ARG", "FROM", "FROM", "FROM")
                .contains("USER", "LABEL")
                .endsWith("ENTRYPOINT", "CMD");
        assertThat(DOCKERFILE).contains("\nUSER 65532:65532\n");
        assertThatThrownBy(() ->
                        instructions(DOCKERFILE.replace("COPY --from=build /opt/java", "COPIE --from=build /opt/java")))
                .hasMessageContaining("COPIE");
    }

    /** By content, and of the version that the name says: a tag can be moved. */
    @Test
    void everyBase_isPinned_andOfOneDistribution() {
        List<String> bases = all("(?m)^FROM (\\S+)", DOCKERFILE);

        assertThat(bases.remove("jdk${JAVA}")).isTrue();
        assertThat(bases).hasSize(3).allMatch(base -> base.matches("[a-z-]+:[\\w.-]*\\d[\\w.-]*@sha256:[0-9a-f]{64}"));
        assertThat(bases).allMatch(base -> base.contains("jammy"));
        assertThat("ubuntu:22.04".matches("[a-z-]+:[\\w.-]*\\d[\\w.-]*@sha256:[0-9a-f]{64}"))
                .as("a name alone")
                .isFalse();
    }

    @Test
    void bothJavaVersions_areBuilt_forBothPlatforms() {
        List<String> stages = all("(?m)^FROM \\S+:(\\d+)\\S* AS jdk\\1$", DOCKERFILE);

        assertThat(stages).containsExactly("17", "25");
        assertThat(all("java: \\[\"(\\d+)\", \"(?:\\d+)\"]", RELEASE)).containsExactly(stages.get(0));
        assertThat(all("java: \\[\"(?:\\d+)\", \"(\\d+)\"]", RELEASE)).containsExactly(stages.get(1));
        assertThat(DOCKERFILE).contains("\nARG JAVA=17\n");
        assertThat(RELEASE)
                .contains("build-args: JAVA=${{ matrix.java }}", "platforms: linux/amd64,linux/arm64")
                .contains("file: image/" + FOLDER.resolve("Dockerfile"));
        assertThat(PolicyFiles.read(FOLDER.resolve("README.md"))).contains("--build-arg JAVA=25");
    }

    /** What says where an image is from, half of it in the Dockerfile, half where the version and the commit are known. */
    @Test
    void labels_areThoseOfTheOpenContainerInitiative() {
        String name = "org\\.opencontainers\\.image\\.([a-z]+)=";

        assertThat(all(name, DOCKERFILE)).containsExactly("title", "description", "licenses");
        assertThat(all(name, RELEASE)).containsExactly("version", "revision", "created", "source");
    }

    /** The archive is made with the garbage collector that reads it, by the very path, and is named in the file of options. */
    @Test
    void archiveOfClasses_isTheOneThatIsRead() {
        String entry = all("(?m)^ENTRYPOINT (.*)$", DOCKERFILE).get(0);
        String jar = "/opt/duo-telephony-collector/duo-telephony-collector.jar";

        assertThat(entry)
                .startsWith("[\"/opt/java/bin/java\", \"@/opt/duo-telephony-collector/java.options\", ")
                .contains("\"-XX:+UseSerialGC\"", "\"-XX:TieredStopAtLevel=1\"")
                .endsWith("\"-jar\", \"" + jar + "\"]");
        assertThat(DOCKERFILE)
                .contains(
                        "make=-XX:AOTCacheOutput= use=-XX:AOTCache= file=collector.aot",
                        "make=-XX:ArchiveClassesAtExit= use=-XX:SharedArchiveFile= file=collector.jsa",
                        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                        "-jar " + jar + " once",
                        "echo \"${use}/opt/duo-telephony-collector/${file}\" > java.options");
    }

    @Test
    void composeService_isHardened_andGetsTheKeyAsAFile() {
        Map<?, ?> service = service(COMPOSE);

        assertThat(service.get("read_only")).isEqualTo(true);
        assertThat(service.get("tmpfs")).isEqualTo(List.of("/tmp"));
        assertThat(service.get("cap_drop")).isEqualTo(List.of("ALL"));
        assertThat(service.get("security_opt")).isEqualTo(List.of("no-new-privileges:true"));
        assertThat(service.get("restart")).isEqualTo("unless-stopped");
        assertThat(service.get("command")).isEqualTo(List.of("run"));
        assertThat(((Map<?, ?>) service.get("environment")).get("DUO_SKEY_FILE"))
                .isEqualTo("/run/secrets/skey");
        assertThat(service.get("secrets")).isEqualTo(List.of("skey"));
        assertThat(Integer.parseInt(((String) service.get("stop_grace_period")).replace("s", "")))
                .isGreaterThanOrEqualTo(ManifestTest.STOP_SECONDS_MIN);
    }

    /** One image and one size in every file; what one file says another does not contradict. */
    @Test
    void composeService_isLikeThePod() {
        Map<?, ?> service = service(COMPOSE);
        String pod = PolicyFiles.read(Path.of("src", "deploy", "kubernetes", "base", "pod.yaml"));

        assertThat(pod)
                .contains("registry.example.com/" + service.get("image") + "\n")
                .contains("memory: " + ((String) service.get("mem_limit")).replace("m", "Mi") + "\n");
        assertThat(PolicyFiles.read(FOLDER.resolve("README.md"))).contains(" -t " + service.get("image") + " .");
        assertThat(service.get("healthcheck").toString())
                .as("with what the base has: bash, and no curl")
                .contains("[CMD, bash, -c, ")
                .contains("/dev/tcp/127.0.0.1/"
                        + all("observe\\.port=(\\d+)", settings()).get(0))
                .contains("/observe/health/ready");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an unknown key | read_only: | readonly: | readonly",
                "a secret that is none | '      - skey' | '      - key' | key is no secret",
                "a key twice | '    restart: ' | '    read_only: false\n    restart: ' | duplicate key read_only",
                "no image | '    image: ' | '    imago: ' | imago"
            })
    void aWrongComposeFile_isRefused(String what, String right, String wrong, String message) {
        assertThat(COMPOSE).as(what).contains(right);

        assertThatThrownBy(() -> service(COMPOSE.replace(right, wrong)))
                .as(what)
                .hasMessageContaining(message);
    }

    /** Both documents run the image under the limits of Compose's file, in one line that a reader can copy. */
    @ParameterizedTest
    @CsvSource({"src/deploy/docker/README.md", "src/site/markdown/DEPLOYMENT.md"})
    void dockerRun_isOneLine_andHardened(String document) {
        assertThat(all("(?m)^(docker run .*)$", PolicyFiles.read(Path.of(document))))
                .singleElement()
                .asString()
                .contains(" --read-only ", " --tmpfs /tmp ", " --cap-drop ALL ")
                .contains(" --security-opt no-new-privileges ", ":/run/secrets/skey:ro\"")
                .contains(" -e DUO_SKEY_FILE=/run/secrets/skey ")
                .doesNotEndWith("\\");
    }

    private static Map<?, ?> service(String compose) {
        Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(compose);
        Map<?, ?> service = (Map<?, ?>) ((Map<?, ?>) root.get("services")).get("collector");
        for (Object key : service.keySet()) {
            if (!SERVICE_KEYS.contains((String) key)) {
                throw new IllegalArgumentException("A service has no " + key);
            }
        }
        for (Object secret : (List<?>) service.get("secrets")) {
            if (!((Map<?, ?>) root.get("secrets")).containsKey(secret)) {
                throw new IllegalArgumentException(secret + " is no secret");
            }
        }
        return service;
    }

    private static String settings() {
        return PolicyFiles.read(Path.of("application.properties"));
    }

    private static List<String> all(String pattern, String text) {
        List<String> found = new ArrayList<>();
        for (MatchResult result :
                Pattern.compile(pattern).matcher(text).results().toList()) {
            found.add(result.group(1));
        }
        return found;
    }

    private static List<String> instructions(String dockerfile) {
        List<String> found = new ArrayList<>();
        String joined = dockerfile.replace("\\\n", " ");
        for (String line : joined.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String word = line.split(" ", 2)[0];
            if (!Set.of("ARG", "FROM", "LABEL", "WORKDIR", "RUN", "COPY", "ENV", "VOLUME", "USER", "ENTRYPOINT", "CMD")
                    .contains(word)) {
                throw new IllegalArgumentException("Unknown instruction " + word);
            }
            found.add(word);
        }
        return found;
    }
}
