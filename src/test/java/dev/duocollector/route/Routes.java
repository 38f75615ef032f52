// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The route files at the top of the project, as trees to look things up in. */
final class Routes {

    private static final YAMLMapper YAML = new YAMLMapper();

    private Routes() {}

    /** Every route file by its name. */
    static Map<String, JsonNode> files() {
        Map<String, JsonNode> files = new TreeMap<>();
        try (Stream<Path> found = Files.list(Path.of("routes"))) {
            for (Path file : found.toList()) {
                files.put(file.getFileName().toString(), YAML.readTree(Files.readString(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Every node of a kind ({@code route}, {@code loop}, {@code process} …), wherever it stands in the files. */
    static List<JsonNode> all(String kind) {
        List<JsonNode> nodes = new ArrayList<>();
        files().values()
                .forEach(file -> walk(file, (name, node) -> {
                    if (name.equals(kind)) {
                        nodes.add(node);
                    }
                }));
        return nodes;
    }

    /** Visits every member of a tree with its name. */
    static void walk(JsonNode tree, BiConsumer<String, JsonNode> visitor) {
        if (tree.isObject()) {
            for (Map.Entry<String, JsonNode> member : tree.properties()) {
                visitor.accept(member.getKey(), member.getValue());
                walk(member.getValue(), visitor);
            }
        } else if (tree.isArray()) {
            tree.forEach(element -> walk(element, visitor));
        }
    }
}
