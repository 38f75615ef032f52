// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON that a command prints: in ASCII, so that it is JSON whatever the output's charset is. */
public final class JsonText {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonText() {}

    /** Returns one line. */
    public static String line(JsonNode json) {
        return text(JSON.writer(), json);
    }

    /** Returns lines that are set in. */
    public static String lines(JsonNode json) {
        return text(JSON.writerWithDefaultPrettyPrinter(), json);
    }

    /** Returns the line where JSON cannot be read, from 1: all that may be said, as the failure's message quotes the content. */
    public static int brokenLine(IOException failure) {
        return failure instanceof JsonProcessingException json && json.getLocation() != null
                ? json.getLocation().getLineNr()
                : 1;
    }

    private static String text(ObjectWriter writer, JsonNode json) {
        try {
            return writer.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers can be written", e);
        }
    }
}
