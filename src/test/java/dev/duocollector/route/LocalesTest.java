// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calendars that count the years otherwise, digits that are not 0 to 9, and the default schedule. */
class LocalesTest {

    private final Locale before = Locale.getDefault();
    private final World world = World.inRealTime();
    private final Instant now = Instant.now();

    @TempDir
    private Path routes;

    @AfterEach
    void close() {
        Locale.setDefault(before);
        world.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "Japan's, ja-JP-u-ca-japanese-x-lvariant-JP",
        "Japan's by an extension, ja-JP-u-ca-japanese",
        "Thailand's, th-TH-u-ca-buddhist",
        "Thailand's with its digits, th-TH-u-ca-buddhist-nu-thai-x-lvariant-TH",
        "Thailand's by default, th-TH",
        "Arabic digits, ar-EG-u-nu-arab",
        "Iran's, fa-IR",
    })
    void collects_whateverCalendarTheJvmHas(String what, String tag) throws Exception {
        List<SimulatedEvent> events =
                new MadeUpEvents(4).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));
        world.events.add(events);
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.remove("duo.schedule.auto-startup");
        Locale.setDefault(Locale.forLanguageTag(tag));
        CamelApplication application =
                CamelApplication.inContainer(settings, routes, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        application.startCollecting();
        try {
            await().atMost(Duration.ofSeconds(40)).until(() -> world.lines().size() == events.size());
        } finally {
            application.stop();
        }

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        String year = now.toString().substring(0, 4);
        assertThat(world.objects().firstKey()).startsWith("duo-telephony/telephony_" + year);
        assertThat(world.state()).contains("\"committedThrough\":\"" + year + "-");
    }
}
