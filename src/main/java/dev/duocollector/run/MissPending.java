// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.sink.WriteFence;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a pending batch of which neither the object nor all events were found, and ends the run or leaves the batch
 * forgotten. One short answer of Duo's proves nothing, so the batch stays pending and the run ends; never is a part of a
 * batch stored under its key, nor what was not found marked as seen. A batch that an earlier run has missed as well is
 * forgotten once no write of it can still arrive, by the state's age on S3's own clock; its page is then read as if new.
 */
public final class MissPending implements Processor {

    private static final Log LOG = Log.of(MissPending.class);

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        CollectorState state = run.stream().state();
        boolean fenced = WriteFence.isIn(run.stream().s3());
        Batch batch = run.batch();
        int missing = run.current().missing();
        Optional<Duration> age =
                fenced && run.time().isProven() ? state.answer().age() : Optional.empty();
        boolean over = age.filter(old -> old.compareTo(WriteFence.WRITES_OVER_AFTER) >= 0)
                .isPresent();
        if (!batch.missed() || !over) {
            state.miss();
            throw missed(batch, missing, age.isPresent());
        }
        state.forget();
        LOG.warn(
                "Duo no longer shows {} of the {} of {}, which an earlier run declared and did not store. The rest is"
                        + " read again as new.",
                missing,
                Count.of(batch.eventKeys().size(), "event"),
                batch.objectKey());
        run.listener().missing(missing);
        run.recovered(state.checkpoint());
        run.show(exchange);
    }

    private static RefusedException missed(Batch batch, int missing, boolean dated) {
        return new RefusedException(
                RunOutcome.PENDING,
                "The batch of " + batch
                        + ", which an earlier run declared, is not in the bucket, and Duo's answer lacks "
                        + missing
                        + " of its events. It stays pending, and nothing is stored in its place; the next run looks again"
                        + (dated
                                ? ", and forgets it " + WriteFence.WRITES_OVER_AFTER.toMinutes()
                                        + " minutes after it was declared or first missed."
                                : ". Whether a write of it may still arrive is not known (S3's clock is not known, or the bean s3Client has no"
                                        + " WriteFence), so it is never forgotten: run 'state settle' if this lasts."));
    }
}
