// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The POM: what Maven Central asks of it, and that nothing of this is in a build that publishes nothing. */
class PomTest {

    private static final String POM = PolicyFiles.read(Path.of("pom.xml"));

    /** https://central.sonatype.org/publish/requirements/ (read 2026-11-27); it must be signed, too, and have checksums. */
    private static final List<String> REQUIRED = List.of(
            "/project/groupId",
            "/project/artifactId",
            "/project/version",
            "/project/name",
            "/project/description",
            "/project/url",
            "/project/licenses/license/name",
            "/project/licenses/license/url",
            "/project/developers/developer/name",
            "/project/scm/connection",
            "/project/scm/developerConnection",
            "/project/scm/url",
            plugin("release", "maven-source-plugin", "jar-no-fork"),
            plugin("release", "maven-javadoc-plugin", "jar"),
            plugin("central", "maven-gpg-plugin", "sign"));

    @Test
    void pom_hasWhatMavenCentralAsksFor() throws Exception {
        assertThat(missing(POM)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "no name, <name>Duo telephony collector</name>, /project/name",
        "nobody's, <name>The Duo telephony collector authors</name>, /project/developers/developer/name",
        "no repository, <connection>scm:git:${project.url}.git</connection>, /project/scm/connection",
        "no sources, <goal>jar-no-fork</goal>, maven-source-plugin",
        "not signed, <goal>sign</goal>, maven-gpg-plugin"
    })
    void whatIsMissing_isFound(String what, String part, String path) throws Exception {
        assertThat(POM).as(what).contains(part);

        assertThat(missing(POM.replace(part, part.replaceAll("<(name|connection|goal)>.*", ""))))
                .as(what)
                .singleElement()
                .asString()
                .contains(path);
    }

    @Test
    void aNormalBuild_needsNoneOfIt() throws Exception {
        List<String> plugins = new ArrayList<>();
        for (String plugin : List.of(
                "maven-shade-plugin",
                "maven-source-plugin",
                "maven-javadoc-plugin",
                "cyclonedx-maven-plugin",
                "maven-gpg-plugin",
                "central-publishing-maven-plugin")) {
            if (has(POM, "/project/build/plugins/plugin[artifactId='" + plugin + "']")) {
                plugins.add(plugin);
            }
        }

        assertThat(plugins).containsExactly("maven-shade-plugin");
    }

    private static List<String> missing(String pom) throws Exception {
        List<String> missing = new ArrayList<>();
        for (String path : REQUIRED) {
            if (!has(pom, path)) {
                missing.add(path);
            }
        }
        return missing;
    }

    private static boolean has(String pom, String path) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(pom)));
        return !XPathFactory.newInstance()
                .newXPath()
                .evaluate("normalize-space(" + path + ")", document)
                .isEmpty();
    }

    private static String plugin(String profile, String name, String goal) {
        return "/project/profiles/profile[id='" + profile + "']/build/plugins/plugin[artifactId='" + name
                + "']/executions/execution/goals/goal[.='" + goal + "']";
    }
}
