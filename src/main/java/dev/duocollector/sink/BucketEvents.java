// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.EventShape;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.text.Count;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Reads back the events of a time from the objects under the prefix, each as Duo sent it: the collector's objects, those of
 * the Lambda in Google's guide, and any other in which a line is an event. It keeps only one line in memory. It writes
 * nothing.
 */
public final class BucketEvents {

    /** No window is longer than what Duo keeps, so an object holds nothing from longer than this before its window's end. */
    private static final Duration WINDOW_MAX = Duration.ofDays(180);

    /** The longest answer that is read from Duo, and so the longest event. */
    private static final int LINE_BYTES_MAX = 64 * 1024 * 1024;

    /** The Lambda names an object when it has read all of its events; the name is cut to the second. */
    private static final Pattern LAMBDA_NAME = Pattern.compile("telephony_(\\d{8}_\\d{6})\\.json");

    private static final DateTimeFormatter LAMBDA_TIME = DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss", Locale.ROOT);

    private final S3Client s3;
    private final String bucket;
    private final KeyPrefix prefix;
    private final DuoLog log;
    private final int lineBytesMax;

    /** How much later than its window's end an event may be in a collector's object. */
    private final Duration laterBy;

    /** Whether folders under the prefix are other accounts', and nothing in them is this one's. */
    private final boolean hasFoldersOfOthers;

    /**
     * Makes a reader.
     *
     * @param log whose events there are
     */
    public BucketEvents(S3Client s3, String bucket, KeyPrefix prefix, DuoLog log) {
        this(s3, bucket, prefix, log, LINE_BYTES_MAX, Duration.ZERO, false);
    }

    BucketEvents(
            S3Client s3,
            String bucket,
            KeyPrefix prefix,
            DuoLog log,
            int lineBytesMax,
            Duration laterBy,
            boolean hasFoldersOfOthers) {
        this.laterBy = laterBy;
        this.hasFoldersOfOthers = hasFoldersOfOthers;
        this.s3 = s3;
        this.bucket = bucket;
        this.prefix = prefix;
        this.log = log;
        this.lineBytesMax = lineBytesMax;
    }

    /** Returns the reader of the bucket and the prefix that the settings name. */
    public static BucketEvents of(S3Client s3, Settings settings) {
        return new BucketEvents(
                s3,
                settings.account().bucket(),
                settings.log().prefix(),
                settings.log().duoLog(),
                LINE_BYTES_MAX,
                settings.log().get(SettingTable.OVERLAP),
                settings.hasAccounts() && settings.name().isEmpty());
    }

    /** Who an object is from, as its name tells. */
    public enum Writer {
        COLLECTOR,
        LAMBDA,
        OTHER
    }

    /** An object that can hold events of the time asked for. */
    public record StoredObject(String key, Writer writer, long bytes) {}

    /**
     * An event in the bucket.
     *
     * @param event as Duo sent it, without what {@link EventShape} had the collector append
     * @param time its ts, cut to the millisecond; empty if it has none that can be read
     * @param objectKey the object that it is in
     * @param line its line there, from 1
     */
    public record StoredEvent(DuoEvent event, Optional<Instant> time, String objectKey, long line) {

        public String eventKey() {
            return event.eventKey();
        }

        /** Returns it, if it may be of a time; without its own, if nobody can tell. */
        private Optional<StoredEvent> within(Instant from, Instant to) {
            if (time.isEmpty()) {
                return Optional.of(this);
            }
            Instant earliest = time.get();
            Instant latest = event.latestTs().orElse(earliest);
            if (latest.isBefore(from) || earliest.isAfter(to)) {
                return Optional.empty();
            }
            boolean isCertain = !earliest.isBefore(from) && !latest.isAfter(to);
            return Optional.of(isCertain ? this : new StoredEvent(event, Optional.empty(), objectKey, line));
        }

        /** Names the place only: a log must not hold the phone number. */
        @Override
        public String toString() {
            return objectKey + ", line " + line;
        }
    }

