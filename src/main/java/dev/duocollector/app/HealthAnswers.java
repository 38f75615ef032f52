// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.page.StatusPage.Answer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.jspecify.annotations.Nullable;

/**
 * Camel's health checks as JSON: {@code {"status":"DOWN","checks":[{"name":"…","status":"DOWN","message":"…"}]}} with 503, or
 * {@code UP} with 200. The query {@code data=true} adds to each check what else it knows.
 */
final class HealthAnswers {

    /** All of Camel's levels: each check, not only the wrong ones. */
    private static final String EACH = "full";

    private final CamelContext context;

    HealthAnswers(CamelContext context) {
        this.context = context;
    }

    /** Returns every check, of which none may be DOWN. */
    Answer all(@Nullable String query) {
        return answer(HealthCheckHelper.invoke(context, EACH), false, query);
    }

    /** Returns those that a restart may help. */
    Answer live(@Nullable String query) {
        return answer(HealthCheckHelper.invokeLiveness(context, EACH), false, query);
    }

    /** Returns those of what the program is for, all of which must be UP. */
    Answer ready(@Nullable String query) {
        return answer(HealthCheckHelper.invokeReadiness(context, EACH), true, query);
    }

    private static Answer answer(Collection<HealthCheck.Result> results, boolean readiness, @Nullable String query) {
        boolean withData = query != null && Arrays.asList(query.split("&", -1)).contains("data=true");
        boolean up = HealthCheckHelper.isResultsUp(results, readiness);
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("status", up ? "UP" : "DOWN");
        for (HealthCheck.Result result : results) {
            ObjectNode check = answer.withArray("checks")
                    .addObject()
                    .put("name", result.getCheck().getId())
                    .put("status", result.getState().name());
            result.getMessage().ifPresent(message -> check.put("message", message));
            if (withData) {
                data(check.putObject("data"), result.getDetails());
            }
        }
        return new Answer(
                up ? 200 : 503,
                Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
                answer.toString());
    }

    private static void data(ObjectNode data, Map<String, Object> details) {
        new TreeMap<>(details).forEach((name, value) -> {
            if (value instanceof Double || value instanceof Float) {
                data.put(name, ((Number) value).doubleValue());
            } else if (value instanceof Number number) {
                data.put(name, number.longValue());
            } else {
                data.put(name, String.valueOf(value));
            }
        });
    }
}
