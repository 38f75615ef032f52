// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.Pause;
import dev.duocollector.run.RunReport;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.simulator.DuoSimulator;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The try-out, {@code ./mvnw -Pdemo}: the shipped routes between a made-up Duo account and an S3 server of their own, both in
 * this JVM. It shows what two runs do, and checks by itself that every event is in the bucket exactly once. Exit 0 if so,
 * else 1. Needs no account, no Docker and no network beyond 127.0.0.1.
 */
public final class Demo {

    private static final String API_HOST = "api-00000000.duosecurity.com";
    private static final String IKEY = "DIXXXXXXXXXXXXXXXXXX";
    private static final String SKEY = "the-secret-key-of-nobody-at-all-0123456789";
    private static final String BUCKET = "demo-bucket";
    private static final String PREFIX = "duo-telephony/";
    private static final String STATE_KEY = "duo-telephony-state/" + API_HOST + ".json";

    private static final Duration LOOKBACK = Duration.ofDays(3);
    private static final int EVENTS = 3600;
    private static final int TWINS = 3;
    private static final int DOUBLES = 12;
    private static final int NEW_EVENTS = 4;

    /** Within the overlap (10 minutes by default) and before the end of the first window. */
    private static final Duration LATE_BY = Duration.ofMinutes(6);

    /** How far the second window must reach beyond the first, so that the new events fit in. */
    private static final Duration STEP = Duration.ofSeconds(3);

    /** How much earlier than its lag a window ends at most: S3 tells its time without fractions of a second. */
    private static final Duration MARGIN = LogSettings.WINDOW_MARGIN.plusSeconds(1);

    private final DemoPage page;
    private final Path folder;
    private final String pause;
    private final Clock clock = Clock.systemUTC();
    private final MadeUpEvents madeUp = new MadeUpEvents(2026);
    private final MemoryEventStore duoShows = new MemoryEventStore();
    private final List<SimulatedEvent> events = new ArrayList<>();

    /**
     * @param folder where the bucket's files go; whatever is in it is deleted first
     * @param pause between two pages, as the setting is written
     */
    Demo(PrintStream out, Path folder, String pause) {
        this.page = new DemoPage(out);
        this.folder = folder;
        this.pause = pause;
    }

    public static void main(String[] args) {
        boolean good = false;
        try {
            good = new Demo(System.out, Path.of("target", "demo"), "1s").run();
        } catch (RuntimeException e) {
            // Maven would close the class path before it shows the failure, and show another one instead.
            LoggerFactory.getLogger(Demo.class).error("The try-out failed", e);
        }
        // Ends Maven, too, so that the last line on the screen is this program's.
        System.exit(good ? 0 : 1);
    }

    /** Plays the whole story, and returns whether it came out as it should. */
    boolean run() {
        delete(folder);
        threeDays();
        try (EmbeddedS3 s3 = EmbeddedS3.onFolder(folder);
                DuoSimulator duo = DuoSimulator.builder()
                        .apiHost(API_HOST)
                        .ikey(IKEY)
                        .skey(SKEY)
                        .clock(clock)
                        .events(duoShows)
                        .start()) {
            s3.createBucket(BUCKET);
            return play(duo, s3);
        }
    }

    private boolean play(DuoSimulator duo, EmbeddedS3 s3) {
        Map<String, String> settings = settings(duo, s3);
        page.title("The Duo telephony collector, tried out with a made-up Duo account");
        introduce(duo, s3, settings);
        System.setProperty("aws.accessKeyId", s3.accessKey());
        System.setProperty("aws.secretAccessKey", s3.secretKey());
        try (LocalCollector collector = LocalCollector.start(settings)) {
            collector.notify(new DemoPage.Progress(page));
            page.title("First run: the last three days");
            if (!run(collector)) {
                return false;
            }
            showBucket(s3);
            news(s3);
            page.title("Second run, a moment later");
            page.line("Since then, Duo has " + NEW_EVENTS + " new events, and shows one of " + LATE_BY.toMinutes()
                    + " minutes before only now. The run");
            page.line("asks for the last ten minutes again, so as not to miss that one, and stores only the news.");
            page.blank();
            return run(collector) && check(s3);
        }
    }

    private boolean run(LocalCollector collector) {
        RunReport report = collector.run();
        page.report(report);
        return report.outcome() == RunOutcome.DONE;
    }

