// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An IAM policy, evaluated as far as those in {@code src/deploy/aws/policies} go: statements that allow, with actions and
 * resources that may hold {@code *}, and StringLike and StringEquals as conditions
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). Refuses what it does not know.
 */
public final class IamPolicy {

    private static final String STATEMENT = "Statement";
    private static final String CONDITION = "Condition";

    private final List<JsonNode> documents;

    private IamPolicy(List<JsonNode> documents) {
        this.documents = documents;
    }

    /** What a role may do that has all of these policies. */
    public static IamPolicy of(JsonNode... documents) {
        List<JsonNode> checked = List.of(documents);
        checked.forEach(IamPolicy::requireKnown);
        return new IamPolicy(checked);
    }

    private static void requireKnown(JsonNode document) {
        require(document.path("Version").asText().equals("2012-10-17"), document);
        require(document.path(STATEMENT).isArray() && !document.path(STATEMENT).isEmpty(), document);
        for (JsonNode statement : document.path(STATEMENT)) {
            statement
                    .fieldNames()
                    .forEachRemaining(name -> require(
                            List.of("Sid", "Effect", "Action", "Resource", CONDITION)
                                    .contains(name),
                            statement));
            require(statement.path("Effect").asText().equals("Allow"), statement);
            require(!texts(statement.path("Action")).isEmpty(), statement);
            require(!texts(statement.path("Resource")).isEmpty(), statement);
            statement
                    .path(CONDITION)
                    .fieldNames()
                    .forEachRemaining(operator ->
                            require(List.of("StringLike", "StringEquals").contains(operator), statement));
        }
    }

    private static void require(boolean known, JsonNode what) {
        if (!known) {
            throw new IllegalArgumentException("Not a policy that this evaluates: " + what);
        }
    }

    public boolean allows(AwsCall call) {
        return documents.stream()
                .flatMap(document -> elements(document.path(STATEMENT)))
                .anyMatch(statement -> allows(statement, call));
    }

    public boolean allows(Collection<AwsCall> calls) {
        return calls.stream().allMatch(this::allows);
    }

    private static boolean allows(JsonNode statement, AwsCall call) {
        return matches(statement.path("Action"), call.action())
                && matches(statement.path("Resource"), call.resource())
                && elements(statement.path(CONDITION))
                        .allMatch(operator -> operator.properties().stream()
                                .allMatch(key -> call.context().containsKey(key.getKey())
                                        && matches(
                                                key.getValue(), call.context().get(key.getKey()))));
    }

    private static boolean matches(JsonNode patterns, String value) {
        return texts(patterns).stream()
                .anyMatch(pattern -> Pattern.matches(
                        Stream.of(pattern.split("\\*", -1))
                                .map(Pattern::quote)
                                .reduce((left, right) -> left + ".*" + right)
                                .orElse(""),
                        value));
    }

    /**
     * Returns this with one piece less, for every piece: a statement, an action, a resource, a value of a condition. What a
     * piece is stands before it.
     */
    public Map<String, IamPolicy> eachWithOnePieceLess() {
        Map<String, IamPolicy> less = new LinkedHashMap<>();
        for (int index = 0; index < documents.size(); index++) {
            for (Map.Entry<String, JsonNode> one :
                    reductions(documents.get(index)).entrySet()) {
                List<JsonNode> others = new ArrayList<>(documents);
                others.set(index, one.getValue());
                less.put(one.getKey(), new IamPolicy(others));
            }
        }
        return less;
    }

    private static Map<String, JsonNode> reductions(JsonNode document) {
        Map<String, JsonNode> less = new LinkedHashMap<>();
        int statements = document.path(STATEMENT).size();
        for (int index = 0; index < statements; index++) {
            String sid = document.path(STATEMENT).path(index).path("Sid").asText();
            less.put("statement " + sid, without(document, "/" + STATEMENT, index));
            String statement = "/" + STATEMENT + "/" + index;
            List<String> places = new ArrayList<>(List.of(statement + "/Action", statement + "/Resource"));
            document.at(statement + "/" + CONDITION)
                    .properties()
                    .forEach(operator -> operator.getValue()
                            .fieldNames()
                            .forEachRemaining(key ->
                                    places.add(statement + "/" + CONDITION + "/" + operator.getKey() + "/" + key)));
            for (String place : places) {
                JsonNode values = document.at(place);
                for (int value = 0; values.isArray() && value < values.size(); value++) {
                    less.put(sid + ": " + values.path(value).asText(), without(document, place, value));
                }
            }
        }
        return less;
    }

    private static JsonNode without(JsonNode document, String place, int index) {
        ObjectNode copy = document.deepCopy();
        ((ArrayNode) copy.at(place)).remove(index);
        return copy;
    }

    private static List<String> texts(JsonNode textOrList) {
        return textOrList.isTextual()
                ? List.of(textOrList.asText())
                : elements(textOrList).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> elements(JsonNode parent) {
        return StreamSupport.stream(parent.spliterator(), false);
    }
}
