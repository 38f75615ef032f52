// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.Child;
import dev.duocollector.source.DuoPage.MalformedPageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Duo's Accounts API lists below a parent (<a href="https://duo.com/docs/accountsapi#retrieve-accounts">Accounts API</a>,
 * read 2026-11-27).
 *
 * @param children each once
 * @param flaws a line for each element that is no account, as far as it can be told; then what is missing may be one of them
 */
public record AccountList(List<Child> children, List<String> flaws) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public AccountList {
        children = List.copyOf(children);
        flaws = List.copyOf(flaws);
    }

    /**
     * Reads an answer.
     *
     * @throws MalformedPageException if it is not what Duo sends; asking again may help
     * @throws AnswerTooLargeException if it holds more than is parsed
     * @throws DuoApiException if Duo refuses in an answer that says 200
     */
    static AccountList read(byte[] answer) throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        byte[] body = ByteOrderMark.without(answer);
        JsonNode root = parse(body);
        String stat = root.path("stat").asText("");
        if (stat.equals("FAIL")) {
            throw DuoApiException.fromBody(200, body);
        }
        if (!stat.equals("OK")) {
            throw malformed("stat is not OK", body);
        }
        if (!root.path("response").isArray()) {
            throw malformed("response is not an array", body);
        }
        Map<String, Child> children = new LinkedHashMap<>();
        List<String> flaws = new ArrayList<>();
        int place = 0;
        for (JsonNode each : root.path("response")) {
            place++;
            try {
                Child child = new Child(
                        each.path("account_id").asText(""),
                        each.path("api_hostname").asText(""));
                if (children.putIfAbsent(child.accountId(), child) != null) {
                    flaws.add("account " + place + " of Duo's list: account_id was there before");
                }
            } catch (IllegalArgumentException e) {
                flaws.add("account " + place + " of Duo's list: " + e.getMessage());
            }
        }
        if (goesOn(root.path("metadata"), place)) {
            flaws.add(
                    "what follows account " + place + " of Duo's list, which says in its metadata that there is more");
        }
        return new AccountList(List.copyOf(children.values()), flaws);
    }

    /** Duo gives its list whole (Accounts API, "Retrieve Accounts"); a page of it would hide the other children. */
    private static boolean goesOn(JsonNode metadata, int accounts) {
        String next = metadata.path("next_offset").asText("");
        return (!next.isEmpty() && !next.equals("null"))
                || metadata.path("total_objects").asLong(0) > accounts;
    }

    private static JsonNode parse(byte[] body) throws MalformedPageException, AnswerTooLargeException {
        try (JsonParser parser = EventJson.parser(body)) {
            JsonNode answer = tree(parser);
            if (answer == null || !answer.isObject()) {
                throw malformed(body.length == 0 ? "it is empty" : "it is not a JSON object", body);
            }
            if (parser.nextToken() != null) {
                throw malformed("something follows the JSON object", body);
            }
            return answer;
        } catch (MalformedPageException | AnswerTooLargeException e) {
            throw e;
        } catch (IOException e) {
            throw malformed(EventJson.flaw(e), body);
        }
    }

    private static @Nullable JsonNode tree(JsonParser parser) throws IOException {
        try {
            return JSON.readTree(parser);
        } catch (StreamConstraintsException e) {
            throw EventJson.tooLarge(parser);
        }
    }

    private static MalformedPageException malformed(String flaw, byte[] body) {
        return new MalformedPageException(
                "a list of accounts", flaw, body.length, DuoAnswer.read(body).isDuos());
    }
}
