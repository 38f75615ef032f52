// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoPage.MalformedPageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is in the body of an answer of Duo's Admin API, page or refusal, gathered in one pass as far as it can be read.
 * What is wrong with it is noted and judged at the end, since {@code stat} may come last.
 */
final class DuoAnswer {

    private final byte[] body;
    private final int bytes;
    private final int itemsMax;
    private final DuoLog log;
    private final String list;
    private @Nullable String stat;
    private @Nullable String code;
    private @Nullable String message;
    private @Nullable String messageDetail;
    private @Nullable List<DuoEvent> items;
    private @Nullable String nextOffset;
    private OptionalLong totalObjects = OptionalLong.empty();
    private @Nullable String flaw;
    private @Nullable String itemsFlaw;
    private @Nullable String offsetFlaw;
    private @Nullable AnswerTooLargeException tooLarge;

    private DuoAnswer(byte[] body, int itemsMax, DuoLog log) {
        this.body = ByteOrderMark.without(body);
        this.bytes = body.length;
        this.itemsMax = itemsMax;
        this.log = log;
        this.list = "response." + log.listMember();
    }

    /** Reads a refusal, or a body of any kind; whatever comes before the point where it stops being JSON is kept. */
    static DuoAnswer read(byte[] body) {
        return read(body, 0, DuoLog.TELEPHONY);
    }

    /** Reads a body in the same way, and stops at the first item beyond as many as were asked for. */
    static DuoAnswer read(byte[] body, int itemsMax, DuoLog log) {
        DuoAnswer answer = new DuoAnswer(body, itemsMax, log);
        try (JsonParser parser = EventJson.parser(answer.body)) {
            answer.bounded(parser);
        } catch (AnswerTooLargeException e) {
            answer.tooLarge = e;
        } catch (IOException e) {
            answer.flaw = EventJson.flaw(e);
        }
        return answer;
    }

    DuoPage page() throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        if (tooLarge != null) {
            throw tooLarge;
        }
        if (flaw != null) {
            throw malformed(flaw);
        }
        if (stat == null) {
            throw malformed("stat is missing");
        }
        if (!stat.equals("OK")) {
            throw new DuoApiException(200, this);
        }
        if (items == null || itemsFlaw != null) {
            throw malformed(itemsFlaw == null ? list + " is missing" : itemsFlaw);
        }
        if (items.isEmpty()) {
            return page(items, null);
        }
        if (offsetFlaw != null) {
            throw malformed(offsetFlaw);
        }
        return page(items, nextOffset);
    }

    private DuoPage page(List<DuoEvent> events, @Nullable String next) {
        return new DuoPage(events, Optional.ofNullable(next), bytes, totalObjects, Optional.empty());
    }

    private MalformedPageException malformed(String what) {
        return new MalformedPageException("a page of its log", what, bytes, isDuos());
    }

    /** Tells whether this is JSON with Duo's {@code stat}, read as far as it goes. */
    boolean isDuos() {
        return "OK".equals(stat) || "FAIL".equals(stat);
    }

    @Nullable
    String code() {
        return code;
    }

    @Nullable
    String message() {
        return message;
    }

    @Nullable
    String messageDetail() {
        return messageDetail;
    }

    private void bounded(JsonParser parser) throws IOException {
        try {
            whole(parser);
        } catch (StreamConstraintsException e) {
            throw EventJson.tooLarge(parser);
        }
    }

    private void whole(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            flaw = body.length == 0 ? "it is empty" : "it is not a JSON object";
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "stat" -> stat = scalar(parser);
                case "code" -> code = scalar(parser);
                case "message" -> message = scalar(parser);
                case "message_detail" -> messageDetail = scalar(parser);
                case "response" -> response(parser);
                // Other endpoints of Duo have it here, and Duo's own Python client looks in both places. To pass it
                // over would end the window after its first page.
                case "metadata" -> metadata(parser);
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            flaw = "something follows the JSON object";
        }
    }

    private void response(JsonParser parser) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            itemsFlaw = "response is not an object";
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (name.equals(log.listMember())) {
                items(parser);
            } else if (name.equals("metadata")) {
                metadata(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void items(JsonParser parser) throws IOException {
        if (!parser.hasToken(JsonToken.START_ARRAY) || items != null) {
            itemsFlaw = items == null ? list + " is not an array" : list + " is there twice";
            parser.skipChildren();
            return;
        }
        items = new ArrayList<>();
        List<String> names = List.of();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() == itemsMax) {
                throw AnswerTooLargeException.items(itemsMax);
            }
            if (parser.hasToken(JsonToken.START_OBJECT)) {
                DuoEvent event = EventJson.event(parser, body, log, names);
                names = event.names();
                items.add(event);
            } else {
                itemsFlaw = list + " holds something that is not an object";
                parser.skipChildren();
            }
        }
    }

    private void metadata(JsonParser parser) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            if (!parser.hasToken(JsonToken.VALUE_NULL)) {
                offsetFlaw = "metadata is not an object";
            }
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "next_offset" -> nextOffset(parser);
                case "total_objects" -> totalObjects(parser);
                default -> parser.skipChildren();
            }
        }
    }

    /** A number from 0, or an object with it as its value; nothing depends on it, so anything else is ignored. */
    private void totalObjects(JsonParser parser) throws IOException {
        if (parser.hasToken(JsonToken.START_OBJECT)) {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                if (name.equals("value")) {
                    total(parser);
                } else {
                    parser.skipChildren();
                }
            }
            return;
        }
        total(parser);
    }

    private void total(JsonParser parser) throws IOException {
        if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && parser.getLongValue() >= 0) {
            totalObjects = OptionalLong.of(parser.getLongValue());
        }
        parser.skipChildren();
    }

    private void nextOffset(JsonParser parser) throws IOException {
        List<String> parts = new ArrayList<>();
        switch (parser.currentToken()) {
            case VALUE_NULL -> {}
            case VALUE_STRING -> parts.add(parser.getText());
            case START_ARRAY -> {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    parts.add(parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : offsetMisfit(parser));
                }
            }
            default -> offsetMisfit(parser);
        }
        String wire = String.join(",", parts);
        if (!wire.isEmpty()) {
            nextOffset = wire;
        }
    }

    private String offsetMisfit(JsonParser parser) throws IOException {
        offsetFlaw = "next_offset is neither a string nor an array of strings";
        parser.skipChildren();
        return "";
    }

    private static @Nullable String scalar(JsonParser parser) throws IOException {
        if (parser.currentToken().isScalarValue() && !parser.hasToken(JsonToken.VALUE_NULL)) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }
}
