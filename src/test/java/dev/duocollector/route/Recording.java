// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.cli.StateConsole;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Gzip;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * All that can be seen from outside of a collector of one stream, as text: each request to Duo and S3, each object and state
 * to the byte, health, metrics, and what is logged. The world is fixed: an operator's settings, routes and events, a clock
 * that stands still, and what fails. What differs each time has a name instead: a state's write id, its ETag, a port, a bucket.
 */
final class Recording {

    /** Headers of S3's that are the AWS SDK's own: with this machine's time, its version, or a digest of a write id. */
    private static final Set<String> OF_THE_SDK = Set.of(
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "authorization",
            "connection",
            "content-length",
            "expect",
            "user-agent",
            "x-amz-checksum-crc32",
            "x-amz-content-sha256",
            "x-amz-date",
            "x-amz-te");

    private static final Pattern WRITE_ID = Pattern.compile("\"writeId\":\"([^\"]*)\"");

    /** In a state, in no order. */
    private static final Pattern EVENT_KEYS = Pattern.compile("(?<=\"eventKeys\":\\{)[^}]+(?=})");

    /** Details of health that Camel adds: its own times, by the system's clock. */
    private static final Pattern OF_CAMEL = Pattern.compile("check\\..*|(invocation|success|failure)\\..*");

    private static final Pattern TOOK = Pattern.compile("(?<=^duo_telephony_run_duration_seconds ).*");
    private static final Pattern PORT = Pattern.compile(":\\d+$");

    private final Path folder;
    private final Path secondPlace;
    private final World world = new World();
    private final Map<String, String> settings = new HashMap<>();
    private final Logs logs = Logs.capture();

    private final StringBuilder requests = new StringBuilder();
    private final StringBuilder observed = new StringBuilder();
    private final List<Seen> seen = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private int states;
    private Map<String, byte[]> bucket = new TreeMap<>();

    /** A request, and what was in the bucket before it. */
    private record Seen(FaultProxy proxy, int number, Map<String, byte[]> before) {}

    /**
     * What was recorded.
     *
     * @param requests what was asked of Duo and S3, and what was then in the bucket
     * @param observed what was logged, health, and {@code state show}, after each run, and the metrics of
     *     a program
     */
    record Texts(String requests, String observed) {}

    /** Runs of one program after the other; each begins with what the one before has left in the bucket. */
    @FunctionalInterface
    private interface Program {
        void runs(TestCollector collector) throws IOException;
    }

    private Recording(Path folder, Path secondPlace, Map<String, String> changed) throws IOException {
        this.folder = folder;
        this.secondPlace = secondPlace;
        Properties file = new Properties();
        file.load(new StringReader(Files.readString(folder.resolve("application.properties"), UTF_8)));
        file.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        settings.putAll(world.settings);
        settings.putAll(changed);
        settings.put("second.place", secondPlace.toString());
        events();
        hook(world.duoProxy);
        hook(world.s3Proxy);
    }

    /**
     * Collects with the defaults, small pages and UDM, an hour and a failure after the other.
     *
     * @param folder has the settings, routes and events
     * @param secondPlace an empty folder, where the operator's own steps put files
     */
    static Texts ofDefaults(Path folder, Path secondPlace) throws Exception {
        return new Recording(folder, secondPlace, Map.of("duo.page.size", "2", "udm.prefix", World.UDM_PREFIX))
                .defaults();
    }

    /** Collects with other choices where there are any, a page in each run, and reads a time again. */
    static Texts ofChoices(Path folder, Path secondPlace) throws Exception {
        Map<String, String> choices = Map.of(
                "duo.page.size", "3",
                "duo.signature", "v2",
                "max.iterations", "1",
                "s3.prefix", "logs/duo/phone-calls/",
                "s3.compression", "gzip",
                "s3.checksums", "when-required",
                "state.key", "logs/state.json",
                "event.shape", "raw");
        return new Recording(folder, secondPlace, choices).choices();
    }

    private Texts defaults() throws Exception {
        String metrics = program(collector -> {
            run("The first run", collector);

            world.clock.advance(Duration.ofHours(1));
            run("An hour later, with an event that Duo showed late", collector);

            world.clock.advance(Duration.ofHours(1));
            world.duoProxy.plan(FaultPlan.at(1, request -> true, Fault.ANSWER_503));
            run("Duo refuses the first request", collector);

            world.clock.advance(Duration.ofHours(1));
            world.s3Proxy.plan(FaultPlan.every(1, Recording::isData, Fault.ANSWER_503));
            run("S3 takes no object", collector);
        });
        observed.append("== Metrics\n");
        metrics.lines()
                .map(line -> TOOK.matcher(line).replaceFirst("some time"))
                .sorted()
                .forEach(line -> observed.append(line).append('\n'));
        world.s3Proxy.plan(FaultPlan.none());
        world.clock.advance(Duration.ofMinutes(10));
        program(collector -> {
            run("S3 takes objects again, from a new program", collector);

            world.clock.advance(Duration.ofMinutes(10));
            run("Nothing is new", collector);
        });
        return end();
    }

    private Texts choices() throws Exception {
        program(collector -> run("The first run", collector));
        program(collector -> run("The second page", collector));
        settings.put("max.iterations", "0");
        program(collector -> run("All that is left", collector));
        String lost = bucket.keySet().stream()
                .filter(key -> key.contains("_00002_"))
                .findFirst()
                .orElseThrow();
        World.s3().client().deleteObject(delete -> delete.bucket(world.bucket).key(lost));
        settings.putAll(Map.of("range.from", "2026-11-23T07:10:00Z", "range.to", "2026-11-23T07:40:00Z"));
        program(collector -> run("A time that is read again, of which an object was lost", collector));
        return end();
    }

