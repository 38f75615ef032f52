// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression, as far as telling metrics from everything else takes it. It is no parser: an expression
 * whose parentheses are mixed up passes.
 */
final class PromQl {

    /** Text in quotes, a duration, a number, a Grafana variable, or a name with what follows it. */
    private static final Pattern TOKEN = Pattern.compile(
            "\"[^\"]*\"|\\[[^\\]]*]|\\$\\w+|[0-9][0-9a-z.]*|([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*([({]?)|[{}()]|\\S");

    /** After these, names of labels stand in parentheses. */
    private static final Set<String> BEFORE_LABELS =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

    /** Operators, and the aggregations, behind which grouping may come before the parenthesis. */
    private static final Set<String> WORDS = Set.of(
            "and", "or", "unless", "bool", "offset", "sum", "min", "max", "avg", "count", "group", "topk", "bottomk");

    private final Set<String> metrics = new TreeSet<>();
    private final Set<String> labels = new TreeSet<>();

    private PromQl() {}

    static PromQl of(String expression) {
        PromQl names = new PromQl();
        names.read(expression);
        return names;
    }

    /** Returns the metrics that it asks for. */
    Set<String> metrics() {
        return metrics;
    }

    /** Returns the labels that it selects or groups by. */
    Set<String> labels() {
        return labels;
    }

    private void read(String expression) {
        // Grafana's function for its variables: a metric, and a label behind the comma.
        Matcher grafana =
                Pattern.compile("label_values\\(([^,]+),\\s*(\\w+)\\)").matcher(expression);
        String rest = expression;
        if (grafana.matches()) {
            labels.add(grafana.group(2));
            rest = grafana.group(1);
        }
        boolean inLabels = false;
        Matcher token = TOKEN.matcher(rest);
        while (token.find()) {
            String name = token.group(1);
            if (name == null) {
                boolean closes = token.group().equals("}") || token.group().equals(")");
                inLabels = inLabels ? !closes : token.group().equals("{");
            } else if (inLabels) {
                labels.add(name);
            } else if (BEFORE_LABELS.contains(name)) {
                inLabels = token.group(2).equals("(");
            } else if (token.group(2).equals("{")) {
                metrics.add(name);
                inLabels = true;
            } else if (token.group(2).isEmpty() && !WORDS.contains(name)) {
                metrics.add(name);
            }
        }
    }
}
