// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The release archive: what is in it, what its documents point to, and its checksums. */
class ReleaseIT {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");

    private final Path archive = Path.of(Objects.requireNonNull(System.getProperty("release.archive")));
    private final String components = Objects.requireNonNull(System.getProperty("release.components"));
    private final String folder = archive.getFileName().toString().replace(".zip", "/");

    @Test
    void holdsWhatAnOperatorNeeds_andNothingElse() throws IOException {
        Set<String> expected = new TreeSet<>(Set.of(
                "LICENSE",
                "README.md",
                "application.properties.example",
                "bin/duo-collector",
                "bin/duo-collector.cmd",
                "duo-collector.1",
                "duo-telephony-collector.jar"));
        if (!components.equals("none")) {
            expected.add(components);
        }
        for (String part : new String[] {"routes", "src/deploy", "src/site"}) {
            try (Stream<Path> files = Files.walk(Path.of(part))) {
                files.filter(Files::isRegularFile).forEach(file -> expected.add(file.toString()));
            }
        }

        Map<String, byte[]> content = content();
        assertThat(content.keySet()).containsExactlyElementsOf(expected);
        for (Map.Entry<String, byte[]> file : content.entrySet()) {
            Path built = Path.of(file.getKey().replace(".example", "").replaceFirst("^bin/", "src/main/bin/"));
            Path original = Files.exists(built) ? built : archive.resolveSibling(file.getKey());
            assertThat(file.getValue()).as(file.getKey()).isEqualTo(Files.readAllBytes(original));
        }
    }

    @Test
    void everyLink_ofItsDocuments_isInIt() throws IOException {
        Set<String> missing = new TreeSet<>();
        Map<String, byte[]> content = content();
        content.forEach((name, bytes) -> {
            if (name.endsWith(".md")) {
                LINK.matcher(new String(bytes, StandardCharsets.UTF_8))
                        .results()
                        .map(link -> link.group(1))
                        .filter(target -> !target.matches("[a-z]+:.*"))
                        .map(target ->
                                Path.of(name).resolveSibling(target).normalize().toString())
                        .filter(target -> content.keySet().stream()
                                .noneMatch(file -> file.equals(target) || file.startsWith(target + "/")))
                        .forEach(target -> missing.add(name + " -> " + target));
            }
        });

        assertThat(missing)
                .as("but for how to contribute, which is for those who have the source")
                .containsExactly(
                        "README.md -> .github/CONTRIBUTING.md",
                        "src/site/markdown/DEPLOYMENT.md -> .github/CONTRIBUTING.md");
    }

    /** Only with -Prelease, which makes the list. */
    @Test
    void listOfComponents_namesEveryLibraryOfTheJar() throws IOException {
        assumeThat(components).isNotEqualTo("none");
        JsonNode list = new ObjectMapper().readTree(content().get(components));
        Set<String> listed = new TreeSet<>();
        list.path("components")
                .forEach(component -> listed.add(component.path("group").asText() + "/"
                        + component.path("name").asText()));
        Set<String> packed = new TreeSet<>();
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(System.getProperty("runnable.jar")));
                Stream<Path> poms = Files.walk(jar.getPath("META-INF/maven"))) {
            poms.filter(file -> file.endsWith("pom.properties"))
                    .forEach(file -> packed.add(file.getParent().getParent().getFileName() + "/"
                            + file.getParent().getFileName()));
        }
        packed.remove("dev.duocollector/duo-telephony-collector");

        assertThat(list.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(packed).hasSizeGreaterThan(50);
        assertThat(listed).containsAll(packed).contains("ch.qos.logback/logback-classic");
        assertThat(listed).doesNotContain("org.junit.jupiter/junit-jupiter", "com.mchange/c3p0");
    }

    /** Of all that a release's page offers; the KAR is there with -Prelease and a few others, the list of components with it only. */
    @Test
    void checksums_areThoseOfEveryFile() throws IOException, NoSuchAlgorithmException {
        String zip = archive.getFileName().toString();
        Set<String> names = new TreeSet<>(Set.of(zip, zip.replace(".zip", ".tar.gz")));
        boolean isRelease = !components.equals("none");
        if (isRelease) {
            names.add(components);
        }
        String kar = "duo-telephony-collector-karaf.kar";
        if (isRelease || Files.exists(archive.resolveSibling(kar))) {
            names.add(kar);
        }
        Map<String, String> expected = new TreeMap<>();
        for (String name : names) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            expected.put(
                    name, HexFormat.of().formatHex(digest.digest(Files.readAllBytes(archive.resolveSibling(name)))));
        }

        Map<String, String> found = new TreeMap<>();
        Files.readAllLines(archive.resolveSibling("SHA256SUMS")).forEach(line -> {
            String[] parts = line.split("  ", 2);
            found.put(parts[1], parts[0]);
        });
        assertThat(found).isEqualTo(expected);
    }

    /** Every file of the archive by its name in the archive's folder. */
    private Map<String, byte[]> content() throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry :
                    zip.stream().filter(file -> !file.isDirectory()).toList()) {
                assertThat(entry.getName()).startsWith(folder);
                try (InputStream in = zip.getInputStream(entry)) {
                    content.put(entry.getName().substring(folder.length()), in.readAllBytes());
                }
            }
        }
        return content;
    }
}
