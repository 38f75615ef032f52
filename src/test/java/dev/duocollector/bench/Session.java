// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.fault.FaultProxy;
import dev.duocollector.s3.EmbeddedS3Main;
import dev.duocollector.simulator.SimulatorMain;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/**
 * All runs of one {@link Size}: Duo, S3 and each variant in a JVM of its own, all alive together, and the variants' runs in
 * turn, so that whatever else this machine does meets them alike.
 */
final class Session implements AutoCloseable {

    private static final String LISTENING = "listening on ";
    private static final String API_HOST = "api-00000000.duosecurity.com";
    private static final String IKEY = "DIXXXXXXXXXXXXXXXXXX";
    private static final String SKEY = "the-secret-key-of-nobody-at-all-0123456789";
    private static final String BUCKET = "bench-bucket";
    private static final String REGION = "us-east-1";
    private static final AwsBasicCredentials CREDENTIALS = AwsBasicCredentials.create("bench-key", "bench-secret");

    private static final Duration START_MAX = Duration.ofMinutes(1);
    private static final Duration RUN_MAX = Duration.ofMinutes(10);

    /** Duo's own items have about this many bytes. */
    private static final int EVENT_BYTES = 216;

    private static final String SERVER_HEAP = "512m";

    private final Size size;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final URI duo;
    private final URI s3;
    private final Bucket bucket;
    private final Map<Variant, Child> workers = new EnumMap<>(Variant.class);
    private int runs;
    private long stateBytes;

    /**
     * Starts the servers and the variants.
     *
     * @param jar the runnable jar, whose classes the variants run on: the tests' libraries would take a fifth of their heap
     */
    Session(Size size, Path folder, Path jar) {
        this.size = size;
        // All of it lies in the window: what Duo shows last is older than the lag.
        Instant last = Instant.now().minus(Duration.ofMinutes(5));
        duo = server(Child.start(
                SERVER_HEAP,
                SimulatorMain.class,
                List.of(
                        "0",
                        IKEY,
                        Integer.toString(size.events()),
                        size.span().toString(),
                        last.toString(),
                        Integer.toString(EVENT_BYTES)),
                Map.of("DUO_SKEY", SKEY)));
        Map<String, String> keys = Map.of(
                "AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId(), "AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey());
        s3 = server(Child.start(SERVER_HEAP, EmbeddedS3Main.class, List.of("0", folder.toString(), BUCKET), keys));
        bucket = opened(new Bucket(s3, CREDENTIALS, REGION, BUCKET));
        bucket.take("");
        Map<String, String> ofWorkers = new HashMap<>(keys);
        ofWorkers.put("CLASSPATH", jar.toAbsolutePath() + File.pathSeparator + ownClasses());
        for (Variant variant : Variant.values()) {
            workers.put(variant, opened(Child.start(variant.heap(), Worker.class, List.of(variant.name()), ofWorkers)));
        }
    }

    private static Path ownClasses() {
        try {
            return Path.of(Worker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private URI server(Child child) {
        String line = opened(child).read(START_MAX);
        return URI.create(line.substring(LISTENING.length()));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(0, resource);
        return resource;
    }

    /** Makes every run, and returns what they took. */
    Result run() {
        Requests requests = warmUp();
        Map<Variant, List<Measured>> measured = new EnumMap<>(Variant.class);
        Map<Variant, Bucket.Content> contents = new EnumMap<>(Variant.class);
        for (int round = 1; round <= size.runs(); round++) {
            for (Variant variant : Variant.values()) {
                if (round <= size.runs(variant)) {
                    String prefix = nextPrefix();
                    Measured run = run(variant, settings(prefix, duo, s3, 0));
                    measured.computeIfAbsent(variant, first -> new ArrayList<>())
                            .add(run);
                    Bucket.Content content = bucket.take(prefix + "/");
                    requireWhole(variant, content);
                    contents.put(variant, content);
                    tell(variant, "run " + round + " of " + size.runs(variant), run, content);
                }
            }
        }
        return new Result(size, requests, measured, contents);
    }

    /** A run that lost an event is not worth its figures. */
    private void requireWhole(Variant variant, Bucket.Content content) {
        long events = switch (variant) {
            case COLLECTOR -> content.lines();
            // Whole pages, of which only the number is looked at.
            case FLOOR -> (long) content.objects() * Size.PAGE;
            // No line feed after an object's last line.
            case NAIVE -> content.lines() + content.objects();
        };
        if (events != size.events()) {
            throw new IllegalStateException("Of " + size.events() + " events, " + variant + " stored " + events);
        }
    }

    private Requests warmUp() {
        String prefix = nextPrefix();
        Requests requests;
        try (FaultProxy duoProxy = FaultProxy.inFrontOf(duo);
                FaultProxy s3Proxy = FaultProxy.inFrontOf(s3)) {
            Measured run = run(Variant.COLLECTOR, settings(prefix, duoProxy.uri(), s3Proxy.uri(), 0));
            tell(Variant.COLLECTOR, "warm-up, requests counted by proxies", run, bucket.take(prefix + "/"));
            requests = Requests.of(duoProxy.requests(), s3Proxy.requests(), "/" + prefix + "/");
            stateBytes = requests.statePutBytes();
        }
        for (Variant variant : List.of(Variant.FLOOR, Variant.NAIVE)) {
            String next = nextPrefix();
            Measured run = run(variant, settings(next, duo, s3, Size.WARM_UP_PAGES));
            tell(variant, "warm-up", run, bucket.take(next + "/"));
        }
        return requests;
    }

    private String nextPrefix() {
        runs++;
        return "run-" + runs;
    }

    private Measured run(Variant variant, Map<String, String> settings) {
        String line = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
        return Measured.parse(workers.get(variant).ask(line, RUN_MAX));
    }

    private Map<String, String> settings(String prefix, URI duoUri, URI s3Uri, int pagesMax) {
        return Map.ofEntries(
                Map.entry("duo.api.host", API_HOST),
                Map.entry("duo.ikey", IKEY),
                Map.entry("duo.skey", SKEY),
                Map.entry("duo.base-url", duoUri.toString()),
                Map.entry("duo.lookback", size.span().plusDays(1).toString()),
                Map.entry("duo.page.pause", "0s"),
                Map.entry("max.iterations", Integer.toString(pagesMax)),
                Map.entry("s3.bucket", BUCKET),
                Map.entry("s3.region", REGION),
                Map.entry("s3.endpoint", s3Uri.toString()),
                Map.entry("s3.path-style", "true"),
                Map.entry("s3.prefix", prefix),
                Map.entry("state.key", "state/" + prefix + ".json"),
                Map.entry(FloorJob.STATE_BYTES, Long.toString(stateBytes)));
    }

    private static void tell(Variant variant, String what, Measured run, Bucket.Content content) {
        System.out.printf(
                Locale.ROOT,
                "  %-15s %-38s %6.1f s, %,d objects, %,d lines%n",
                variant,
                what,
                run.seconds(),
                content.objects(),
                content.lines());
    }

    @Override
    public void close() {
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) { // what AutoCloseable declares
                throw new IllegalStateException(e);
            }
        }
    }
}