    /** Returns the metrics that it ends with. */
    private String program(Program program) throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        String steps = Files.readString(folder.resolve("routes/event-steps.camel.yaml"));
        try (TestCollector collector =
                TestCollector.start(settings, world.clock, Map.of("event-steps.camel.yaml", steps), registry)) {
            PluginHelper.getRoutesLoader(collector.context())
                    .loadRoutes(ResourceHelper.fromString(
                            "nightly.camel.yaml", Files.readString(folder.resolve("routes/nightly.camel.yaml"))));
            program.runs(collector);
        }
        return registry.scrape();
    }

    private Texts end() {
        world.close();
        logs.close();
        return new Texts(requests.toString(), observed.toString());
    }

    private static boolean isData(ProxiedRequest request) {
        return request.isWrite() && !World.isState(request);
    }

    /** The sixth is shown only after the first run. */
    private void events() throws IOException {
        List<SimulatedEvent> events = new ArrayList<>();
        for (String json : Files.readAllLines(folder.resolve("events.ndjson"))) {
            OffsetDateTime ts = OffsetDateTime.parse(member(json, "ts"));
            Duration delay = events.size() == 5 ? Duration.ofMinutes(20) : Duration.ofMinutes(2);
            events.add(
                    new SimulatedEvent(ts.toInstant(), ts.toInstant().plus(delay), member(json, "telephony_id"), json));
        }
        world.events.add(events);
    }

    private static String member(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) {
            throw new IllegalArgumentException("An event without " + name);
        }
        return found.group(1);
    }

    private void hook(FaultProxy proxy) {
        proxy.onRequest(request -> {
            synchronized (seen) {
                seen.add(new Seen(proxy, request.number(), Map.copyOf(world.everything())));
            }
        });
    }

    private void run(String title, TestCollector collector) throws IOException {
        seen.clear();
        logs.clear();
        world.duoProxy.reset();
        world.s3Proxy.reset();
        try (ProducerTemplate template = collector.context().createProducerTemplate()) {
            template.send("direct:nightly", exchange -> {});
        }
        requests.append("== ").append(title).append(", at ").append(world.now()).append('\n');
        for (int i = 0; i < seen.size(); i++) {
            boolean isLast = i == seen.size() - 1;
            write(
                    seen.get(i),
                    isLast ? Map.copyOf(world.everything()) : seen.get(i + 1).before());
        }
        writeSecondPlace();
        observed.append("== ").append(title).append('\n');
        logs.linesOfThisThread().forEach(line -> observed.append(named(line)).append('\n'));
        HealthCheckHelper.invokeReadiness(collector.context()).forEach(result -> {
            observed.append(result.getCheck().getId()).append(' ').append(result.getState());
            result.getMessage().ifPresent(message -> observed.append(' ').append(named(message)));
            observed.append('\n');
            new TreeMap<>(result.getDetails()).forEach((name, value) -> {
                if (!OF_CAMEL.matcher(name).matches()) {
                    observed.append("  ")
                            .append(name)
                            .append(": ")
                            .append(value)
                            .append('\n');
                }
            });
        });
        observed.append(
                named(new StateConsole(settings, world.clock).state("show").out()));
    }

    private void write(Seen one, Map<String, byte[]> after) {
        ProxiedRequest request = one.proxy().requests().get(one.number() - 1);
        boolean isDuo = one.proxy() == world.duoProxy;
        requests.append(isDuo ? "Duo " : "S3 ")
                .append(request.method())
                .append(' ')
                .append(named(request.target()))
                .append('\n');
        new TreeMap<>(request.headers()).forEach((name, value) -> {
            if (isDuo || !OF_THE_SDK.contains(name)) {
                requests.append("  ")
                        .append(name)
                        .append(": ")
                        .append(named(name.equals("host") ? PORT.matcher(value).replaceFirst("") : value))
                        .append('\n');
            }
        });
        requests.append("  -> ")
                .append(request.fault() == Fault.NONE ? request.status() : request.fault())
                .append('\n');
        new TreeMap<>(after).forEach((key, bytes) -> {
            if (!Arrays.equals(bytes, bucket.get(key))) {
                name(bytes);
                requests.append("  stored ")
                        .append(key)
                        .append(", ")
                        .append(world.contentType(key))
                        .append(":\n")
                        .append(indented(named(sorted(Gzip.text(key, bytes)))));
            }
        });
        bucket = new TreeMap<>(after);
    }

    /** And empties it. */
    private void writeSecondPlace() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(secondPlace)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            requests.append("Second place ")
                    .append(secondPlace.relativize(file))
                    .append(":\n")
                    .append(indented(Files.readString(file)));
            Files.delete(file);
        }
    }

    private static String indented(String text) {
        return text.replaceAll("(?m)^", "  | ") + "\n";
    }

    /** Gives a new state a name, by which later requests are seen to mean it. */
    private void name(byte[] bytes) {
        Matcher writeId = WRITE_ID.matcher(new String(bytes, UTF_8));
        if (writeId.find()) {
            String name = "state-" + ++states;
            names.put(writeId.group(1), "write-id-of-" + name);
            names.put(md5(bytes), "etag-of-" + name);
        }
    }

    private static String sorted(String state) {
        return EVENT_KEYS
                .matcher(state)
                .replaceAll(
                        keys -> Arrays.stream(keys.group().split(",")).sorted().collect(Collectors.joining(",")));
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has MD5", e);
        }
    }

    private String named(String text) {
        String named = text.replace(world.bucket, "the-bucket");
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }
}
