// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.source.DuoClock;
import dev.duocollector.source.DuoFailure;
import dev.duocollector.source.DuoFailureExplainer;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Asks Duo for one event, by the route and the beans of a run and without a retry, and says how far the request came: for
 * whoever wants to know whether a run would come through.
 */
public final class DuoProbe {

    /** The route that a run asks for a page, too. */
    private static final String PAGE = "direct:duo-page";

    /** How much of the log is asked about; any time would do. */
    private static final Duration ASKED = Duration.ofHours(1);

    private DuoProbe() {}

    /**
     * What came of the request.
     *
     * @param failedAt where it ended; {@code DONE} if it came through
     * @param fromDuo whether Duo's own JSON came back; without it nothing is known of who answered
     * @param outcome what a run would have ended as
     * @param message what happened and what to do; empty if it came through
     * @param clockAhead how far this machine's clock is ahead of Duo's, to the second; empty if Duo has not said
     */
    public record Answer(
            DuoFailure.Stage failedAt,
            boolean fromDuo,
            RunOutcome outcome,
            String message,
            Optional<Duration> clockAhead) {

        /** Tells whether the clock is off by so much that it is to be set right. */
        public boolean isClockSkewed() {
            return clockAhead.filter(DuoClock::isSkewed).isPresent();
        }

        /** Says how far the clock is off; not to be asked when Duo has not said. */
        public String clock() {
            return "This machine's clock is " + DuoClock.skew(clockAhead.orElseThrow()) + " Duo's";
        }
    }

    /** Makes the request in a context that has the collector's beans and the route duo-page. */
    public static Answer ask(Stream stream, CamelContext camel) {
        Clock clock = stream.clock();
        Instant maxtime = PollWindow.of(stream.settings()).shownThrough(clock.instant());
        Window window = Window.unread(maxtime.minus(ASKED), maxtime, 1);
        Exchange done = send(stream, camel, window, Cursor.START);
        Exception failure = done.getException();
        if (failure == null) {
            Optional<String> date = Optional.ofNullable(done.getMessage().getHeader("Date", String.class));
            return new Answer(DuoFailure.Stage.DONE, true, RunOutcome.DONE, "", DuoClock.ahead(date, clock));
        }
        DuoFailure explained = failure instanceof DuoRequestException request
                ? request.failure()
                : new DuoFailureExplainer(stream.settings(), clock).explain(failure);
        return new Answer(
                explained.stage(),
                explained.fromDuo(),
                explained.outcome(),
                (explained.what() + " " + explained.remedy()).strip(),
                explained.clockAhead(clock));
    }

    /** Asks once for the page of a window that begins at the cursor. */
    static Exchange send(Stream stream, CamelContext camel, Window window, Cursor cursor) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            return template.send(PAGE, exchange -> PageQuery.ask(exchange, stream, window, cursor));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