    /**
     * Lists the objects that can hold events of a time, both ends included, by their keys. An event lies at or before the end
     * of its window, which is in the name of a collector's object, or an overlap later at most, and at or before the time in the
     * name of a Lambda's.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public List<StoredObject> objects(Instant from, Instant to) {
        List<StoredObject> objects = new ArrayList<>();
        try {
            for (S3Object object : s3.listObjectsV2Paginator(request -> request.bucket(bucket)
                            .prefix(prefix.resolve(""))
                            .delimiter(hasFoldersOfOthers ? "/" : null))
                    .contents()) {
                StoredObject found = new StoredObject(object.key(), writer(object.key()), object.size());
                if (canHold(found, from, to)) {
                    objects.add(found);
                }
            }
        } catch (SdkException e) {
            throw new S3OperationException("s3:ListBucket", bucket, "", e);
        }
        return objects;
    }

    /**
     * Returns the end of the earliest window that a collector has stored something of; empty if there is none.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public Optional<Instant> firstWindow() {
        // A Lambda's objects of before have names that begin so, too.
        return S3Listing.under(
                s3,
                bucket,
                prefix.resolve(log + "_"),
                found -> found.flatMap(object -> ObjectKey.maxtime(object.key()).stream())
                        .findFirst());
    }

    /**
     * Reads the events of a time, both ends included, from an object in their order there. An event without a readable time is
     * given too, unless the object is another program's, where a line without one is not an event. An object that was deleted
     * since it was listed holds nothing.
     *
     * @return how many lines are not events, in an object of {@link Writer#OTHER}
     * @throws RefusedException if a line of a collector's or a Lambda's object is not an event, or an object is cut short;
     *     names the object and the line
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public long read(StoredObject object, Instant from, Instant to, Consumer<StoredEvent> events) {
        long noEvents = 0;
        try (StoredBytes stored = open(object.key())) {
            NdjsonLines lines = new NdjsonLines(PlainStream.of(stored), lineBytesMax);
            for (Optional<NdjsonLines.Line> line = next(object, lines); line.isPresent(); line = next(object, lines)) {
                Optional<StoredEvent> event = event(object, line.get());
                if (event.isEmpty()) {
                    noEvents++;
                } else {
                    event.get().within(from, to).ifPresent(events);
                }
            }
            stored.requireWhole(object);
            return noEvents;
        } catch (SdkException e) {
            if (S3Failure.isAbsent(e)) {
                return 0;
            }
            throw failed(object.key(), e);
        } catch (IOException e) {
            throw unreadable(object, 0, "it is cut short or is not gzip", e);
        }
    }

    private static Optional<NdjsonLines.Line> next(StoredObject object, NdjsonLines lines) {
        try {
            return lines.next();
        } catch (IOException e) {
            throw unreadable(object, lines.number(), "it is cut short or is not gzip", e);
        }
    }

    /** Returns the event of a line; empty if it is not an event and need not be one. */
    private Optional<StoredEvent> event(StoredObject object, NdjsonLines.Line line) {
        try {
            if (line.tooLong()) {
                throw new IOException("an event has 64 MiB at most");
            }
            DuoEvent event = ClientFields.without(DuoEvent.of(line.bytes(), log));
            Optional<Instant> time = event.ts().map(ts -> ts.truncatedTo(ChronoUnit.MILLIS));
            return object.writer() == Writer.OTHER && time.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new StoredEvent(event, time, object.key(), line.number()));
        } catch (IOException e) {
            if (object.writer() == Writer.OTHER) {
                return Optional.empty();
            }
            throw unreadable(object, line.number(), e.getMessage(), e);
        }
    }

    private static Writer writer(String key) {
        if (ObjectKey.maxtime(key).isPresent()) {
            return Writer.COLLECTOR;
        }
        return lambdaTime(key).isPresent() ? Writer.LAMBDA : Writer.OTHER;
    }

    private boolean canHold(StoredObject object, Instant from, Instant to) {
        return switch (object.writer()) {
            case COLLECTOR -> {
                Instant maxtime = ObjectKey.maxtime(object.key()).orElseThrow();
                yield !maxtime.plus(laterBy).isBefore(from)
                        && !maxtime.minus(WINDOW_MAX).isAfter(to);
            }
            case LAMBDA ->
                !lambdaTime(object.key()).orElseThrow().plusSeconds(1).isBefore(from);
            case OTHER -> true;
        };
    }

    private static Optional<Instant> lambdaTime(String key) {
        Matcher name = LAMBDA_NAME.matcher(ObjectKey.name(key));
        try {
            return name.matches()
                    ? Optional.of(
                            LocalDateTime.parse(name.group(1), LAMBDA_TIME).toInstant(ZoneOffset.UTC))
                    : Optional.empty();
        } catch (DateTimeParseException e) {
            // No such day.
            return Optional.empty();
        }
    }

    private StoredBytes open(String key) {
        return new StoredBytes(s3.getObject(request -> request.bucket(bucket).key(key)));
    }

    /** An object's bytes as they are read, and how many there were. */
    private final class StoredBytes extends FilterInputStream {

        private long count;

        StoredBytes(InputStream bytes) {
            super(bytes);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int read = super.read(bytes, offset, length);
                count += Math.max(0, read);
                return read;
            } catch (IOException e) {
                throw connectionLost(e);
            }
        }

        /** What is behind a gzip's end counts as well. */
        void requireWhole(StoredObject listed) throws IOException {
            transferTo(OutputStream.nullOutputStream());
            if (count != listed.bytes()) {
                throw new RefusedException(
                        RunOutcome.FAILED,
                        "s3://" + bucket + "/" + listed.key() + " has " + Count.of(listed.bytes(), "byte")
                                + " by S3's list, and S3 gave " + count
                                + ": it has been changed meanwhile, or was not given whole. Run the same command again.");
            }
        }
    }

    /** Tells a connection that breaks from an object that does; unchecked, as gzip takes an IOException for the end. */
    private static SdkClientException connectionLost(IOException e) {
        return SdkClientException.create("The connection was lost", e);
    }

    private S3OperationException failed(String key, SdkException e) {
        return new S3OperationException("s3:GetObject", bucket, key, e);
    }

    private static RefusedException unreadable(StoredObject object, long line, String flaw, IOException cause) {
        return new RefusedException(
                RunOutcome.OPERATOR,
                "The object " + object.key() + (line == 0 ? "" : ", line " + line) + ", cannot be read: " + flaw
                        + ". Put the object as it was written back (bucket versioning keeps it), or move it out of the prefix.",
                cause);
    }

    @Override
    public String toString() {
        return "BucketEvents[s3://" + bucket + "/" + prefix + "]";
    }
}
