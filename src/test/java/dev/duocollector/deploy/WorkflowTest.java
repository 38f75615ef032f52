// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GitHub's workflows: each parses, names only what is there, and may do no more than it must. SupplyTest holds their actions. */
class WorkflowTest {

    private static final String RELEASE = PolicyFiles.read(Workflow.FOLDER.resolve("release.yml"));

    /** Write access to the repository only where its page is made; none in the job that runs what Maven downloads. */
    @Test
    void everyJob_mayDoWhatItMust_andNoMore() throws IOException {
        Map<String, Map<String, String>> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(Workflow.FOLDER)) {
            for (Path file : files.toList()) {
                Workflow.parse(PolicyFiles.read(file))
                        .permissions()
                        .forEach((job, permissions) -> found.put(file.getFileName() + " " + job, permissions));
            }
        }

        assertThat(found)
                .isEqualTo(Map.of(
                        "verify.yml verify", Map.of("contents", "read"),
                        "nightly.yml whole", Map.of("contents", "read"),
                        "nightly.yml model", Map.of("contents", "read"),
                        "nightly.yml kills", Map.of("contents", "read"),
                        "release.yml build", Map.of("contents", "read"),
                        "release.yml provenance", Map.of("attestations", "write", "id-token", "write"),
                        "release.yml image", Map.of("attestations", "write", "id-token", "write", "packages", "write"),
                        "release.yml page", Map.of("contents", "write")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an unknown key | timeout-minutes: 10 | timeout-minute: 10 | timeout-minute in job provenance",
                "a key of a step | 'with:\n          subject-checksums' | 'wiht:\n          subject-checksums' | wiht in a step of job provenance",
                "no end | '    timeout-minutes: 10\n' | '' | timeout-minutes is missing in job provenance",
                "a job below | needs: build | needs: page | page, which is no job above it",
                "a job that is none | needs: build | needs: built | built, which is no job above it",
                "a permission that is none | packages: write | package: write | no permission package",
                "a script that is none | scripts/release-files | scripts/release-file | no program .github/scripts/release-file",
                "a file that is no program | .github/scripts/release-files | ./pom.xml | no program ./pom.xml",
                "a profile that is none | -Prelease,nightly verify | -Prelease,nights verify | no profile nights",
                "a test that is none | -Prelease,nightly verify | -Prelease,nightly verify -Dit.test=NoSuchIT | no test NoSuchIT",
                "a value in a script | '$GITHUB_REF_NAME\"\n' | '${{ github.ref_name }}\"\n' | puts a value into its script",
                "an output that is none | steps.names.outputs.tags | steps.names.outputs.tag | no steps.names.outputs.tag",
                "an output of another action | steps.push.outputs.digest | steps.names.outputs.digest | no steps.names.outputs.digest",
                "a secret | password: ${{ github.token }} | password: ${{ secrets.REGISTRY }} | no secrets.REGISTRY",
                "an artifact that is none | 'name: release\n          path: dist\n          if' | 'name: files\n          path: dist\n          if' | uploads release",
                "a step with nothing | '- id: push\n        uses:' | '- id: push\n        name:' | needs uses or run",
                "a key twice | permissions: {} | 'permissions: {}\npermissions: {}' | duplicate key permissions"
            })
    void aWrongWorkflow_isRefused(String what, String right, String wrong, String message) {
        assertThat(RELEASE).as(what).contains(right);

        assertThatThrownBy(() -> Workflow.parse(RELEASE.replace(right, wrong)))
                .as(what)
                .hasMessageContaining(message);
    }
}
