// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The route files in force: those in a folder of the operator's, and the jar's where the folder has none of the same name, or a
 * copy that nobody has changed, as in an unpacked release. A file in the folder that looks like a route file is never skipped
 * silently, and no file of another release replaces the jar's. The folder is read once, when this is made.
 */
public final class RouteFiles {

    /** The files that the jar brings, without their ending. */
    public static final List<String> SHIPPED = List.of(
            "beans",
            "collect",
            "duo-accounts",
            "duo-page",
            "error-handling",
            "event-steps",
            "recover",
            "schedule",
            "self-check",
            "store",
            "udm",
            "verify");

    /** What has runs and comparisons made by the clock, and compares. */
    private static final Set<String> OF_A_SERVICE = Set.of("schedule", "self-check", "verify");

    /** Files of earlier releases, without their ending, and those that have their steps now. */
    public static final Map<String, String> RETIRED = Map.of(
            "object",
            "collect.camel.yaml and store.camel.yaml",
            "telephony",
            "collect.camel.yaml and recover.camel.yaml");

    static final String ENDING = ".camel.yaml";

    private static final String BEANS = "beans";

    /** The operator's place, which any release takes as it is. */
    private static final String OPERATORS = "event-steps";

    /**
     * The version of what the files and the classes agree on. Each file but event-steps declares it in a bean, such as
     * {@code collect-contract-5}, which a visual editor keeps. It is raised with any change after which an older file
     * would switch a rule off, here and in the files' beans.
     */
    public static final int CONTRACT = 6;

