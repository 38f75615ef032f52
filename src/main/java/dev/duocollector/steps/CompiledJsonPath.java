// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import org.apache.camel.Expression;
import org.apache.camel.jsonpath.JsonPathExpression;
import org.apache.camel.jsonpath.JsonPathLanguage;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Camel's JSONPath, compiled when a route is made. Camel's own is compiled with the first event, so that a mistake fails
 * every run instead of the start. Camel takes it by the bean's name, {@code jsonpath-language}, wherever a route says {@code
 * jsonpath}.
 */
public final class CompiledJsonPath extends JsonPathLanguage {

    private static final String SIMPLE = "${";

    @Override
    protected ExpressionAdapter doCreateJsonPathExpression(
            Expression source, String expression, Object[] properties, boolean predicate) {
        ExpressionAdapter made = super.doCreateJsonPathExpression(source, expression, properties, predicate);
        if (made instanceof JsonPathExpression path && !(path.isAllowSimple() && expression.contains(SIMPLE))) {
            compile(expression, predicate && path.isAllowEasyPredicate());
        }
        return made;
    }

    /** @throws IllegalArgumentException with the expression and what is wrong with it */
    private void compile(String expression, boolean easy) {
        try {
            if (easy) {
                validatePredicate(expression);
            } else {
                validateExpression(expression);
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the JSONPath '" + expression + "' cannot be read (" + FailureText.brief(e) + ")");
        }
    }
}
