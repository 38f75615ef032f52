// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.testing.Nightly;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What the two bundles ask of a container, read off their manifests, and for the thin one held against camel-karaf's own list
 * of features: all that can be said of it without camel-karaf's bundles, which the build cannot get.
 */
class BundlesIT {

    private static final String OUTSIDE_QUOTES = "(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

    private static final String CAMEL_RANGE = "[4.10,5)";

    /** Not in camel-karaf's features: what every Karaf has. */
    private static final Set<String> OF_KARAF =
            Set.of("slf4j-api", "org.osgi.framework", "org.osgi.service.cm", "camel-core-osgi");

    private final Map<String, String> thin = headers("thin.jar");

    @Test
    void theThinJar_isABundleForTheCamelLinesTried() {
        Map<String, Map<String, String>> imports = clauses(thin.get("Import-Package"));

        assertThat(thin)
                .containsEntry("Bundle-SymbolicName", "dev.duocollector.duo-telephony-collector")
                .containsEntry("Bundle-Activator", "dev.duocollector.karaf.Activator");
        assertThat(imports)
                .containsKeys("org.apache.camel", "org.apache.camel.main", "org.apache.camel.support", "org.slf4j");
        imports.forEach((name, attributes) -> {
            if (name.startsWith("org.apache.camel")) {
                assertThat(attributes).as(name).containsEntry("version", CAMEL_RANGE);
            }
        });
        for (String version : List.of("4.10.0", "4.14.5", "4.18.0", "4.18.4", "4.22.0")) {
            assertThat(new VersionRange(CAMEL_RANGE).includes(new Version(version)))
                    .as(version)
                    .isTrue();
        }
        assertThat(new VersionRange(CAMEL_RANGE).includes(new Version("5.0.0"))).isFalse();
        assertThat(imports.entrySet().stream()
                        .filter(entry -> isOptional(entry.getValue()))
                        .map(Map.Entry::getKey))
                .as("what it can do without")
                .containsExactlyInAnyOrder(
                        "org.apache.camel.karaf.core",
                        "io.micrometer.prometheusmetrics",
                        "com.sun.net.httpserver",
                        "ch.qos.logback.classic",
                        "ch.qos.logback.classic.encoder",
                        "ch.qos.logback.classic.spi",
                        "ch.qos.logback.core",
                        "ch.qos.logback.core.encoder",
                        "com.zaxxer.hikari",
                        "org.postgresql.ds",
                        "org.postgresql.util",
                        "picocli",
                        "org.jspecify.annotations",
                        "sun.misc");
        assertThat(clauses(thin.get("Export-Package")))
                .as("what routes in other bundles may name")
                .containsKeys(
                        "dev.duocollector",
                        "dev.duocollector.run",
                        "dev.duocollector.sink",
                        "dev.duocollector.source",
                        "dev.duocollector.state");
    }