    /** The only settings that differ from application.properties. */
    private Map<String, String> settings(DuoSimulator duo, EmbeddedS3 s3) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("duo.api.host", API_HOST);
        settings.put("duo.ikey", IKEY);
        settings.put("duo.skey", SKEY);
        settings.put("duo.base-url", duo.uri().toString());
        settings.put("duo.lookback", LOOKBACK.toDays() + "d");
        settings.put("duo.page.pause", pause);
        settings.put("s3.bucket", BUCKET);
        settings.put("s3.region", EmbeddedS3.REGION);
        settings.put("s3.endpoint", s3.uri().toString());
        settings.put("s3.path-style", "true");
        return settings;
    }

    // ---- What Duo shows.

    private void threeDays() {
        Instant now = clock.instant();
        // Not from the very first minute: the window begins only when the collector does.
        add(madeUp.spread(EVENTS, now.minus(LOOKBACK).plus(Duration.ofMinutes(10)), now.minus(MadeUpEvents.DELAY)));
        for (int i = 1; i <= TWINS; i++) {
            add(List.of(madeUp.twinOf(events.get(i * EVENTS / (TWINS + 1)))));
        }
        for (int i = 1; i <= DOUBLES; i++) {
            duoShows.add(events.get(i * EVENTS / (DOUBLES + 1)));
        }
    }

    /** Adds events behind the end of the first window, and one before it that Duo shows late. */
    private void news(EmbeddedS3 s3) {
        Instant through = Instant.parse(state(s3).path("committedThrough").asText());
        Instant ready = through.plus(MadeUpEvents.DELAY).plus(MARGIN).plus(STEP);
        Duration wait = Duration.between(clock.instant(), ready);
        if (!wait.isNegative()) {
            new Pause().await(wait);
        }
        add(madeUp.spread(NEW_EVENTS, through.plusMillis(100), through.plus(STEP)));
        add(List.of(madeUp.at(through.minus(LATE_BY)).visibleFrom(clock.instant())));
    }

    private void add(List<SimulatedEvent> more) {
        events.addAll(more);
        duoShows.add(more);
    }

    // ---- What is told.

    private void introduce(DuoSimulator duo, EmbeddedS3 s3, Map<String, String> settings) {
        page.line(String.format(
                Locale.ROOT,
                "Duo   %s, made up: %,d events of the last three days, %d of them given twice",
                duo.uri(),
                events.size(),
                DOUBLES));
        page.line(
                s3.onFolder()
                        ? "S3    " + s3.uri() + ", on the folder " + folder
                        : "S3    " + s3.uri() + ", in memory: the file system of " + folder
                                + " keeps no extended attributes");
        page.blank();
        page.line("The collector runs its own routes and application.properties. Only these settings differ:");
        page.blank();
        settings.forEach((name, value) -> page.line(String.format(Locale.ROOT, "  %-15s = %s", name, value)));
        page.line(String.format(Locale.ROOT, "  %-15s = %s", "AWS credentials", "made up, like the two keys above"));
    }

    private void showBucket(EmbeddedS3 s3) {
        SortedMap<String, byte[]> objects = s3.objects(BUCKET, PREFIX);
        List<String> lines = lines(objects);
        long bytes =
                objects.values().stream().mapToLong(object -> object.length).sum();
        page.title("What is in the bucket now");
        page.line(String.format(
                Locale.ROOT,
                "%d objects with %,d lines, %,d bytes%s",
                objects.size(),
                lines.size(),
                bytes,
                s3.onFolder() ? ", as files in" : ""));
        page.line("  " + place(s3, PREFIX));
        page.blank();
        page.line("The first 3 events, as stored:");
        lines.stream().limit(3).forEach(page::broken);
        page.blank();
        JsonNode state = state(s3);
        page.line("The state, outside the folder that a feed would read:");
        page.line("  " + place(s3, STATE_KEY));
        page.line(String.format(
                Locale.ROOT,
                "  collected through %s, knows the %d events of the ten minutes before",
                state.path("committedThrough").asText(),
                state.path("eventKeys").size()));
    }

    private String place(EmbeddedS3 s3, String key) {
        return s3.onFolder() ? folder.resolve(BUCKET) + "/" + key : "s3://" + BUCKET + "/" + key;
    }

    private JsonNode state(EmbeddedS3 s3) {
        try {
            return new ObjectMapper().readTree(s3.objects(BUCKET, STATE_KEY).get(STATE_KEY));
        } catch (IOException e) {
            throw new UncheckedIOException("The state is not readable", e);
        }
    }

    private static List<String> lines(SortedMap<String, byte[]> objects) {
        return objects.values().stream()
                .flatMap(object -> new String(object, UTF_8).lines())
                .toList();
    }

    /** Compares what Duo showed with what is stored, as read back over S3. */
    private boolean check(EmbeddedS3 s3) {
        SortedMap<String, byte[]> objects = s3.objects(BUCKET, PREFIX);
        DemoTally tally = DemoTally.of(events.stream().map(SimulatedEvent::json).toList(), lines(objects));
        page.title("Check");
        page.line(String.format(
                Locale.ROOT,
                "Duo showed %,d different events; the bucket has %,d lines in %d objects.",
                tally.shown(),
                tally.stored(),
                objects.size()));
        page.line(
                tally.good()
                        ? "Every event is in the bucket exactly once."
                        : String.format(
                                Locale.ROOT,
                                "THIS IS WRONG: %d events are missing, %d are there twice, %d are not Duo's.",
                                tally.missing(),
                                tally.doubled(),
                                tally.unknown()));
        return tally.good();
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " of an earlier try-out cannot be deleted", e);
        }
    }
}
