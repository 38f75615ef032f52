// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Counts of hours as bars of an inline SVG: a large one, in which each bar says what it stands for, or one of the size of a word.
 * The SVG has no text to see, so that it may be stretched: what is to be read stands beside it.
 *
 * @param noun what is counted, in the plural
 * @param now when the last hour is
 */
record BarChart(String noun, Instant now) {

    private static final int BAR = 8;
    private static final int STEP = 10;
    private static final int HEIGHT = 40;

    /** What a bar of an hour with anything at all has. */
    private static final int HEIGHT_MIN = 1;

    /** Draws the large one. */
    void draw(Html html, Hours hours, String id) {
        svg(html, hours, "chart", "role", "img", "aria-labelledby", id + "-title " + id + "-desc");
        html.element("title", title(), "id", id + "-title");
        html.element("desc", words(hours), "id", id + "-desc");
        List<Long> counts = hours.counts();
        for (int i = 0; i < counts.size(); i++) {
            int height = height(counts.get(i), hours.most());
            html.open("g");
            html.element("title", Words.hour(time(hours, i)) + " UTC: " + Words.count(counts.get(i)) + " " + noun);
            // A bar of nothing, too, is there to be pointed at.
            rect(html, "hit", i, HEIGHT);
            if (height > 0) {
                rect(html, "bar", i, height);
            }
            html.close("g");
        }
        html.close("svg");
    }

    /** Draws the small one. */
    void drawSmall(Html html, Hours hours) {
        svg(html, hours, "spark", "role", "img");
        html.element("title", title() + ": " + words(hours));
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < hours.counts().size(); i++) {
            int height = height(hours.counts().get(i), hours.most());
            if (height > 0) {
                bars.append('M')
                        .append(i * STEP)
                        .append(' ')
                        .append(HEIGHT)
                        .append('v')
                        .append(-height)
                        .append('h')
                        .append(BAR)
                        .append('v')
                        .append(height)
                        .append('z');
            }
        }
        if (!bars.isEmpty()) {
            html.open("path", "d", bars.toString()).close("path");
        }
        html.close("svg");
    }

    private static void svg(Html html, Hours hours, String css, String... attributes) {
        String[] all = new String[attributes.length + 6];
        System.arraycopy(attributes, 0, all, 6, attributes.length);
        all[0] = "class";
        all[1] = css;
        all[2] = "viewBox";
        all[3] = "0 0 " + (hours.counts().size() * STEP - (STEP - BAR)) + " " + HEIGHT;
        all[4] = "preserveAspectRatio";
        all[5] = "none";
        html.open("svg", all);
    }

    private static void rect(Html html, String css, int index, int height) {
        html.open(
                        "rect",
                        "class",
                        css,
                        "x",
                        String.valueOf(index * STEP),
                        "y",
                        String.valueOf(HEIGHT - height),
                        "width",
                        String.valueOf(BAR),
                        "height",
                        String.valueOf(height))
                .close("rect");
    }

    private static int height(long count, long most) {
        return count == 0 ? 0 : (int) Math.max(HEIGHT_MIN, HEIGHT * count / most);
    }

    private Instant time(Hours hours, int index) {
        return now.minus(Duration.ofHours(hours.counts().size() - 1L - index));
    }

    private String title() {
        return noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1) + " of the last day";
    }

    /** Says what the bars show. */
    String words(Hours hours) {
        if (hours.most() == 0) {
            return "none";
        }
        int highest = hours.counts().indexOf(hours.most());
        return Words.count(hours.total()) + " in " + hours.counts().size() + " hours; the most, "
                + Words.count(hours.most()) + ", in the hour from " + Words.hour(time(hours, highest)) + " UTC";
    }
}
