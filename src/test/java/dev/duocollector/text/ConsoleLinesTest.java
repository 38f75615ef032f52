// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The shipped Logback files: what they make of texts that are not ours, and what they never print. */
class ConsoleLinesTest {

    private static final String FORGED =
            "1795417800000,a\r\n2026-11-23T08:15:00.000Z INFO  [00000000] Window done.\u001b[2J\u0085\u2028\u2029\u202e+12025550123";

    private static final String CLEANED =
            "1795417800000,a\\r\\n2026-11-23T08:15:00.000Z INFO  [00000000] Window done.\\u001b[2J\\u0085\\u2028\\u2029\\u202e[masked]";

    @ParameterizedTest
    @ValueSource(strings = {"dev.duocollector.run", "org.apache.camel.processor", "org.quartz.core"})
    void foreignText_isOneLine_forPeople(String logger) throws JoranException {
        List<String> lines = logged(
                "human", context -> context.getLogger(logger).warn("Duo gave the next_offset {} twice.", FORGED));

        assertThat(lines).singleElement().asString().endsWith("WARN  Duo gave the next_offset " + CLEANED + " twice.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.duocollector.run", "org.apache.camel.processor", "org.quartz.core"})
    void foreignText_isOneLine_inJson(String logger) throws JoranException, IOException {
        List<String> lines =
                logged("json", context -> context.getLogger(logger).warn("Duo gave the next_offset {} twice.", FORGED));

        assertThat(lines).singleElement().asString().doesNotContain("\u202e", "\u2028", "0123");
        JsonNode line = new ObjectMapper().readTree(lines.get(0));
        assertThat(line.path("message").asText()).isEqualTo("Duo gave the next_offset " + CLEANED + " twice.");
        assertThat(line.path("log.logger").asText()).isEqualTo(logger);
        assertThat(line.path("log.level").asText()).isEqualTo("WARN");
    }

    @Test
    void stackTrace_hasLinesOfItsOwn_andTheExceptionsTextHasNone() throws JoranException {
        IllegalStateException failure = new IllegalStateException(FORGED, new IOException(FORGED));
        failure.addSuppressed(new IOException(FORGED));

        List<String> lines =
                logged("human", context -> context.getLogger("org.apache.camel").warn("It failed", failure));

        assertThat(lines.get(0)).endsWith("WARN  It failed");
        assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: " + CLEANED);
        assertThat(lines).filteredOn(line -> line.startsWith("\tat ")).hasSizeGreaterThan(5);
        assertThat(lines).filteredOn(line -> line.contains(CLEANED)).hasSize(3);
        assertThat(lines).contains("Caused by: java.io.IOException: " + CLEANED);
        assertThat(lines).noneMatch(line -> line.contains("0123") || line.startsWith("2026-11-23T08:15"));
    }

