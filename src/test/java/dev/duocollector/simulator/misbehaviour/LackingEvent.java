// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A page without its first event. */
public record LackingEvent() implements Misbehaviour {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Answer answer(Call call) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (ByteBuffer part : call.answer().body()) {
            byte[] bytes = new byte[part.remaining()];
            part.duplicate().get(bytes);
            whole.writeBytes(bytes);
        }
        try {
            JsonNode page = JSON.readTree(whole.toByteArray());
            ArrayNode items = page.withObject("/response").withArray("items");
            if (!items.isEmpty()) {
                items.remove(0);
            }
            return Answer.ok(JSON.writeValueAsString(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
