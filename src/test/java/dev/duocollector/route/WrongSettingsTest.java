// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.simulator.MadeUpEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** An operator's mistakes, one at a time: each is one line that says what to do, and leaves the bucket as it was. */
class WrongSettingsTest {

    private final World world = World.inRealTime().set("duo.retry.max-elapsed", "0s");
    private final Logs logs = Logs.capture();

    @TempDir
    private Path routes;

    /** So that nothing is missing because there was nothing to write. */
    @BeforeEach
    void showAnEvent() {
        world.events.add(new MadeUpEvents(2).at(Instant.now().minus(Duration.ofMinutes(10))));
    }

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    private static final String READ_ONLY = "S3 allows no writing";

    /** What is wrong, how it comes about, and what the line must say of it. */
    static Stream<Arguments> mistakes() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Instant later = now.plus(Duration.ofHours(1));
        return Stream.of(
                setting("duo.api.host", "example.com", "duo.api.host is 'example.com'", "api-….duosecurity.com"),
                setting("duo.page.size", "5000", "duo.page.size is '5000'", "1 to 1000"),
                setting("duo.lookback", "400d", "duo.lookback is '400d'", "180d"),
                setting("max.iterations", "-1", "max.iterations is '-1'", "0 or more"),
                setting("duo.base-url", "http://192.0.2.1", "duo.base-url is 'http://192.0.2.1'", "https", "loopback"),
                setting("s3.prefix", "logs/${date:now}", "s3.prefix", "logs/${date:now}"),
                setting("state.key", "duo-telephony/state.json", "state.key", "inside s3.prefix", "Set state.key"),
                setting("s3.bucket", "no-such-bucket", "no-such-bucket", "there is no such bucket", "s3.bucket"),
                mistake(
                        "S3 allows nothing",
                        world -> world.s3Proxy.plan(FaultPlan.every(1, request -> true, Fault.ANSWER_403)),
                        "403 AccessDenied",
                        "Grant s3:GetObject",
                        "s3:ListBucket"),
                mistake(
                        READ_ONLY,
                        world -> world.s3Proxy.plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_403)),
                        "403 AccessDenied",
                        "Grant s3:PutObject"),
                state("broken", "{\"version\":1,", "duo-telephony-state/", "not"),
                state("another account's", state("api-11111111.duosecurity.com", now), "api-11111111", "state.key"),
                state("from the future", state(World.API_HOST, later), later.toString(), "clock"),
                state("of a newer version", "{\"version\":9,\"owner\":\"x\"}", "version", "9"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void isOneLineAndNothingWritten(String name, Consumer<World> mistake, String[] said) {
        mistake.accept(world);
        Map<String, byte[]> before = world.everything();

        assertRefused(said);

        assertThat(world.everything()).containsExactlyEntriesOf(before);
        // The window is written after its first answer, so a state that cannot be written shows only then.
        assertThat(world.duo.requests()).as("requests to Duo").hasSize(name.equals(READ_ONLY) ? 1 : 0);
    }

    /** A window is written after its first answer, so nothing is, and what is set afterwards counts. */
    @Test
    void isOneLineAndNoObject_whenDuoRefuses() {
        world.duo.misbehave(1, 100, forbidden());

        assertRefused("40301", "Grant read log");

        assertThat(world.everything()).isEmpty();
        assertThat(world.duo.requests()).as("requests, without a retry").hasSize(1);
    }

    private void assertRefused(String... said) {
        Map<String, String> settings = new HashMap<>(world.settings);
        // Has no effect here, which is a line of its own.
        settings.remove("observe.enabled");
        CamelApplication application =
                CamelApplication.inContainer(settings, routes, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        assertThat(application.runOnce()).isEqualTo(2);

        assertThat(logs.lines(Level.ERROR)).singleElement().asString().contains(said);
        assertThat(logs.lines(Level.WARN)).isEmpty();
        assertThat(logs.secrets()).isEmpty();
    }

    private static Arguments setting(String name, String value, String... said) {
        return mistake(name + "=" + value, world -> world.set(name, value), said);
    }

    private static Arguments state(String what, String json, String... said) {
        return mistake(
                "state " + what,
                world -> World.s3()
                        .client()
                        .putObject(
                                put -> put.bucket(world.bucket).key(World.STATE_KEY),
                                RequestBody.fromString(json, UTF_8)),
                said);
    }

    private static Arguments mistake(String name, Consumer<World> mistake, String... said) {
        return Arguments.of(name, mistake, said);
    }

    /** A state as the collector writes it. */
    private static String state(String owner, Instant committedThrough) {
        return "{\"version\":1,\"owner\":\"" + owner + "\",\"writeId\":\"00000000-0000-4000-8000-000000000000\","
                + "\"committedThrough\":\"" + committedThrough + "\",\"keysFrom\":\""
                + committedThrough.minus(Duration.ofMinutes(10)) + "\",\"eventKeys\":{}}";
    }
}
