// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.spi.PropertiesFunction;
import org.jspecify.annotations.Nullable;

/**
 * Settings as they were written, with placeholders and backslashes still in them. Camel's own look-up cannot tell a missing
 * setting from a missing placeholder, and takes backslashes out.
 */
interface WrittenSettings {

    /** Camel's numbers for whether system properties, or the environment, come last or first. */
    int LAST = 1;

    int FIRST = 2;

    /** Returns what was written for a name; null if nothing was. */
    @Nullable
    String find(String name);

    /** Returns what gives the values of placeholders such as <code>{{env:NAME}}</code>; null if there is no such function. */
    default @Nullable PropertiesFunction function(String prefix) {
        return null;
    }

    /** Whether a name is set here, and not only where this falls back to. */
    default boolean isOwn(String name) {
        return true;
    }

    /**
     * Returns the settings of an account: its file's, and these for what the file leaves out. What only a file says is never
     * taken from elsewhere.
     */
    default WrittenSettings beneath(Map<String, String> file) {
        WrittenSettings shared = this;
        return new WrittenSettings() {
            @Override
            public @Nullable String find(String name) {
                return isOwn(name)
                        ? file.getOrDefault(
                                name, ofFile(name).map(Setting::standard).orElse(""))
                        : shared.find(name);
            }

            @Override
            public boolean isOwn(String name) {
                return file.containsKey(name) || ofFile(name).isPresent();
            }

            private Optional<Setting<?>> ofFile(String name) {
                return AccountSettings.OF_FILE.stream()
                        .filter(setting -> setting.name().equals(name))
                        .findFirst();
            }

            @Override
            public @Nullable PropertiesFunction function(String prefix) {
                return shared.function(prefix);
            }
        };
    }

    /** Returns the settings of a context, in the order in which Camel looks for a name. */
    static WrittenSettings of(CamelContext context) {
        if (!(context.getPropertiesComponent() instanceof PropertiesComponent properties)) {
            return name ->
                    context.getPropertiesComponent().resolveProperty(name).orElse(null);
        }
        return new WrittenSettings() {
            @Override
            public @Nullable String find(String name) {
                return firstSet(
                        fromEnvironment(properties, FIRST, name),
                        fromSystem(properties, FIRST, name),
                        properties.getOverrideProperties().getProperty(name),
                        fromSources(properties, name),
                        properties.getInitialProperties().getProperty(name),
                        fromEnvironment(properties, LAST, name),
                        fromSystem(properties, LAST, name));
            }

            @Override
            public @Nullable PropertiesFunction function(String prefix) {
                return properties.getPropertiesFunction(prefix);
            }
        };
    }

    /** Returns every name that the context's sources list; the environment lists none. */
    static Set<String> names(CamelContext context) {
        Set<String> names =
                new TreeSet<>(context.getPropertiesComponent().loadProperties().stringPropertyNames());
        if (context.getPropertiesComponent() instanceof PropertiesComponent properties
                && properties.getSystemPropertiesMode() > 0) {
            System.getProperties().stringPropertyNames().stream()
                    .filter(SettingNames::isOfANamespace)
                    .forEach(names::add);
        }
        return names;
    }

    private static @Nullable String firstSet(@Nullable String... values) {
        return Arrays.stream(values).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static @Nullable String fromSources(PropertiesComponent properties, String name) {
        return properties.getPropertiesSources().stream()
                .map(source -> source.getProperty(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String fromEnvironment(PropertiesComponent properties, int order, String name) {
        return properties.getEnvironmentVariableMode() == order
                ? firstSet(
                        System.getenv(EnvironmentPropertiesSource.variable(name)),
                        System.getenv(name.toUpperCase(Locale.ROOT)),
                        System.getenv(name))
                : null;
    }

    private static @Nullable String fromSystem(PropertiesComponent properties, int order, String name) {
        return properties.getSystemPropertiesMode() == order ? System.getProperty(name) : null;
    }
}
