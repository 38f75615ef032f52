// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duocollector.route.RememberingContext;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A collector of the container's, without the container, which {@code KarafIT} has. */
class CollectorTest {

    /** For what takes some seconds on a machine with nothing else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int SAVES = 12;

    private static final String THREADS = "Camel (duo-telephony-collector-acme) thread";

    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(7).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));
    private final World world = World.inRealTime();

    @TempDir
    private Path folder;

    @AfterEach
    void closeWorld() {
        world.close();
    }

    @Test
    void collectsOnThreadsOfItsOwn_andLeavesNoneBehind() {
        world.events.add(events);
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.remove("duo.schedule.auto-startup");
        Collector collector = new Collector("acme", folder.resolve("duo-routes"), RememberingContext::unbuilt);

        collector.update(new ConfigFile("acme", Map.of("duo.page.size", "wrong")));
        collector.update(new ConfigFile("acme", settings));
        await().atMost(PATIENCE).until(() -> world.lines().size() == events.size());
        assertThat(threads()).anyMatch(name -> name.startsWith(THREADS));
        collector.close();
        collector.awaitClosed();

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        await("the end of threads that Quartz does not wait for")
                .atMost(PATIENCE)
                .until(() -> threads().stream().noneMatch(name -> name.contains("duo-telephony-collector-acme")));
    }

    /** Each save of the .cfg starts a context anew; what it replaces must be free to go. */
    @Test
    void savedFile_leavesNoContextBehind() {
        Map<String, String> settings = new HashMap<>(world.settings);
        List<WeakReference<CamelContext>> contexts = new CopyOnWriteArrayList<>();
        Collector collector = new Collector("acme", folder.resolve("duo-routes"), () -> {
            CamelContext context = new DefaultCamelContext(false);
            contexts.add(new WeakReference<>(context));
            return context;
        });

        for (int save = 0; save < SAVES; save++) {
            collector.update(new ConfigFile("acme", settings));
        }
        await().atMost(PATIENCE).until(() -> contexts.size() == SAVES);

        await("the replaced contexts' end").atMost(PATIENCE).until(() -> {
            System.gc();
            return contexts.stream().filter(context -> !context.refersTo(null)).count() <= 1;
        });
        assertThat(contexts.get(SAVES - 1).get()).as("the one that collects").isNotNull();
        collector.close();
        collector.awaitClosed();
    }

    /** An error that ends a thread of an executor's is seen by nobody. */
    @Test
    void saysWhichClassIsMissing() {
        Logger logger = (Logger) LoggerFactory.getLogger(Collector.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        Collector collector = new Collector("acme", folder.resolve("duo-routes"), () -> {
            throw new NoClassDefFoundError("com/example/Missing");
        });

        collector.update(new ConfigFile("acme", Map.of("s3.bucket", "logs")));
        collector.close();
        collector.awaitClosed();
        logger.detachAppender(logged);

        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .contains(
                        "The program cannot start: java.lang.NoClassDefFoundError: com/example/Missing. The bundle has no"
                                + " such class.");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
