// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.text.Log;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * The page with which {@code run} shows people how its streams are: made anew for each request, of what is in memory. It holds no
 * script, loads nothing, and has nothing secret and nothing of an event. Safe for use by several threads.
 */
public final class StatusPage {

    private static final Log LOG = Log.of(StatusPage.class);

    private static final String ALLOWED = "GET, HEAD";

    private final Supplier<View> view;
    private final PageStyle style = PageStyle.load();

    /**
     * Makes that of a context.
     *
     * @param metrics of the context's runs, which {@linkplain RunMetrics#keepLastDays keep the last day}
     */
    public static StatusPage of(CamelContext camel, RunMetrics metrics) {
        return new StatusPage(new CollectorView(camel, metrics));
    }

    StatusPage(Supplier<View> view) {
        this.view = view;
    }

    /**
     * An answer to a request.
     *
     * @param headers all but those that the server adds
     * @param body to be sent in UTF-8, and to HEAD not at all
     */
    public record Answer(int status, Map<String, String> headers, String body) {}

    /**
     * Returns what a request for the page is answered.
     *
     * @param method in upper case
     * @param query as it came, without the question mark; null if there is none
     */
    public Answer answer(String method, @Nullable String query) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return answer(405, new PageHtml(style).line("This page is only read: the method must be GET or HEAD."));
        }
        try {
            return answer(200, new PageHtml(style).of(view.get(), PageParameters.parse(query)));
        } catch (WrongParameterException e) {
            return answer(400, new PageHtml(style).line(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // The border to a server that would print a stack trace.
            LOG.debug("The status page could not be made", e);
            return answer(
                    500,
                    new PageHtml(style)
                            .line("The page could not be made. The log level DEBUG of dev.duocollector says why."));
        }
    }

    private Answer answer(int status, String html) {
        Map<String, String> headers = new TreeMap<>(Map.of(
                "Content-Type",
                "text/html; charset=utf-8",
                "Content-Security-Policy",
                "default-src 'none'; style-src " + style.source()
                        + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                "X-Content-Type-Options",
                "nosniff",
                "Referrer-Policy",
                "no-referrer",
                "Cache-Control",
                "no-store"));
        if (status == 405) {
            headers.put("Allow", ALLOWED);
        }
        return new Answer(status, headers, html);
    }
}
