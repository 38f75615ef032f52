// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.setup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * The IAM policies of {@code src/deploy/aws/policies}, which are also in the jar, for the bucket, the prefixes and the logs of
 * some settings. One policy covers all logs: what a further log needs has its name behind the statement's.
 */
public final class Policies {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What stands for a value in the templates. */
    private static final Pattern PLACE = Pattern.compile("\\$\\{([A-Z_]+)}");

    private static final String SID = "Sid";

    private final Settings settings;
    private final String partition;

    /** A template with the values of one log, each statement's name with an end of its own. */
    private record Part(String template, Map<String, String> values, String end) {}

    public Policies(Settings settings) {
        this.settings = settings;
        partition = settings.account()
                .s3Connection()
                .region()
                .map(region -> PartitionMetadata.of(Region.of(region)).id())
                .orElse("aws");
    }

    /** Returns what the collector may do. */
    public String collector() {
        List<Part> parts = new ArrayList<>();
        for (Settings each : settings.ofEachLog()) {
            LogSettings log = each.log();
            String end = end(log.duoLog());
            String stateKey = log.collectorStateKey();
            parts.add(new Part(
                    "collector",
                    values(Map.of(
                            "PREFIX", log.prefix().value(),
                            "STATE_FOLDER", stateKey.substring(0, stateKey.lastIndexOf('/')))),
                    end));
            log.udmPrefix()
                    .ifPresent(udm ->
                            parts.add(new Part("collector-udm", values(Map.of("UDM_PREFIX", udm.value())), end)));
        }
        return policy(parts);
    }

    /** Returns what a feed that deletes nothing may do. */
    public String reader() {
        List<Part> parts = new ArrayList<>();
        for (Settings each : settings.ofEachLog()) {
            LogSettings log = each.log();
            String end = end(log.duoLog());
            parts.add(
                    new Part("reader-keep", values(Map.of("PREFIX", log.prefix().value())), end));
            log.udmPrefix()
                    .ifPresent(udm ->
                            parts.add(new Part("reader-keep", values(Map.of("PREFIX", udm.value())), end + "Udm")));
        }
        return policy(parts);
    }

    private String end(DuoLog log) {
        String name = log.toString();
        boolean isFirst = log == settings.log().duoLog();
        return isFirst ? "" : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private Map<String, String> values(Map<String, String> ofLog) {
        Map<String, String> values = new HashMap<>(ofLog);
        values.put("PARTITION", partition);
        values.put("BUCKET", settings.account().bucket());
        return values;
    }

    private static String policy(List<Part> parts) {
        ObjectNode policy = JSON.createObjectNode();
        ArrayNode statements = JSON.createArrayNode();
        List<JsonNode> known = new ArrayList<>();
        for (Part part : parts) {
            ObjectNode template = template(part.template());
            policy.set("Version", template.path("Version"));
            for (JsonNode statement : template.path("Statement")) {
                ObjectNode filled = (ObjectNode) filled(statement, part.values());
                // What is the bucket's is the same for each log.
                if (!known.contains(filled)) {
                    known.add(filled.deepCopy());
                    statements.add(filled.put(SID, filled.path(SID).asText() + part.end()));
                }
            }
        }
        policy.set("Statement", statements);
        return JsonText.lines(policy) + "\n";
    }

    /** Puts the values in text by text, so that no value can end one. */
    private static JsonNode filled(JsonNode node, Map<String, String> values) {
        if (node instanceof ObjectNode object) {
            ObjectNode filled = JSON.createObjectNode();
            object.properties().forEach(member -> filled.set(member.getKey(), filled(member.getValue(), values)));
            return filled;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode filled = JSON.createArrayNode();
            array.forEach(element -> filled.add(filled(element, values)));
            return filled;
        }
        return JSON.getNodeFactory().textNode(PLACE.matcher(node.asText()).replaceAll(place -> {
            String value = values.get(place.group(1));
            if (value == null) {
                throw new IllegalStateException("A policy names " + place.group() + ", which no setting has");
            }
            return Matcher.quoteReplacement(value);
        }));
    }

    private static ObjectNode template(String name) {
        try (InputStream file = Policies.class.getResourceAsStream("/dev/duocollector/policies/" + name + ".json")) {
            if (file == null) {
                throw new IllegalStateException("The jar has no policy " + name);
            }
            return (ObjectNode) JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
