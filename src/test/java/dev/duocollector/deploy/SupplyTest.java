// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the build takes from others without Maven's own checksums: by content, never by a name that can be moved. */
class SupplyTest {

    /** A commit, and the version that it is of. */
    private static final Pattern PINNED = Pattern.compile("[\\w.-]+(?:/[\\w.-]+)+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

    private static final Pattern USES = Pattern.compile("(?m)^\\s*(?:- )?uses:\\s*(.+?)\\s*$");

    @Test
    void everyAction_isPinnedByItsCommit() throws IOException {
        List<String> used = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(".github", "workflows"))) {
            for (Path file : files.toList()) {
                USES.matcher(PolicyFiles.read(file)).results().forEach(use -> used.add(use.group(1)));
            }
        }

        assertThat(used).isNotEmpty().allMatch(use -> PINNED.matcher(use).matches());
    }

    @ParameterizedTest
    @CsvSource({
        "actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0, true",
        "actions/cache/save@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0, true",
        "actions/checkout@v4, false",
        "actions/checkout@main, false",
        "actions/checkout@11d5960 # v4.4.0, false",
        "actions/checkout@11d5960a326750d5838078e36cf38b85af677262, false",
        "actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4, false"
    })
    void aPin_isACommitWithItsVersion(String use, boolean pinned) {
        assertThat(PINNED.matcher(use).matches()).isEqualTo(pinned);
    }

    @Test
    void theWrapper_takesNoOtherMaven() {
        String properties = PolicyFiles.read(Path.of(".mvn", "wrapper", "maven-wrapper.properties"));

        assertThat(properties)
                .containsPattern("(?m)^distributionUrl=https://.*-bin\\.zip$")
                .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
        assertThat(PolicyFiles.read(Path.of("mvnw"))).as("what reads it").contains("distributionSha256Sum");
    }
}
