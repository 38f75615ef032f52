// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import dev.duocollector.run.RunReport;
import dev.duocollector.source.DuoPage;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/** What the try-out shows, on a terminal of 100 columns. */
final class DemoPage {

    private static final int COLUMNS = 100;
    private static final String INDENT = "  ";
    private static final int WIDTH = COLUMNS - 2 * INDENT.length();

    private final PrintStream out;

    DemoPage(PrintStream out) {
        this.out = out;
    }

    void title(String title) {
        blank();
        out.println(title);
        out.println("-".repeat(title.length()));
        blank();
    }

    void line(String text) {
        out.println(INDENT + text);
    }

    void blank() {
        out.println();
    }

    /** Shows a text on as many lines as it takes, broken between words, or within one that has no line to itself. */
    void words(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                line(INDENT + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        broken(line.toString());
    }

    /** Shows a text on as many lines as it takes, broken wherever one is full. */
    void broken(String text) {
        for (int start = 0; start < text.length(); start += WIDTH) {
            line(INDENT + text.substring(start, Math.min(text.length(), start + WIDTH)));
        }
    }

    /** Shows the one line that a run logs. */
    void report(RunReport report) {
        blank();
        line("The run's one line in the log, level " + report.level() + ":");
        words(report.line());
    }

    /** Shows each page as soon as its new events are in the bucket, from the steps that the routes go through. */
    static final class Progress extends EventNotifierSupport {

        private final DemoPage page;
        private int pages;
        private int events;
        private int news;
        private String object = "";

        Progress(DemoPage page) {
            this.page = page;
        }

        @Override
        public void notify(CamelEvent event) {
            if (event instanceof ExchangeSentEvent sent) {
                sent(sent.getEndpoint().getEndpointBaseUri(), sent.getExchange());
            } else if (event instanceof ExchangeSendingEvent sending
                    && sending.getEndpoint().getEndpointBaseUri().equals("direct://lines")) {
                news = sending.getExchange().getMessage().getBody(List.class).size();
            }
        }

        private void sent(String endpoint, Exchange exchange) {
            switch (endpoint) {
                case "direct://telephony" -> pages = 0;
                case "direct://duo-page" ->
                    events = exchange.getMessage()
                            .getBody(DuoPage.class)
                            .events()
                            .size();
                case "direct://lines" -> {
                    if (news == 0) {
                        show();
                    }
                }
                case "direct://store" -> show();
                default -> {
                    if (endpoint.startsWith("aws2-s3:")) {
                        object = exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class);
                    }
                }
            }
        }

        private void show() {
            pages++;
            String stored = object.isEmpty() ? "" : ", in " + object.substring(object.lastIndexOf('/') + 1);
            page.line(String.format(Locale.ROOT, "Page %d: %,5d events, %,5d new%s", pages, events, news, stored));
            object = "";
        }
    }
}