    @Test
    void stackTrace_isOneMember_inJson() throws JoranException, IOException {
        List<String> lines = logged(
                "json",
                context -> context.getLogger("org.apache.camel").warn("It failed", new IllegalStateException(FORGED)));

        assertThat(lines).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines.get(0));
        assertThat(line.path("error.type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.path("error.message").asText()).isEqualTo(CLEANED);
        assertThat(line.path("error.stack_trace").asText())
                .startsWith("java.lang.IllegalStateException: " + CLEANED + "\n\tat ")
                .doesNotContain("0123");
    }

    @Test
    void linesOfOurs_areClean_whateverTakesThem() {
        // A container's logging gets the message as it is.
        assertThat(Log.line("Duo gave " + FORGED)).isEqualTo("Duo gave " + CLEANED);
        assertThat(new RunReport(RunOutcome.OPERATOR, "Duo gave " + FORGED)).hasToString("Duo gave " + CLEANED);
    }

    /** As {@link Log} hands an exception on, in a container too. */
    @Test
    void stackTraceOfOurs_keepsCausesAndSuppressed_andGoesInNoCircle() {
        IOException first = new IOException(FORGED);
        IllegalStateException failure = new IllegalStateException(FORGED, first);
        first.addSuppressed(new IOException(FORGED));
        first.initCause(failure);
        Logger logger = (Logger) LoggerFactory.getLogger(ConsoleLinesTest.class);
        ListAppender<ILoggingEvent> taken = new ListAppender<>();
        taken.start();
        logger.addAppender(taken);
        logger.setLevel(Level.DEBUG);
        try {
            Log.of(ConsoleLinesTest.class).debug("It failed at {}", "a\nb", failure);
        } finally {
            logger.detachAppender(taken);
            logger.setLevel(null);
        }

        assertThat(taken.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("It failed at a\\nb");
            assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                    .contains("java.lang.IllegalStateException: " + CLEANED, "Caused by: ", "Suppressed: ")
                    .contains("java.io.IOException: " + CLEANED, "\tat dev.duocollector.text.ConsoleLinesTest")
                    .doesNotContain("0123");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.camel.component.properties.DefaultPropertiesParser, false",
        "org.apache.camel.main.BaseMainSupport, false",
        "org.apache.hc.client5.http.wire, false",
        "org.apache.hc.client5.http.headers, false",
        "org.apache.hc.client5.http.impl.classic.InternalHttpClient, false",
        "org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection, false",
        "org.apache.http.wire, false",
        "org.apache.http.headers, false",
        "software.amazon.awssdk.request, false",
        "software.amazon.awssdk.auth.signer, false",
        "org.apache.camel.component.aws2.s3, true",
        "org.apache.camel.processor.loadbalancer, true",
        "dev.duocollector.run, true",
        "org.quartz.core, true",
    })
    void whatPrintsSecrets_staysOff_withTheRootAtTrace(String logger, boolean shown) throws JoranException {
        for (String format : List.of("human", "json")) {
            List<String> lines = logged(format, context -> {
                context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.TRACE);
                context.getLogger("org.apache.camel").setLevel(Level.TRACE);
                context.getLogger("org.quartz").setLevel(Level.TRACE);
                context.getLogger("dev.duocollector").setLevel(Level.TRACE);
                context.getLogger(logger).debug("Authorization: Basic");
                context.getLogger(logger).trace("Authorization: Basic");
                context.getLogger(logger).error("a failure");
            });

            assertThat(lines).as(logger + " as " + format).hasSize(shown ? 3 : 1);
            assertThat(lines.get(lines.size() - 1)).contains("a failure");
        }
    }

    /** What is set up without reading XML is what the files say. */
    @ParameterizedTest
    @CsvSource({"INFO, INFO", "WARN, WARN", "INFO, DEBUG"})
    void setUpInCode_isThatOfTheFiles(String root, String own) throws JoranException {
        LoggerContext coded = new LoggerContext();
        LoggerContext read = new LoggerContext();
        read.putProperty("dev.duocollector.log.root", root);
        read.putProperty("dev.duocollector.log.level", own);
        configure(read, "human");

        LogSetup.apply(coded, "System.err", root, own);

        assertThat(levels(coded)).isEqualTo(levels(read)).hasSizeGreaterThan(15);
        assertThat(console(coded).getTarget()).isEqualTo("System.err");
        assertThat(console(read).getTarget()).isEqualTo("System.out");
        assertThat(encoder(coded).getPattern()).isEqualTo(encoder(read).getPattern());
        assertThat(encoder(coded).getCharset()).isEqualTo(encoder(read).getCharset());
        assertThat(coded.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getLevel() > Status.INFO)
                .isEmpty();
        coded.stop();
        read.stop();
    }

    private static Map<String, Level> levels(LoggerContext context) {
        return context.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .collect(Collectors.toMap(Logger::getName, Logger::getLevel));
    }

    private static ConsoleLines console(LoggerContext context) {
        return (ConsoleLines)
                context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("console");
    }

    private static PatternLayoutEncoder encoder(LoggerContext context) {
        return (PatternLayoutEncoder) console(context).getEncoder();
    }

    private static void configure(LoggerContext context, String format) throws JoranException {
        context.putProperty("dev.duocollector.log.format", format);
        context.putProperty("dev.duocollector.log.target", "System.out");
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(
                Objects.requireNonNull(ConsoleLinesTest.class.getResource("/dev/duocollector/logback.xml")));
    }

    /** What is to be logged. */
    private interface Talk {
        void in(LoggerContext context);
    }

    private static List<String> logged(String format, Talk talk) throws JoranException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        LoggerContext context = new LoggerContext();
        try {
            context.setMDCAdapter(new LogbackMDCAdapter());
            configure(context, format);
            talk.in(context);
            assertThat(context.getStatusManager().getCopyOfStatusList())
                    .filteredOn(status -> status.getLevel() > Status.INFO)
                    .isEmpty();
        } finally {
            context.stop();
            System.setOut(before);
        }
        return printed.toString(UTF_8).lines().toList();
    }
}
