// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.RememberingContext;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** What {@code once --dry-run} says of the operator's steps, and what they cannot do in it. */
class DryStepsTest {

    private static final String PHONE = "+1202555";

    private final World world = World.inRealTime();
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(3).spread(6, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    private Path routes;

    @TempDir
    private Path place;

    @BeforeEach
    void showEvents() {
        world.events.add(events);
        assertThat(events).allMatch(event -> event.json().contains(PHONE));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- log: { message: hi, loggingLevel: DEBUG }                        | 6 events read, 0 dropped, 0 changed.        | \"phone\":\"+00000000000\"",
                "- setBody: { jsonpath: '$[0:2]' }                                  | 6 events read, 4 dropped, 0 changed.        | (dropped",
                "- setBody: { jsonpath: '$[?(@.contxt)]' }                          | 6 events read, 6 dropped, 0 changed.        | (dropped",
                "- split: { simple: '${body}', steps: [ { script: { simple: \"${body.put('phone', 'none')}\" } } ] } | 6 events read, 0 dropped, 6 changed. | \"phone\":\"xxxx\"",
                "- script: { simple: \"${body[1].put('caller', 'Jean +12025550147')}\" }  | 6 events read, 0 dropped, 1 changed. | \"caller\":\"xxxx +00000000000\"",
                "- script: { simple: \"${body[1].put('+12025550147', 'x')}\" }        | 6 events read, 0 dropped, 1 changed.      | \"+00000000000\":\"x\"",
                "- script: { simple: \"${body[1].put('context', '+12025550147')}\" }  | 6 events read, 0 dropped, 1 changed.      | \"context\":\"+00000000000\""
            })
    void saysWhatTheyMakeOfAPage(String step, String counts, String after) throws IOException {
        steps(step);

        assertThat(dryRun(false)).isZero();

        assertThat(printed.toString(UTF_8).lines())
                .contains("Your steps: " + counts, "Nothing was written.")
                .anyMatch(line -> line.startsWith("Before: {") && line.contains("\"phone\":\"+00000000000\""))
                .anyMatch(line -> line.startsWith("After:  ") && line.contains(after))
                .noneMatch(line -> line.contains("2025550"));
        assertNothingWritten();
    }

    @Test
    void showsTheLines_asTheyAre_onRequest() throws IOException {
        steps("- split: { simple: '${body}', steps: [ { script: { simple: \"${body.put('phone', 'none')}\" } } ] }");

        assertThat(dryRun(true)).isZero();

        assertThat(printed.toString(UTF_8).lines())
                .contains("Before: " + World.stored(events).get(0))
                .anyMatch(line -> line.startsWith("After:  ") && line.contains("\"phone\":\"none\""))
                .noneMatch(line -> line.contains("--show"));
    }

    /** The step that would deliver, and how it is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- to: 'file:PLACE?fileName=a'                                                        | file://PLACE.",
                "- to: { uri: file, parameters: { directoryName: PLACE, fileName: '${variable.objectKey}' } } | file://PLACE.",
                "- toD: 'file:PLACE?fileName=${exchangeId}'                                           | file://PLACE.",
                "- wireTap: { uri: 'file:PLACE' }                                                     | file://PLACE.",
                "- recipientList: { constant: 'file:PLACE,seda:nobody' }                              | file://PLACE, seda://nobody.",
                "- enrich: { constant: 'file:PLACE' }                                                 | file://PLACE.",
                "- split: { simple: '${body}', parallelProcessing: true, steps: [ { to: 'file:PLACE' } ] } | file://PLACE.",
                "- to: 'aws2-s3:{{s3.bucket}}?amazonS3Client=#s3Client&fileName=x'                    | aws2-s3://bucket",
                "- to: 'seda:runs?waitForTaskToComplete=Never'                                        | seda://runs.",
                "- to: 'http://127.0.0.1:PORT/enrich?key=a-secret-of-the-operator'                    | http://127.0.0.1:PORT/enrich.",
                "- to: 'http://127.0.0.1:PORT/admin/v2/logs/telephony?key=a-secret-of-the-operator'   | http://127.0.0.1:PORT/admin/v2/logs/telephony."
            })
    void deliversNothing_andSaysWhere(String step, String named) throws IOException {
        Path there = Files.writeString(place.resolve("there"), "something to fetch");
        try (RawServer other = RawServer.start()) {
            other.answer("200 OK", "{}");
            steps(step.replace("PLACE", place.toString()).replace("PORT", "" + other.port()));

            assertThat(dryRun(false)).isZero();

            assertThat(other.requests()).isEmpty();
            assertThat(printed.toString(UTF_8))
                    .contains("Not sent to, because this is a dry run: "
                            + named.replace("PLACE", place.toString()).replace("PORT", "" + other.port()))
                    .doesNotContain("a-secret", PHONE);
        }
        assertThat(place.toFile().list()).containsExactly("there");
        assertThat(there).hasContent("something to fetch");
        assertNothingWritten();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- throwException: { exceptionType: java.lang.IllegalStateException, message: 'cannot take ${body[0][phone]}' } | 1",
                "- unmarshal: { json: {} }                          | 1",
                "- setBody: { simple: '${body[0]}' }                | 2",
                "- setBody: { simple: '${null}' }                   | 2",
                "- stop: {}                                         | 2",
                "- setBody: { jsonpath: '$[' }                      | 2",
                "- bean: { beanType: 'dev.duocollector.run.DryStepsTest$WithoutMemory' } | 2",
                "- to: direct:nosuch                                | 2"
            })
    void failsAsARunWould(String step, int exitCode) throws IOException {
        steps(step);

        assertThat(dryRun(false)).isEqualTo(exitCode);

        assertThat(printed.size()).isZero();
        assertThat(world.s3Proxy.requests()).noneMatch(ProxiedRequest::isWrite);
        assertThat(world.everything()).isEmpty();
    }

    /** What a step throws that a run does not take for the step's. */
    public static final class WithoutMemory {