    /** What editors, packagers and people put beside a file that they change. */
    private static final Pattern PASSED_OVER = Pattern.compile(
            "\\..*|#.*#|.*(~|\\.(sw[a-p]|bak|backup|old|orig|rej|save|tmp|off|disabled|rpmsave|rpmorig|rpmnew|dpkg-\\w+))",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern LIKE_A_ROUTE_FILE = Pattern.compile(
            ".*(ya?ml|\\.camel(\\.|$)|\\.kamelet).*|.*\\.(xml|java|groovy|kts)", Pattern.CASE_INSENSITIVE);

    /** Camel takes a list of places that is divided by commas, and patterns in them. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._+@-]+");

    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*", Pattern.MULTILINE);

    /** Camel passes over a file of anything but a list, or of a Kubernetes resource with one, without a word. */
    private static final Pattern LIST =
            Pattern.compile("\\A\\s*(?:%.*\\R\\s*)*(?:---\\s+)?(?:-\\s|\\[|apiVersion:|kind:)");

    private static final Pattern EMPTY_ENTRY =
            Pattern.compile("^(- [\\w-]+:)[ \\t]*(?:null|~)?[ \\t]*\\R?\\s*(?:^(?=\\S)|\\z)", Pattern.MULTILINE);

    private final Path folder;
    private final Listing listing;
    private final List<String> problems = new ArrayList<>();

    /** The operator's files that are loaded, each with its text, by name. */
    private final TreeMap<String, String> own = new TreeMap<>();

    private RouteFiles(Path folder, Listing listing) {
        this.folder = folder;
        this.listing = listing;
    }

    /** Lists a folder: {@link Files#list}, except in tests, since root may list any folder. */
    @FunctionalInterface
    interface Listing {
        Stream<Path> of(Path folder) throws IOException;
    }

    /** Looks into the folder, which need not be there. */
    public static RouteFiles in(Path folder) {
        return in(folder, Files::list);
    }

    static RouteFiles in(Path folder, Listing listing) {
        RouteFiles files = new RouteFiles(folder, listing);
        if (TextFile.exists(folder)) {
            files.look();
        }
        return files;
    }

    /**
     * Returns where Camel finds the files, in the form of its routesIncludePattern. The jar's are named one by one: for a
     * pattern, Camel reads through the whole jar, which takes a second.
     */
    public String includePattern() {
        return includePattern(true);
    }

    /**
     * Does the same without the jar's files that only a service needs, unless it is one, or the operator has files, which may name
     * their routes.
     */
    public String includePattern(boolean isService) {
        Stream<String> packed = SHIPPED.stream()
                .filter(name -> isService || hasOwn() || !OF_A_SERVICE.contains(name))
                .map(name -> name + ENDING)
                .filter(file -> !own.containsKey(file))
                .map(file -> "classpath:routes/" + file);
        return Stream.concat(own.keySet().stream().map(file -> "file:" + folder.resolve(file)), packed)
                .collect(Collectors.joining(","));
    }

    /** Tells whether a file of the operator's is in force. */
    public boolean hasOwn() {
        return !own.isEmpty();
    }

    /** Returns the operator's files that are in force. */
    List<Path> own() {
        return own.keySet().stream()
                .map(file -> folder.resolve(file).toAbsolutePath().normalize())
                .toList();
    }

    /** What is wrong with the folder and what is in it, one line each. */
    public List<String> problems() {
        return problems;
    }

    /** Returns the names that the operator's files use as {{name}}. The jar's use settings only. */
    Set<String> placeholders() {
        Set<String> names = new TreeSet<>();
        for (String text : own.values()) {
            names.addAll(Placeholders.names(text));
        }
        return names;
    }

    private void look() {
        try (Stream<Path> found = listing.of(folder)) {
            found.sorted().toList().forEach(this::look);
        } catch (IOException | UncheckedIOException e) {
            problems.add("The folder of your route files, " + folder.toAbsolutePath()
                    + ", cannot be read: make it a folder that this user may list, or remove it.");
        }
    }

    private void look(Path file) {
        String name = file.getFileName().toString();
        if (PASSED_OVER.matcher(name).matches()) {
            return;
        }
        if (Files.isDirectory(file)) {
            lookInside(file);
        } else if (name.endsWith(ENDING) && NAME.matcher(name).matches()) {
            take(file, name);
        } else if (looksLikeARouteFile(name)) {
            problems.add("The route file " + file.toAbsolutePath() + " is not loaded: only names that end in " + ENDING
                    + " are, of letters, digits, hyphens, dots and underscores. Name it " + nameToGive(name)
                    + ", or move it out of the folder.");
        }
    }

    /** What is in a folder inside the folder is not loaded. */
    private void lookInside(Path inner) {
        if (looksLikeARouteFile(inner.getFileName().toString())) {
            problems.add("The route file " + inner.toAbsolutePath() + " is a folder. Put a file there.");
            return;
        }
        try (Stream<Path> files = listing.of(inner)) {
            files.filter(file ->
                            !PASSED_OVER.matcher(file.getFileName().toString()).matches())
                    .filter(file -> looksLikeARouteFile(file.getFileName().toString()))
                    .sorted()
                    .forEach(file -> problems.add("The route file " + file.toAbsolutePath()
                            + " is not loaded: only those right in " + folder.toAbsolutePath()
                            + " are. Move it there, or out of the folder."));
        } catch (IOException | UncheckedIOException e) {
            problems.add("The folder " + inner.toAbsolutePath()
                    + " cannot be read, and may hold route files: remove it, or let this user list it.");
        }
    }

    private void take(Path file, String name) {
        String text;
        try {
            text = TextFile.read(file);
        } catch (TextFile.FlawException e) {
            problems.add("The route file " + file.toAbsolutePath() + " " + e.flaw() + ".");
            return;
        }
        String stem = name.substring(0, name.length() - ENDING.length());
        if (SHIPPED.contains(stem) && text.equals(shipped(name))) {
            return;
        }
        own.put(name, text);
        int before = problems.size();
        if (RETIRED.containsKey(stem)) {
            problems.add(
                    "The route file " + file.toAbsolutePath() + " is of an earlier release: what was in it is in "
                            + RETIRED.get(stem)
                            + " now. Remove it, or make your change again in the jar's file (jar xf, or the release archive's sources).");
        }
        if (SHIPPED.contains(stem) && !stem.equals(OPERATORS)) {
            refuseOtherContract(file, stem, text);
        }
        if (problems.size() == before) {
            refuseOtherForm(file, COMMENT.matcher(text).replaceAll(""));
        }
        if (!stem.equals(BEANS) && text.contains(BEANS)) {
            refuseBeansOfTheCollector(file, text);
        }
    }

    /** Of two beans with one name the one that is loaded last counts, and Camel says nothing. */
    private void refuseBeansOfTheCollector(Path file, String text) {
        Set<String> both = new TreeSet<>(beans(text));
        both.retainAll(beans(shipped(BEANS + ENDING)));
        for (String name : both) {
            problems.add("The route file " + file.toAbsolutePath() + " has a bean " + name
                    + ", and so has the collector: one of the two would have no effect. Give yours another name, or change the"
                    + " one in " + BEANS + ENDING + ".");
        }
    }

    /** Returns the names of the beans in a file; what is not YAML is Camel's to refuse. */
    private static Set<String> beans(String text) {
        try {
            Object entries = new Load(LoadSettings.builder().build())
                    .loadAllFromString(text)
                    .iterator()
                    .next();
            return items(entries)
                    .flatMap(entry -> items(entry.get(BEANS)))
                    .map(bean -> String.valueOf(bean.get("name")))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (YamlEngineException | NoSuchElementException e) {
            return Set.of();
        }
    }

    private static Stream<Map<?, ?>> items(@Nullable Object list) {
        return list instanceof List<?> items
                ? items.stream().filter(Map.class::isInstance).map(item -> (Map<?, ?>) item)
                : Stream.empty();
    }

    private void refuseOtherForm(Path file, String text) {
        if (!LIST.matcher(text).find()) {
            problems.add(
                    "The route file " + file.toAbsolutePath()
                            + " holds no list: it must begin with an entry such as '- route:'. Correct it, or move it out of the folder.");
        }
        Matcher empty = EMPTY_ENTRY.matcher(text);
        if (empty.find()) {
            problems.add("The route file " + file.toAbsolutePath() + " has an entry without anything in it, '"
                    + empty.group(1) + "'. Fill it, or remove it.");
        }
    }

    private static String shipped(String name) {
        try (InputStream in = RouteFiles.class.getResourceAsStream("/routes/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refuseOtherContract(Path file, String stem, String text) {
        Set<String> versions = new TreeSet<>();
        Matcher contract = Pattern.compile("(?<![\\w.-])" + stem + "-contract-(\\d+)(?![\\w.-])")
                .matcher(COMMENT.matcher(text).replaceAll(""));
        while (contract.find()) {
            versions.add(contract.group(1));
        }
        if (!versions.equals(Set.of(String.valueOf(CONTRACT)))) {
            problems.add("The route file " + file.toAbsolutePath() + " is of another release than this jar: "
                    + (versions.isEmpty()
                            ? "it has no contract version"
                            : "its contract version is " + String.join(" and ", versions))
                    + ", and the jar's is " + CONTRACT
                    + ". It would switch rules of this release off. Remove it, or take the jar's file of this name"
                    + " (jar xf, or the release archive's sources) and make your change there again.");
        }
    }

    private static boolean looksLikeARouteFile(String name) {
        return LIKE_A_ROUTE_FILE.matcher(name).matches()
                || names().anyMatch(stem -> stem.equals(stem(name)) || stem.equals(name));
    }

    private static String nameToGive(String name) {
        String stem = stem(name).replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
        return (stem.isEmpty() ? "my-steps" : stem) + ENDING;
    }

    private static String stem(String name) {
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).strip();
        String lower = stem.toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-');
        return names().anyMatch(lower::equals) ? lower : stem;
    }

    private static Stream<String> names() {
        return Stream.concat(SHIPPED.stream(), RETIRED.keySet().stream());
    }

    @Override
    public String toString() {
        return own.isEmpty() ? "the jar's" : own.keySet() + " in " + folder;
    }
}
