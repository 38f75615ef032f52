// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What needs no database; the rest is ClusterJobStoreIT's matter. */
class ClusterJobStoreTest {

    @Test
    void rollbackOnAConnectionThatIsGone_isNoError() {
        AtomicInteger asked = new AtomicInteger();
        Connection gone = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    asked.incrementAndGet();
                    throw new SQLException("Connection is closed");
                });
        Logger log = (Logger) LoggerFactory.getLogger(ClusterJobStore.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        log.setLevel(Level.DEBUG);
        try {
            ClusterJobStore store = new ClusterJobStore();
            store.rollbackConnection(gone);
            store.rollbackConnection(null);
        } finally {
            log.detachAppender(lines);
            log.setLevel(null);
        }

        assertThat(asked).hasValue(1);
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.DEBUG);
    }
}
