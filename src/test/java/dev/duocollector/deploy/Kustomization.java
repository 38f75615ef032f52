// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What kustomize makes of a folder, as far as the manifests here use it: what is not listed is refused. So the manifests are
 * tested where there is no kustomize; KubernetesTest holds this against kubectl's own. One difference: the hash behind the
 * name of a generated ConfigMap is left out.
 */
final class Kustomization {

    /** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/, read 2026-11-27. */
    private static final Set<String> KEYS = Set.of(
            "apiVersion",
            "kind",
            "namespace",
            "resources",
            "components",
            "configMapGenerator",
            "patches",
            "replicas",
            "replacements");

    /** By which member the elements of a list are merged; a list that is not here is replaced. */
    private static final Map<String, String> ELEMENTS = Map.of(
            "containers",
            "name",
            "env",
            "name",
            "volumes",
            "name",
            "volumeMounts",
            "mountPath",
            "ports",
            "containerPort");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path folder;
    private final JsonNode file;
    private final List<ObjectNode> all;

    private Kustomization(Path folder, List<ObjectNode> all) {
        this.folder = folder;
        this.file = documents(PolicyFiles.read(folder.resolve("kustomization.yaml")))
                .get(0);
        this.all = all;
    }

    /** @throws RuntimeException if a file is missing or wrong, or holds something that is not known here */
    static List<ObjectNode> render(Path folder) {
        List<ObjectNode> all = new ArrayList<>();
        new Kustomization(folder, all).accumulate();
        all.removeIf(each -> each.at("/metadata/annotations/config.kubernetes.io~1local-config")
                .asBoolean());
        return all;
    }

    static List<ObjectNode> documents(String yaml) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            return YAML.readValues(parser, ObjectNode.class).readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In kustomize's own order. */
    private void accumulate() {
        only(file, KEYS);
        file.path("resources").forEach(this::resource);
        file.path("components")
                .forEach(component -> new Kustomization(folder.resolve(component.asText()), all).accumulate());
        file.path("configMapGenerator").forEach(this::configMap);
        file.path("patches").forEach(this::patch);
        if (file.has("namespace")) {
            all.forEach(each -> ((ObjectNode) each.path("metadata")).set("namespace", file.path("namespace")));
        }
        file.path("replicas").forEach(this::replicas);
        file.path("replacements").forEach(this::replace);
    }

    private void resource(JsonNode name) {
        Path path = folder.resolve(name.asText());
        if (Files.isDirectory(path)) {
            new Kustomization(path, all).accumulate();
            return;
        }
        for (ObjectNode each : documents(PolicyFiles.read(path))) {
            if (all.stream().anyMatch(other -> isSame(other, each))) {
                throw new IllegalArgumentException("Twice: " + each.path("kind"));
            }
            all.add(each);
        }
    }

