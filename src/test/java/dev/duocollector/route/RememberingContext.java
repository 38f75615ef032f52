// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.camel.spi.ClassResolver;
import org.jspecify.annotations.Nullable;

/**
 * A context that remembers what is on the class path: each context looks for its service files, many of which are not there,
 * and each look goes through the jars of all libraries.
 */
public class RememberingContext extends DefaultCamelContext {

    private static final Map<String, Optional<byte[]>> SEEN = new ConcurrentHashMap<>();

    private static final class RememberingClassResolver extends DefaultClassResolver {

        @Override
        public @Nullable InputStream loadResourceAsStream(String name) {
            return SEEN.computeIfAbsent(name, this::read)
                    .map(ByteArrayInputStream::new)
                    .orElse(null);
        }

        private Optional<byte[]> read(String name) {
            try (InputStream found = super.loadResourceAsStream(name)) {
                return found == null ? Optional.empty() : Optional.of(found.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RememberingContext(boolean built) {
        super(built);
    }

    /** Returns a context that is ready for routes. */
    public static DefaultCamelContext built() {
        return new RememberingContext(true);
    }

    /** Returns a context that is not built yet, as a container gives it. */
    public static DefaultCamelContext unbuilt() {
        return new RememberingContext(false);
    }

    /** Returns a context that is ready for routes, and counts the exchanges at each of their steps. */
    static DefaultCamelContext counting() {
        return new RememberingContext(true) {
            @Override
            public boolean isJMXDisabled() {
                return false;
            }
        };
    }

    /** Not set afterwards: the finder of factories takes it while the context is made. */
    @Override
    protected ClassResolver createClassResolver() {
        return new RememberingClassResolver();
    }
}
