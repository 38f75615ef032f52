// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.simulator.DuoSimulator;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/**
 * A made-up Duo with two accounts, and an S3 server, to try the program itself on: {@code ./mvnw -Psandbox}. It leaves a folder
 * with settings, accounts and credentials, in which every command works, and runs until it is stopped. Needs no account, no
 * Docker and no network beyond 127.0.0.1.
 */
public final class Sandbox implements AutoCloseable {

    static final List<String> ACCOUNTS = List.of("acme", "globex");
    static final String BUCKET = "my-duo-logs";

    /** How many events each log of each account has, spread over its time. */
    static final int EVENTS = 300;

    private static final Duration TIME = Duration.ofDays(3);
    private static final AwsBasicCredentials CREDENTIALS =
            AwsBasicCredentials.create("made-up-access-key", "made-up-secret-access-key");

    private final DuoSimulator duo;
    private final EmbeddedS3 s3;

    private Sandbox(DuoSimulator duo, EmbeddedS3 s3) {
        this.duo = duo;
        this.s3 = s3;
    }

    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of("target", "sandbox");
        try (Sandbox sandbox = start(folder)) {
            System.out.printf("""

                    A made-up Duo with two accounts, and an S3 server, until you press Ctrl-C. In another terminal:

                      cd %s
                      . ./env
                      java -jar ../duo-telephony-collector.jar check
                      java -jar ../duo-telephony-collector.jar once
                      java -jar ../duo-telephony-collector.jar status

                    The accounts are the files in accounts.d. What is collected is in %s.
                    """, folder, sandbox.s3.onFolder() ? "s3/" + BUCKET : "memory");
            new CountDownLatch(1).await();
        }
    }

    /**
     * Starts it.
     *
     * @param folder where the files go; whatever is in it is deleted first
     */
    static Sandbox start(Path folder) {
        Demo.delete(folder);
        DuoSimulator duo = DuoSimulator.builder().clock(Clock.systemUTC()).start();
        EmbeddedS3 s3 = EmbeddedS3.onFolder(folder.resolve("s3"), 0, CREDENTIALS);
        s3.createBucket(BUCKET);
        Sandbox sandbox = new Sandbox(duo, s3);
        write(folder.resolve("application.properties"), """
                duo.logs=telephony,authentication,activity
                duo.base-url=%s
                duo.lookback=%dd
                duo.page.pause=1s
                s3.bucket=%s
                s3.region=%s
                s3.endpoint=%s
                s3.path-style=true
                """.formatted(
                        duo.uri(), TIME.toDays(), BUCKET, EmbeddedS3.REGION, s3.uri()));
        write(folder.resolve("env"), """
                export AWS_ACCESS_KEY_ID=%s
                export AWS_SECRET_ACCESS_KEY=%s
                """.formatted(CREDENTIALS.accessKeyId(), CREDENTIALS.secretAccessKey()));
        for (int i = 0; i < ACCOUNTS.size(); i++) {
            sandbox.account(folder, ACCOUNTS.get(i), i + 1);
        }
        return sandbox;
    }

    private void account(Path folder, String name, int number) {
        String host = String.format("api-%08x.duosecurity.com", number);
        String ikey = String.format("DI%018d", number);
        String skey = "the-made-up-secret-key-of-" + name;
        MadeUpEvents madeUp = new MadeUpEvents(number);
        duo.addAccount(
                ikey,
                skey,
                host,
                logs -> logs.events(SimulatedLog.TELEPHONY, spread(madeUp::at))
                        .events(SimulatedLog.AUTHENTICATION, spread(madeUp::authentication))
                        .events(SimulatedLog.ACTIVITY, spread(madeUp::activity)));
        write(folder.resolve("accounts.d").resolve(name + ".properties"), """
                duo.api.host=%s
                duo.ikey=%s
                duo.skey=%s
                """.formatted(host, ikey, skey));
    }

    private static MemoryEventStore spread(Function<Instant, SimulatedEvent> event) {
        Instant last = Instant.now().minus(MadeUpEvents.DELAY.multipliedBy(2));
        Duration apart = TIME.minusHours(1).dividedBy(EVENTS);
        List<SimulatedEvent> events = new ArrayList<>();
        for (int i = EVENTS - 1; i >= 0; i--) {
            events.add(event.apply(last.minus(apart.multipliedBy(i))));
        }
        MemoryEventStore store = new MemoryEventStore();
        store.add(events);
        return store;
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EmbeddedS3 s3() {
        return s3;
    }

    @Override
    public void close() {
        duo.close();
        s3.close();
    }
}
