// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Locale;
import java.util.Map;
import org.apache.camel.Ordered;
import org.apache.camel.spi.PropertiesSource;
import org.jspecify.annotations.Nullable;

/**
 * The environment as a source of Camel properties: {@code duo.api.host} is {@code DUO_API_HOST}. It replaces Camel's own
 * look-up, which upper-cases names in the JVM's language: under Turkish every name with an i would be missed.
 */
public final class EnvironmentPropertiesSource implements PropertiesSource, Ordered {

    private final Map<String, String> environment;

    public EnvironmentPropertiesSource(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Returns the name of the environment variable that overrides a setting. */
    public static String variable(String setting) {
        return setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    @Override
    public String getName() {
        return "environment";
    }

    @Override
    public @Nullable String getProperty(String name) {
        return environment.get(variable(name));
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST;
    }

    @Override
    public String toString() {
        return "environment";
    }
}
