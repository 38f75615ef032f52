// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An event's line, fit for a terminal that others may see: the form of each value stays, and every letter of it becomes an x,
 * every digit a 0, unless both its name and its form show that it is not personal.
 */
public final class MaskedLine {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern WORD = Pattern.compile("[A-Za-z_]{1,20}( [A-Za-z_]{1,20}){0,2}");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:?\\d\\d)");
    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final Pattern HOST = Pattern.compile("api-[0-9a-z]+\\.duo(security|federal)\\.com");
    private static final Pattern CREDITS = Pattern.compile("\\d{1,4}");
    private static final Pattern EPOCH_SECONDS = Pattern.compile("1[5-9]\\d{8}");

    private static final Map<String, Pattern> PUBLIC = Map.of(
            "context", WORD,
            "type", WORD,
            "eventtype", WORD,
            "ts", TIME,
            "isotimestamp", TIME,
            "timestamp", EPOCH_SECONDS,
            "telephony_id", UUID,
            "txid", UUID,
            "host", HOST,
            "credits", CREDITS);

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_-]{0,40}[0-9]{0,3}");

    private MaskedLine() {}

    /** Returns a line, one JSON object, with its values masked; anything else becomes three dots. */
    public static String of(String line) {
        try {
            return JSON.writeValueAsString(masked("", JSON.readTree(line)));
        } catch (JsonProcessingException e) {
            return "…";
        }
    }

    private static JsonNode masked(String name, JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode masked = JSON.createObjectNode();
            object.properties()
                    .forEach(member -> masked.set(
                            NAME.matcher(member.getKey()).matches() ? member.getKey() : masked(member.getKey()),
                            masked(member.getKey(), member.getValue())));
            return masked;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode masked = JSON.createArrayNode();
            array.forEach(element -> masked.add(masked(name, element)));
            return masked;
        }
        if (value.isNull() || value.isBoolean()) {
            return value;
        }
        Pattern form = PUBLIC.get(name);
        boolean isPublic = form != null && form.matcher(value.asText()).matches();
        return isPublic ? value : TextNode.valueOf(masked(value.asText()));
    }

    private static String masked(String text) {
        return text.replaceAll("\\p{L}", "x").replaceAll("\\p{Nd}", "0");
    }
}
