// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.steps.RouteRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A route file of another release is refused wherever Camel has it from: not only by the jar, which looks at its folder. */
class RouteContractTest {

    private final Incident incident = new Incident();

    @AfterEach
    void close() {
        incident.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "beans, beans-contract-2",
        "beans, beans-contract-7",
        "duo-page, duo-page-contract-2",
        "error-handling, error-handling-contract-2",
        "recover, recover-contract-3",
        "store, store-contract-50",
        "schedule, schedule-contract-2",
        "collect, collect-contract-2",
        "collect, collect-contract-7",
        "collect, collect",
        "udm, udm-contract-2",
        "verify, verify-contract-2",
    })
    void startsWithNoFileOfAnotherRelease(String file, String bean) throws IOException {
        incident.routes(Map.of(file + ".camel.yaml", of(file).replace(file + "-contract-6", bean)));

        assertThatThrownBy(incident::collector)
                .hasStackTraceContaining(RouteRefusedException.class.getName())
                .hasStackTraceContaining("there is no bean " + file + "-contract-6")
                .hasStackTraceContaining("Take the " + file + ".camel.yaml that comes with this release");

        assertThat(incident.world.duo.requests()).isEmpty();
        assertThat(incident.world.everything()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** As another application may, which loads routes by and by. */
    @ParameterizedTest
    @ValueSource(strings = {"collect", "recover", "store", "udm"})
    void makesNoRun_onceAFileOfAnotherReleaseIsLoaded(String file) {
        incident.collector().context().getRegistry().unbind(file + "-contract-6");

        incident.run(RunOutcome.OPERATOR).startsWith("Nothing was read: ").contains("no bean " + file + "-contract-6");

        assertThat(incident.world.everything()).isEmpty();
        incident.restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    /** As an application may that loads them one by one: then a route does not find what it names. */
    @Test
    void startsWithNoRoute_thatHasNoErrorHandling() throws Exception {
        Properties settings = new Properties();
        settings.putAll(incident.world.settings);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getPropertiesComponent().setLocation("file:application.properties");
            camel.getPropertiesComponent().setOverrideProperties(settings);
            for (String file : new TreeSet<>(Routes.files().keySet())) {
                PluginHelper.getRoutesLoader(camel)
                        .loadRoutes(ResourceHelper.fromString(file, Files.readString(Path.of("routes", file))));
            }

            assertThatThrownBy(camel::start)
                    .hasStackTraceContaining("the route collect has no error handling")
                    .hasStackTraceContaining("Load all files of the collector at once");
        }
    }

    /** The operator's place belongs to no release. */
    @Test
    void takesOnesOwnStepsAsTheyAre() throws IOException {
        incident.routes(Map.of("event-steps.camel.yaml", of("event-steps").replace("new events", "events")));

        incident.recoversWithoutLossOrDuplicate();
    }

    private static String of(String file) throws IOException {
        return Files.readString(Path.of("routes", file + ".camel.yaml"));
    }
}
