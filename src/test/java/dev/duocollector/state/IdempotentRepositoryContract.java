// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Camel's {@link IdempotentRepository} asks of a repository, by its Javadoc: the contract of a set, and the sequences in
 * which the idempotent consumer calls it. Camel's own repository passes it too, which keeps this reading of it honest.
 */
interface IdempotentRepositoryContract {

    int RACES = 200;
    int KEYS_PER_RACE = 500;
    int PATIENCE_SECONDS = 10;

    /** A repository without keys; each call in one test returns the same one. */
    IdempotentRepository repository();

    @Test
    default void add_isTrue_onlyTheFirstTime() {
        assertThat(repository().contains("a")).isFalse();
        assertThat(repository().add("a")).isTrue();
        assertThat(repository().add("a")).isFalse();
        assertThat(repository().contains("a")).isTrue();
        assertThat(repository().contains("b")).isFalse();
        assertThat(repository().add("b")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "İı/日本\u2028", "\"\\\n", "version", "00000000000000000000000000000000000000000000000"})
    default void key_mayBeAnyText(String key) {
        assertThat(repository().add(key)).isTrue();
        assertThat(repository().confirm(key)).isTrue();
        assertThat(repository().add(key)).isFalse();
        assertThat(repository().contains(key + "-")).isFalse();
    }

    @Test
    default void eagerSequence_addThenConfirm() {
        assertThat(repository().add("a")).isTrue();
        assertThat(repository().confirm("a")).isTrue();

        assertThat(repository().add("a")).isFalse();
        assertThat(repository().contains("a")).isTrue();
    }

    @Test
    default void eagerSequence_addThenRemove_freesTheKey() {
        assertThat(repository().add("a")).isTrue();
        assertThat(repository().remove("a")).isTrue();

        assertThat(repository().contains("a")).isFalse();
        assertThat(repository().add("a")).isTrue();
    }

    @Test
    default void nonEagerSequence_containsThenAddAndConfirm() {
        assertThat(repository().contains("a")).isFalse();
        assertThat(repository().add("a")).isTrue();
        assertThat(repository().confirm("a")).isTrue();

        assertThat(repository().contains("a")).isTrue();
    }

    @Test
    default void remove_freesAConfirmedKey_andNoOther() {
        repository().add("a");
        repository().confirm("a");
        repository().add("b");
        repository().confirm("b");

        assertThat(repository().remove("a")).isTrue();

        assertThat(repository().contains("a")).isFalse();
        assertThat(repository().contains("b")).isTrue();
        assertThat(repository().add("a")).isTrue();
    }

    @Test
    default void exchange_isCarriedAlong() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());

        assertThat(repository().contains(exchange, "a")).isFalse();
        assertThat(repository().add(exchange, "a")).isTrue();
        assertThat(repository().confirm(exchange, "a")).isTrue();
        assertThat(repository().contains("a")).isTrue();
        assertThat(repository().remove(exchange, "a")).isTrue();
        assertThat(repository().contains("a")).isFalse();
    }

    @Test
    default void clear_forgetsEveryKey() {
        repository().add("added");
        repository().add("confirmed");
        repository().confirm("confirmed");

        repository().clear();

        assertThat(repository().contains("added")).isFalse();
        assertThat(repository().contains("confirmed")).isFalse();
        assertThat(repository().add("confirmed")).isTrue();
    }

    @Test
    default void add_isWonByOneThread_inEachRace() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CyclicBarrier together = new CyclicBarrier(2);
        try {
            for (int race = 0; race < RACES; race++) {
                // Many keys a race: the threads never start in the same nanosecond, and catch up with each other later.
                List<String> keys = IntStream.range(0, KEYS_PER_RACE)
                        .mapToObj(number -> "key " + number)
                        .toList();
                Callable<List<String>> adding = () -> {
                    together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    return keys.stream().filter(repository()::add).toList();
                };
                List<String> won = new ArrayList<>();
                for (Future<List<String>> adder : threads.invokeAll(List.of(adding, adding))) {
                    won.addAll(adder.get());
                }
                assertThat(won).containsExactlyInAnyOrderElementsOf(keys);
                repository().clear();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    default void consumer_letsAMessageThroughOnce() throws Exception {
        List<String> delivered = new ArrayList<>();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in")
                            .errorHandler(noErrorHandler())
                            .idempotentConsumer(body())
                            .idempotentRepository(repository())
                            .process(exchange ->
                                    delivered.add(exchange.getMessage().getBody(String.class)));
                }
            });
            camel.start();
            for (String message : List.of("a", "b", "a", "c", "b")) {
                camel.createProducerTemplate().sendBody("direct:in", message);
            }

            assertThat(delivered).containsExactly("a", "b", "c");
            assertThat(repository().contains("c")).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void consumer_letsAMessageThroughAgain_afterItFailed(boolean eager) throws Exception {
        List<String> tries = new ArrayList<>();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in")
                            .errorHandler(noErrorHandler())
                            .idempotentConsumer(body())
                            .idempotentRepository(repository())
                            .eager(eager)
                            .process(exchange -> {
                                tries.add(exchange.getMessage().getBody(String.class));
                                if (tries.size() == 1) {
                                    throw new IllegalStateException("The first try fails");
                                }
                            });
                }
            });
            camel.start();
            for (int i = 0; i < 3; i++) {
                camel.createProducerTemplate()
                        .send("direct:in", exchange -> exchange.getMessage().setBody("a"));
            }

            assertThat(tries)
                    .as("failed, delivered, and left out the third time")
                    .containsExactly("a", "a");
        }
    }

    /** The pages of one run, of which the third fails. Without completionEager the first two, delivered, are forgotten. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void consumerInALoop_keepsDeliveredPages_onlyWithCompletionEager(boolean completionEager) throws Exception {
        List<Integer> delivered = new ArrayList<>();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:run")
                            .errorHandler(noErrorHandler())
                            .loop(4)
                            .idempotentConsumer(exchangeProperty(Exchange.LOOP_INDEX))
                            .idempotentRepository(repository())
                            .completionEager(completionEager)
                            .process(exchange -> {
                                int page = exchange.getProperty(Exchange.LOOP_INDEX, Integer.class);
                                if (page == 2) {
                                    throw new IllegalStateException("The third page fails");
                                }
                                delivered.add(page);
                            });
                }
            });
            camel.start();
            camel.createProducerTemplate().send("direct:run", exchange -> {});

            assertThat(delivered).containsExactly(0, 1);
            assertThat(repository().contains("0")).isEqualTo(completionEager);
            assertThat(repository().contains("1")).isEqualTo(completionEager);
            assertThat(repository().contains("2")).isFalse();
        }
    }
}
