// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kustomization makes of the manifests what kustomize makes of them. Without kubectl or kustomize this is skipped, and says so. */
class KustomizationTest {

    private static final String SKIPPED =
            "SKIPPED: what kustomize makes of the Kubernetes manifests was not compared, since"
                    + " neither kubectl nor kustomize is on the path.";

    /** It takes a second; a machine with other work has minutes. */
    private static final long MINUTES_MAX = 5;

    private static final Pattern HASHED = Pattern.compile(": duo-telephony-collector-([a-z0-9]{10})\n");

    @TempDir
    Path folder;

    private Manifests manifests;

    @BeforeEach
    void copy() {
        manifests = Manifests.copyTo(folder);
    }

    static List<String> overlays() {
        return Manifests.folders("overlays");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void kustomize_makesTheSame(String overlay) throws IOException, InterruptedException {
        String made = kustomize(overlay);

        KubernetesRules.check(Kustomization.documents(made));
        assertThat(HASHED.matcher(made).results()).as("settings with a hash").hasSizeGreaterThan(1);
        List<ObjectNode> plain =
                Kustomization.documents(HASHED.matcher(made).replaceAll(": duo-telephony-collector\n"));
        assertThat(new HashSet<>(plain)).isEqualTo(new HashSet<>(manifests.render(overlay)));
        manifests.change("base/settings.env", "S3_REGION=eu-central-1", "S3_REGION=eu-central-2");
        assertThat(hashes(kustomize(overlay)))
                .as("changed settings make new pods")
                .hasSize(1)
                .doesNotContainAnyElementsOf(hashes(made));
    }

    /** So that what is compared above is what kustomize makes of these very files. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            overlays/shards/kustomization.yaml | replacements: | replacement:      | unknown field
            components/shards/pod.yaml         | kind: PodTemplate | kind: Pod         | no resource matches
            components/shards/kustomization.yaml | kind: StatefulSet | kind: Deployment  | unable to find field
            """)
    void kustomize_refusesTheSame(String file, String right, String wrong, String said) {
        manifests.change(file, right, wrong);

        assertThatThrownBy(() -> kustomize("shards"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
        assertThatThrownBy(() -> manifests.render("shards")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Set<String> hashes(String made) {
        return HASHED.matcher(made).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private String kustomize(String overlay) throws IOException, InterruptedException {
        if (onPath("kubectl").isEmpty() && onPath("kustomize").isEmpty()) {
            // Maven counts skipped tests, and does not say why.
            System.out.println(SKIPPED);
            abort(SKIPPED);
        }
        List<String> command = new ArrayList<>(
                onPath("kubectl").isPresent() ? List.of("kubectl", "kustomize") : List.of("kustomize", "build"));
        command.add(manifests.overlay(overlay).toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
            if (process.exitValue() != 0) {
                throw new IllegalArgumentException("kustomize: " + text);
            }
            return text;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
