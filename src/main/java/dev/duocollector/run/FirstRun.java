// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.StreamName;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.PlainStream;
import dev.duocollector.sink.S3Listing;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.StateAnswer;
import dev.duocollector.text.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What may forbid a first run. A state that is not found means a first run, or a setting for its key, bucket or account that
 * did not arrive; then everything since duo.lookback would be stored again, under other names.
 */
public final class FirstRun {

    private static final Log LOG = Log.of(FirstRun.class);

    /** Where an event's host is at the latest; an event has some 300 bytes. */
    private static final int LINE_CHARS_MAX = 64 * 1024;

    /** How many objects' names are looked at, the most that S3 gives at once; other accounts' objects are read for it. */
    private static final int OBJECTS_MAX = 1000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final S3Client s3;
    private final Settings settings;

    public FirstRun(S3Client s3, Settings settings) {
        this.s3 = s3;
        this.settings = settings;
    }

    /** What the objects of the collector, and of the guide's Lambda, begin with. */
    private String objects() {
        return settings.log().prefix().resolve(settings.log().duoLog() + "_");
    }

    /**
     * Returns why a run without a state may not be the first one, and what to do; empty if it may.
     *
     * @param answer what S3 said when it was asked for the state
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public Optional<String> doubt(StateAnswer answer) {
        if (settings.log().get(SettingTable.FIRST_RUN)) {
            return Optional.empty();
        }
        if (answer.deleted()) {
            return Optional.of(
                    refusal("somebody has deleted it: the bucket keeps versions, and the last one is a delete marker"));
        }
        return writtenBefore()
                .map(key ->
                        refusal("s3://" + settings.account().bucket() + "/" + key + " was written by an earlier run"));
    }

    private String refusal(String reason) {
        return "There is no state at s3://" + settings.account().bucket() + "/"
                + settings.log().stateKey() + ", and " + reason
                + ". Nothing was read. If a setting did not arrive (state.key, s3.bucket, duo.api.host), set it; if the state"
                + " is lost, make one with state set-through TIME, or with state import for the guide's Lambda. If this is a"
                + " first run all the same, as after a back-fill that came before it, run it once with --first"
                + " (state.first-run=allow).";
    }

    /** Returns an object of this account's, if there is one among the first {@value #OBJECTS_MAX}, on however many pages S3 lists them. */
    private Optional<String> writtenBefore() {
        List<S3Object> found = S3Listing.under(
                s3,
                settings.account().bucket(),
                objects(),
                all -> all.limit(OBJECTS_MAX).toList());
        for (S3Object object : found) {
            if (!isForeign(object.key())) {
                return Optional.of(object.key());
            }
        }
        if (!found.isEmpty()) {
            LOG.warn(
                    "There is no state yet, and under s3://{}/{} lie objects of other accounts. A prefix may be shared, but a"
                            + " feed cannot tell the accounts apart by it.",
                    settings.account().bucket(),
                    objects());
        }
        return Optional.empty();
    }

    /** Tells whether an object's first event is certainly another account's; what cannot be read is not. */
    private boolean isForeign(String key) {
        try (InputStream stored = s3.getObject(get ->
                        get.bucket(settings.account().bucket()).key(key).range("bytes=0-" + (LINE_CHARS_MAX - 1)));
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(PlainStream.of(stored), StandardCharsets.UTF_8), LINE_CHARS_MAX)) {
            JsonNode host = JSON.readTree(String.valueOf(lines.readLine())).path("host");
            return host.isTextual()
                    && !host.textValue()
                            .toLowerCase(Locale.ROOT)
                            .equals(settings.account().apiHost());
        } catch (IOException | SdkException e) {
            LOG.debug("{} cannot be read, and counts as this account's", key, e);
            return false;
        }
    }

    /**
     * Returns the first window, or empty when there is nothing to read yet. What a back-fill of this account has read, or is
     * reading, is its own; what lies between its end and the window is nobody's, which is a WARN.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    Optional<PollWindow.Next> window(PollWindow rule, Instant now) {
        Optional<Instant> backfilled = backfilled();
        Optional<PollWindow.Next> next = rule.first(now, backfilled);
        Optional<Instant> begin = next.map(first -> first.window().mintime());
        if (begin.isPresent() && backfilled.isPresent() && backfilled.get().isBefore(begin.get())) {
            LOG.warn(
                    "The last back-fill ended before {}, and the first window begins at {} (duo.lookback). What lies between is"
                            + " not collected; after this run, backfill{} --from {} --to {} collects it.",
                    backfilled.get(),
                    begin.get(),
                    StreamName.options(settings),
                    backfilled.get(),
                    begin.get().minusMillis(1));
        }
        return next;
    }

    /**
     * Returns the millisecond behind the last back-fill that was begun.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    Optional<Instant> backfilled() {
        LogSettings log = settings.log();
        return S3Listing.under(
                s3,
                settings.account().bucket(),
                log.rangeStates(),
                found -> found.flatMap(object -> log.rangeOfState(object.key()).stream())
                        .map(TimeRange::to)
                        .max(Instant::compareTo)
                        .map(end -> end.plusMillis(1)));
    }
}
