// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.text.PlainLine;

/**
 * HTML as it is written, an element after the other. Names of elements and attributes are constants of the code; whatever is text
 * or an attribute's value is escaped here, so that nothing from outside becomes markup. Not thread-safe.
 */
final class Html {

    private final StringBuilder out = new StringBuilder(16 * 1024);

    Html() {
        out.append("<!DOCTYPE html>\n");
    }

    /**
     * Begins an element.
     *
     * @param attributes names and values by turns; a value of "" makes one without a value
     */
    Html open(String element, String... attributes) {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "attributes must be names and values by turns: were " + attributes.length);
        }
        out.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]);
            if (!attributes[i + 1].isEmpty()) {
                out.append("=\"");
                escape(attributes[i + 1]);
                out.append('"');
            }
        }
        out.append('>');
        return this;
    }

    Html close(String element) {
        out.append("</").append(element).append('>');
        return this;
    }

    Html text(String text) {
        escape(text);
        return this;
    }

    /** Writes a whole element that holds text and nothing else. */
    Html element(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close(element);
    }

    /** Writes the style sheet, in which nothing is escaped. */
    Html style(PageStyle style) {
        out.append("<style>").append(style.css()).append("</style>");
        return this;
    }

    /** Begins a new line of the source, for people who read that. */
    Html line() {
        out.append('\n');
        return this;
    }

    private void escape(String text) {
        String plain = PlainLine.of(text);
        for (int i = 0; i < plain.length(); i++) {
            char each = plain.charAt(i);
            switch (each) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(each);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