    private void configMap(JsonNode generator) {
        only(generator, Set.of("name", "behavior", "envs", "literals"));
        ObjectNode made = YAML.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        made.putObject("metadata").set("name", generator.path("name"));
        ObjectNode data = made.putObject("data");
        List<String> lines = new ArrayList<>();
        generator
                .path("envs")
                .forEach(env -> PolicyFiles.read(folder.resolve(env.asText()))
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .forEach(lines::add));
        generator.path("literals").forEach(literal -> lines.add(literal.asText()));
        lines.forEach(line -> data.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        if (generator.path("behavior").asText("create").equals("merge")) {
            ((ObjectNode) find(made).path("data")).setAll(data);
        } else {
            all.add(made);
        }
    }

    private void patch(JsonNode patch) {
        only(patch, Set.of("path"));
        for (ObjectNode each :
                documents(PolicyFiles.read(folder.resolve(patch.path("path").asText())))) {
            merge(find(each), each);
        }
    }

    private void replicas(JsonNode replicas) {
        only(replicas, Set.of("name", "count"));
        ObjectNode workload = all.stream()
                .filter(each -> each.at("/metadata/name").equals(replicas.path("name")))
                .filter(each -> each.at("/spec/replicas").isNumber())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Nothing has replicas"));
        ((ObjectNode) workload.path("spec")).set("replicas", replicas.path("count"));
    }

    private void replace(JsonNode replacement) {
        only(replacement, Set.of("source", "targets"));
        only(replacement.path("source"), Set.of("kind", "fieldPath"));
        JsonNode value = kind(replacement.path("source").path("kind")).at(pointer(replacement.at("/source/fieldPath")));
        if (value.isMissingNode()) {
            throw new IllegalArgumentException("There is no " + replacement.at("/source/fieldPath"));
        }
        for (JsonNode target : replacement.path("targets")) {
            only(target, Set.of("select", "fieldPaths", "options"));
            only(target.path("select"), Set.of("kind"));
            only(target.path("options"), Set.of("create", "delimiter", "index"));
            for (JsonNode path : target.path("fieldPaths")) {
                put(kind(target.at("/select/kind")), path.asText(), value, target.path("options"));
            }
        }
    }

    private static void put(ObjectNode tree, String path, JsonNode value, JsonNode options) {
        List<String> steps = List.of(path.split("\\."));
        JsonNode at = tree;
        for (String step : steps.subList(0, steps.size() - 1)) {
            JsonNode next = step.startsWith("[") ? element(at, step) : at.path(step);
            if (next.isMissingNode() && options.path("create").asBoolean()) {
                next = ((ObjectNode) at).putObject(step);
            }
            at = next;
        }
        String last = steps.get(steps.size() - 1);
        if (!at.has(last) && !options.path("create").asBoolean()) {
            throw new IllegalArgumentException("There is no " + path);
        }
        JsonNode put = value.deepCopy();
        if (options.has("delimiter")) {
            String delimiter = options.path("delimiter").asText();
            String[] parts = at.path(last).asText().split(Pattern.quote(delimiter), -1);
            parts[options.path("index").asInt()] = value.asText();
            put = TextNode.valueOf(String.join(delimiter, parts));
        }
        ((ObjectNode) at).set(last, put);
    }

    /** The element that a step such as {@code [name=collector]} names. */
    private static JsonNode element(JsonNode list, String step) {
        String[] member = step.substring(1, step.length() - 1).split("=", 2);
        for (JsonNode each : list) {
            if (each.path(member[0]).asText().equals(member[1])) {
                return each;
            }
        }
        throw new IllegalArgumentException("There is no " + step);
    }

    /** A strategic merge: objects by their members, lists of named elements by these, new ones first. Null takes out. */
    private static void merge(ObjectNode into, JsonNode patch) {
        for (Map.Entry<String, JsonNode> member : patch.properties()) {
            JsonNode old = into.path(member.getKey());
            JsonNode value = member.getValue();
            if (value.isNull()) {
                into.remove(member.getKey());
            } else if (value.isObject() && old.isObject()) {
                merge((ObjectNode) old, value);
            } else if (value.isArray() && old.isArray() && ELEMENTS.containsKey(member.getKey())) {
                into.set(member.getKey(), elements(old, value, ELEMENTS.get(member.getKey())));
            } else {
                into.set(member.getKey(), value.deepCopy());
            }
        }
    }

    private static ArrayNode elements(JsonNode old, JsonNode patch, String by) {
        ArrayNode kept = YAML.createArrayNode();
        ArrayNode added = YAML.createArrayNode().addAll((ArrayNode) patch);
        for (JsonNode each : old) {
            JsonNode changed = YAML.missingNode();
            for (int i = 0; i < added.size(); i++) {
                if (added.get(i).path(by).equals(each.path(by))) {
                    changed = added.remove(i);
                }
            }
            if (!changed.path("$patch").asText().equals("delete")) {
                ObjectNode copy = each.deepCopy();
                merge(copy, changed);
                kept.add(copy);
            }
        }
        if (added.findValue("$patch") != null) {
            throw new IllegalArgumentException("There is nothing to delete for " + added);
        }
        return added.addAll(kept);
    }

    private ObjectNode find(JsonNode same) {
        return all.stream()
                .filter(each -> isSame(each, same))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no " + same.path("kind") + " "
                        + same.at("/metadata/name") + " for what is in " + folder));
    }

    private ObjectNode kind(JsonNode kind) {
        return all.stream()
                .filter(each -> each.path("kind").equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no " + kind + " for " + folder));
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        return one.path("kind").equals(other.path("kind"))
                && one.at("/metadata/name").equals(other.at("/metadata/name"));
    }

    private static String pointer(JsonNode fieldPath) {
        return "/" + fieldPath.asText().replace('.', '/');
    }

    private static void only(JsonNode object, Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("Unknown here: " + name);
            }
        });
    }
}