    @Test
    void theThinJar_findsTheClassesThatOnlyTheRoutesName() throws IOException {
        Set<String> exported = clauses(thin.get("Export-Package")).keySet();
        List<String> dynamic =
                List.copyOf(clauses(thin.get("DynamicImport-Package")).keySet());
        Set<String> named = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher matcher = Pattern.compile("\\b((?:[a-z][a-z0-9_]*\\.){2,})[A-Z]\\w+")
                        .matcher(Files.readString(file));
                while (matcher.find()) {
                    named.add(matcher.group(1).replaceFirst("\\.$", ""));
                }
            }
        }

        assertThat(named)
                .contains(
                        "dev.duocollector.run", "software.amazon.awssdk.services.s3.model", "org.apache.camel.support");
        assertThat(named)
                .allMatch(name -> exported.contains(name)
                        || name.startsWith("java.")
                        || dynamic.stream()
                                .anyMatch(pattern -> name.startsWith(pattern.substring(0, pattern.length() - 1))));
    }

    @Nightly
    @Test
    void theBundleWithCamelInside_asksForNothingButLoggingAndConfiguration() {
        Map<String, String> fat = headers("karaf.bundle");
        Map<String, Map<String, String>> imports = clauses(fat.get("Import-Package"));

        assertThat(fat)
                .containsEntry("Bundle-SymbolicName", "dev.duocollector.duo-telephony-collector.karaf")
                .doesNotContainKeys("Export-Package", "DynamicImport-Package");
        assertThat(imports.entrySet().stream()
                        .filter(entry -> !isOptional(entry.getValue()))
                        .map(Map.Entry::getKey))
                .contains("org.osgi.framework", "org.osgi.service.cm", "org.slf4j")
                .allMatch(name -> name.startsWith("org.osgi.") || name.startsWith("org.slf4j"));
        assertThat(imports.keySet()).noneMatch(name -> name.startsWith("org.apache.camel"));
        assertThat(fat.get("Bundle-ClassPath"))
                .contains("lib/camel-main-", "lib/camel-aws2-s3-", "lib/camel-yaml-dsl-", "lib/sts-")
                .doesNotContain("logback", "slf4j", "picocli", "c3p0", "camel-core-osgi", "osgi.");
    }

    @Nightly
    @Test
    void theThinFeature_namesFeaturesThatCamelKarafHas() throws Exception {
        Document camelKaraf = xml("camel-karaf.features");
        List<Element> asked = new ArrayList<>();
        for (Element feature : children(feature(xml("thin.features"), "duo-telephony-collector-thin"), "feature")) {
            if (!feature.getTextContent().equals("wrap")) {
                asked.add(feature);
            }
        }

        assertThat(asked).hasSize(8);
        for (Element feature : asked) {
            assertThat(matching(camelKaraf, feature))
                    .as(feature.getTextContent())
                    .isNotNull();
        }
        asked.get(0).setTextContent("camel-core-of-another");
        assertThat(matching(camelKaraf, asked.get(0))).as("for control").isNull();
    }

    @Nightly
    @Test
    void theThinFeature_bringsEveryPackageThatTheThinJarImports() throws Exception {
        Document camelKaraf = xml("camel-karaf.features");
        Set<String> brought = new HashSet<>(OF_KARAF);
        for (Element feature : children(feature(xml("thin.features"), "duo-telephony-collector-thin"), "feature")) {
            collect(camelKaraf, feature, brought);
        }
        Map<String, Set<String>> artifacts = artifactsByPackage();
        Map<String, Set<String>> missing = new TreeMap<>();
        int checked = 0;
        for (Map.Entry<String, Map<String, String>> imported :
                clauses(thin.get("Import-Package")).entrySet()) {
            String name = imported.getKey();
            if (name.startsWith("java.") || name.startsWith("javax.") || isOptional(imported.getValue())) {
                continue;
            }
            checked++;
            Set<String> holders = artifacts.getOrDefault(name, Set.of());
            if (holders.stream().noneMatch(brought::contains)) {
                missing.put(name, holders);
            }
        }

        assertThat(checked).isGreaterThan(30);
        assertThat(missing).isEmpty();
        assertThat(brought).as("for control").doesNotContain("camel-kafka").contains("camel-aws2-s3", "s3");
    }

    /** Adds the artifacts of a feature and of those that it needs. */
    private static void collect(Document features, Element reference, Set<String> artifacts) {
        Element feature = matching(features, reference);
        if (feature == null) {
            // One of Karaf's own, such as wrap.
            return;
        }
        for (Element bundle : children(feature, "bundle")) {
            Matcher coordinates = Pattern.compile("mvn:[^/]+/([^/]+)/").matcher(bundle.getTextContent());
            assertThat(coordinates.find()).as(bundle.getTextContent()).isTrue();
            artifacts.add(coordinates.group(1));
        }
        for (Element needed : children(feature, "feature")) {
            collect(features, needed, artifacts);
        }
    }

    /** Returns the feature that a reference means, null if there is none of that name in that range. */
    private static Element matching(Document features, Element reference) {
        String range = reference.getAttribute("version");
        for (Element feature : children(features.getDocumentElement(), "feature")) {
            if (feature.getAttribute("name").equals(reference.getTextContent().strip())
                    && (range.isEmpty()
                            || new VersionRange(range).includes(new Version(feature.getAttribute("version"))))) {
                return feature;
            }
        }
        return null;
    }

    private static Element feature(Document features, String name) {
        return children(features.getDocumentElement(), "feature").stream()
                .filter(feature -> feature.getAttribute("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> children = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element child && child.getTagName().equals(name)) {
                children.add(child);
            }
        }
        return children;
    }

    private static Document xml(String property) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Karaf.built(property).toFile());
    }

    private static Map<String, String> headers(String property) {
        Map<String, String> headers = new HashMap<>();
        try (JarFile jar = new JarFile(Karaf.built(property).toFile())) {
            Manifest manifest = jar.getManifest();
            manifest.getMainAttributes().forEach((name, value) -> headers.put(name.toString(), value.toString()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return headers;
    }

    private static boolean isOptional(Map<String, String> attributes) {
        return "optional".equals(attributes.get("resolution:"));
    }

    /** Reads a header such as {@code a.b;version="[1,2)";resolution:=optional,a.c}. */
    private static Map<String, Map<String, String>> clauses(String header) {
        Map<String, Map<String, String>> clauses = new TreeMap<>();
        for (String clause : header.split("," + OUTSIDE_QUOTES, -1)) {
            String[] parts = clause.split(";" + OUTSIDE_QUOTES, -1);
            Map<String, String> attributes = new HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                String[] pair = parts[i].split("=", 2);
                attributes.put(pair[0], pair[1].replace("\"", ""));
            }
            clauses.put(parts[0], attributes);
        }
        return clauses;
    }

    /** Which artifacts of this build hold a package. */
    private static Map<String, Set<String>> artifactsByPackage() throws IOException {
        Map<String, Set<String>> artifacts = new HashMap<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.endsWith(".jar")) {
                continue;
            }
            String artifact = Path.of(entry).getFileName().toString().replaceFirst("-\\d[^/]*\\.jar$", "");
            try (JarFile jar = new JarFile(entry)) {
                jar.stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.endsWith(".class") && name.indexOf('/') > 0)
                        .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
                        .forEach(name -> artifacts
                                .computeIfAbsent(name, unknown -> new TreeSet<>())
                                .add(artifact));
            }
        }
        return artifacts;
    }
}