        public List<?> of(List<?> events) {
            if (!events.isEmpty()) {
                throw new OutOfMemoryError("of " + events.size() + " events");
            }
            return events;
        }
    }

    /** A file that is fetched is moved away, so it is not fetched, and the step has nothing to go on with. */
    @Test
    void fetchesNothing() throws IOException {
        Path there = Files.writeString(place.resolve("there"), "something to fetch");
        steps("- pollEnrich: { constant: 'file:" + place + "', timeout: 10 }");

        assertThat(dryRun(false)).isEqualTo(2);

        assertThat(there).hasContent("something to fetch");
        assertNothingWritten();
    }

    @Test
    void withoutAState_isRefused_whereARunWouldBe() throws IOException {
        String earlier = "duo-telephony/telephony_20261122T081500.123Z_00001_0123456789ab.ndjson";
        put(earlier, "{}\n");

        assertThat(dryRun(false)).isEqualTo(2);

        assertThat(printed.size()).isZero();
        assertThat(world.duo.requests()).isEmpty();
        assertThat(world.everything()).containsOnlyKeys(earlier);
        world.set("state.first-run", "allow");
        assertThat(dryRun(false)).isZero();
    }

    @Test
    void eventsThatAreStored_areNotNew() throws IOException {
        steps("- log: { message: hi, loggingLevel: DEBUG }");
        world.set("duo.overlap", "1h");
        application().runOnce();
        Matcher committed = Pattern.compile("\"committedThrough\":\"([^\"]*)\"").matcher(world.state());
        assertThat(committed.find()).isTrue();
        Instant earlier = Instant.parse(committed.group(1)).minusSeconds(60);
        put(World.STATE_KEY, world.state().replace(committed.group(1), earlier.toString()));

        assertThat(dryRun(false)).isZero();

        assertThat(printed.toString(UTF_8)).contains("One page of it: 6 events, 0 of them new");
    }

    /** Shows that nothing else than the dry run kept it back. */
    @Test
    void aRun_deliversIt() throws IOException {
        steps("- to: { uri: direct:more, variableReceive: answer }");
        Files.writeString(routes.resolve("more.camel.yaml"), """
                - route:
                    id: more
                    from:
                      uri: direct:more
                      steps:
                        - setBody: { constant: a page }
                        - to: "file:%s?fileName=a"
                """.formatted(place));
        CamelApplication application = application();

        application.runOnce();

        assertThat(place.resolve("a")).exists();
        assertThat(world.lines()).hasSize(6);
    }

    private void put(String key, String text) {
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(key), RequestBody.fromString(text));
    }

    private void assertNothingWritten() {
        assertThat(world.s3Proxy.requests()).isNotEmpty().noneMatch(ProxiedRequest::isWrite);
        assertThat(world.everything()).isEmpty();
    }

    private int dryRun(boolean show) {
        return application().dryRun(new PrintStream(printed, true, UTF_8), show);
    }

    private CamelApplication application() {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("duo.schedule.auto-startup", "false");
        return CamelApplication.inContainer(settings, routes, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);
    }

    private void steps(String steps) throws IOException {
        Files.writeString(routes.resolve("event-steps.camel.yaml"), """
                - route:
                    id: event-steps
                    from:
                      uri: direct:event-steps
                      steps:
                        %s
                """.formatted(steps), UTF_8);
    }
}
