// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Ordered;
import org.apache.camel.spi.LoadablePropertiesSource;
import org.jspecify.annotations.Nullable;

/**
 * Where the program's settings come from, if it runs by itself: environment, settings' file and route files of the working
 * directory, or what a container gives. It is the file among Camel's sources of properties; the settings find it there, and
 * report what is wrong with it.
 */
public final class SettingSources implements LoadablePropertiesSource, Ordered {

    private static final String NAME = "duo-settings";

    private final Map<String, String> environment;
    private final SettingsFile file;
    private final RouteFiles routes;

    /** Where an operator sets a setting, for messages; empty for the working directory and the environment. */
    private final String place;

    private SettingSources(Map<String, String> environment, SettingsFile file, RouteFiles routes, String place) {
        this.environment = Map.copyOf(environment);
        this.file = file;
        this.routes = routes;
        this.place = place;
    }

    public static SettingSources of(Map<String, String> environment) {
        return of(environment, Path.of(""));
    }

    /** Returns a folder's files, with the given environment. */
    public static SettingSources of(Map<String, String> environment, Path folder) {
        return new SettingSources(
                environment,
                SettingsFile.read(folder.resolve(SettingsFile.NAME)),
                RouteFiles.in(folder.resolve("routes")),
                "");
    }

    /**
     * Returns a container's: no environment, and what the container has read.
     *
     * @param place the container's own file, as its operator finds it
     */
    public static SettingSources ofContainer(Map<String, String> settings, Path routes, String place) {
        return new SettingSources(
                Map.of(), new SettingsFile(Path.of(place), settings, List.of()), RouteFiles.in(routes), place);
    }

    /** Whether a value names a secret in a vault, which may be out of reach. */
    public boolean nameAVault() {
        return Stream.concat(environment.values().stream(), file.values().values().stream())
                .anyMatch(value -> value.contains("{{aws:"));
    }

    /** Returns those that the program has set up in a context; empty in another application. */
    static Optional<SettingSources> in(CamelContext context) {
        return Optional.ofNullable(context.getPropertiesComponent().getPropertiesSource(NAME))
                .filter(SettingSources.class::isInstance)
                .map(SettingSources.class::cast);
    }

    /** Returns the folder of accounts that counts unless one is set; empty where a container gives the settings. */
    Optional<Path> accounts() {
        return areAContainers() ? Optional.empty() : Optional.of(file.path().resolveSibling("accounts.d"));
    }

    /** Whether there is a settings' file that cannot be read, so that what it sets is unknown. */
    boolean isFileUnread() {
        return !file.problems().isEmpty();
    }

    /** Whether a container gives them; its system properties belong to all its applications. */
    public boolean areAContainers() {
        return !place.isEmpty();
    }

    public Map<String, String> environment() {
        return environment;
    }

    public RouteFiles routes() {
        return routes;
    }

    /** Returns the operator's files that are in force, those of the settings first. */
    public List<String> filesInForce() {
        List<String> files = new ArrayList<>();
        if (file.isInForce()) {
            files.add(
                    areAContainers()
                            ? place
                            : file.path().toAbsolutePath().normalize().toString());
        }
        routes.own().forEach(own -> files.add(own.toString()));
        return files;
    }

    /** Names the operator's files that are in force: a sentence without its full stop; empty if there are none. */
    public Optional<String> inForce() {
        List<String> files = filesInForce();
        return files.isEmpty() ? Optional.empty() : Optional.of("In force: " + String.join(", ", files));
    }

    /** Tells where to set a setting: the end of a sentence. */
    String whereToSet(Setting<?> setting) {
        if (areAContainers()) {
            return "in " + place;
        }
        return (file.isInForce()
                        ? "in application.properties"
                        : "in application.properties, which the command init makes,")
                + " or in the environment as " + setting.variable();
    }

    /** Tells where a setting comes from, in words; the first source that has it wins. */
    public String origin(String name) {
        String variable = EnvironmentPropertiesSource.variable(name);
        if (System.getProperty(name) != null) {
            return "system property";
        }
        if (environment.containsKey(variable)) {
            return "environment variable " + variable;
        }
        return file.values().containsKey(name) ? file.path().getFileName() + " in the working directory" : "default";
    }

    /** Returns what is wrong beside the settings' values: the file as a whole, and names that no setting has. */
    List<String> problems(CamelContext context) {
        List<String> problems = new ArrayList<>(file.problems());
        Set<String> names = WrittenSettings.names(context);
        Set<String> used = new TreeSet<>(routes.placeholders());
        WrittenSettings written = WrittenSettings.of(context);
        names.forEach(name -> used.addAll(Placeholders.names(String.valueOf(written.find(name)))));
        problems.addAll(SettingNames.unknown(names, used, place));
        problems.addAll(retired(false));
        return problems;
    }

    /** Returns what is worth a warning: what has no effect, and need not stop the program. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(SettingNames.nearMisses(environment.keySet()));
        warnings.addAll(retired(true));
        file.overridden().forEach(line -> warnings.add(file.path() + ": " + line));
        if (areAContainers()) {
            for (Setting<?> setting : SettingTable.active()) {
                if (setting.scope() == Setting.Scope.PROCESS && file.values().containsKey(setting.name())) {
                    warnings.add("Setting " + setting + " in " + place + " has no effect in a container.");
                }
            }
        }
        return warnings;
    }

    /**
     * Returns a line for each retired setting that is still set.
     *
     * @param harmlessly whether to a value that asks for what happens anyway
     */
    private List<String> retired(boolean harmlessly) {
        List<String> lines = new ArrayList<>();
        for (Setting<?> setting : SettingTable.all()) {
            String value = written(setting);
            setting.retirement()
                    .filter(retirement -> value != null
                            && !(harmlessly && value.isBlank())
                            && retirement.harmless().contains(value.strip().toLowerCase(Locale.ROOT)) == harmlessly)
                    .ifPresent(retirement -> lines.add("Setting " + setting + " is retired"
                            + (harmlessly ? " and has no effect" : ", and its value asks for what it no longer does")
                            + ": " + retirement.replacement() + ", and remove it."));
        }
        return lines;
    }

    private @Nullable String written(Setting<?> setting) {
        String property = areAContainers() ? null : System.getProperty(setting.name());
        String variable = property == null ? environment.get(setting.variable()) : property;
        return variable == null ? file.values().get(setting.name()) : variable;
    }

    // ---- As a source of Camel's properties.

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public @Nullable String getProperty(String name) {
        return file.values().get(name);
    }

    @Override
    public Properties loadProperties() {
        return loadProperties(name -> true);
    }

    @Override
    public Properties loadProperties(Predicate<String> filter) {
        Properties properties = new Properties();
        file.values().forEach((name, value) -> {
            if (filter.test(name)) {
                properties.setProperty(name, value);
            }
        });
        return properties;
    }

    /** The file is read once: it does not change under a running program. */
    @Override
    public void reloadProperties(String location) {}

    /** After the environment. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST + 1;
    }

    @Override
    public String toString() {
        return "settings of " + (place.isEmpty() ? file.path() : place);
    }
}
