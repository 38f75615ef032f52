// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.source.DuoRequestSigner;
import dev.duocollector.source.DuoSource;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes the run, and leaves the query for its next page in the exchange variable that the signer takes it from: the whole
 * window with every page, since Duo's offsets hold for the request they came from, and the cursor's offset.
 */
public final class PageQuery implements Processor {

    private static final Log LOG = Log.of(PageQuery.class);

    /** Longer than what an hourly run reads: somebody may be waiting, and does not see what for. */
    private static final Duration ORDINARY_MAX = Duration.ofHours(2);

    /** The exchange property with the time of this machine before the request. */
    private static final String ASKED_AT = "duoAskedAt";

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        keepWithinRetention(run);
        Stream stream = run.stream();
        if (run.asksFirst() && stream.range().isEmpty()) {
            tell(run.window());
        }
        ask(exchange, stream, run.window(), run.cursor());
        if (run.cursor().position() == Cursor.Position.OFFSET) {
            run.reading().sends(run.cursor().offset());
        }
    }

    /** Says what a run is about to read if that may take long; the command that gave a fixed range has said so. */
    private static void tell(Window window) {
        if (window.cursor().position() != Cursor.Position.START) {
            LOG.info("Reading window {} from its page {} on, where an earlier run stopped.", window, window.page());
        } else if (Duration.between(window.mintime(), window.maxtime()).compareTo(ORDINARY_MAX) > 0) {
            LOG.info("Reading window {}.", window);
        }
    }

    private static void keepWithinRetention(Run run) {
        Window window = run.window();
        Instant now = run.time().now();
        PollWindow pollWindow = run.stream().pollWindow();
        if (!pollWindow.isTooOld(window.mintime(), now)) {
            return;
        }
        Instant oldest = pollWindow.oldest(now);
        Instant reached = run.reached();
        if (run.isWithoutState() || run.stream().range().isPresent()) {
            throw RefusedException.operator("Duo no longer keeps what lies before " + oldest + " of the time " + window
                    + (run.isWithoutState()
                            ? ". Give a later --from."
                            : ": what was not read of it is lost. What was stored stays. Delete the back-fill's state, s3://"
                                    + run.stream().settings().account().bucket() + "/"
                                    + run.stream().settings().log().stateKey()
                                    + ", and give a later --from."));
        }
        if (reached == null || reached.isBefore(oldest)) {
            run.listener().gap();
            LOG.warn(
                    "Duo no longer keeps what lies before {}: the open window {} now begins there, and what was not read of"
                            + " the time before is lost.",
                    oldest,
                    window);
        }
        run.stream().state().raiseMintime(oldest);
        run.reading().mintimeRaised(window.startingAt(oldest));
    }

    /** Compares this machine's clock with Duo's, by the answer to what {@link #ask} asked for. */
    static void compareClocks(Exchange exchange, Stream stream, Optional<Instant> answeredAt) {
        stream.clocks()
                .compare(
                        "Duo's",
                        stream.settings().account().apiHost(),
                        answeredAt,
                        exchange.getProperty(ASKED_AT, Instant.MAX, Instant.class),
                        stream.clock().instant());
    }

    /** Has the exchange ask for one page. */
    static void ask(Exchange exchange, Stream stream, Window window, Cursor cursor) {
        exchange.setProperty(ASKED_AT, stream.clock().instant());
        exchange.setVariable(DuoSource.VARIABLE, stream.source());
        exchange.setVariable(DuoRequestSigner.QUERY, parameters(window, cursor));
    }

    /** The parameters of one page, in the names and units of Duo's Admin API: milliseconds since 1970. */
    static Map<String, String> parameters(Window window, Cursor cursor) {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("mintime", Long.toString(window.mintime().toEpochMilli()));
        parameters.put("maxtime", Long.toString(window.maxtime().toEpochMilli()));
        parameters.put("limit", Integer.toString(window.limit()));
        parameters.put("sort", Window.ASCENDING);
        if (cursor.position() == Cursor.Position.OFFSET) {
            parameters.put("next_offset", cursor.offset());
        }
        return parameters;
    }
}
