// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a setting's value may be, and what it is read as.
 *
 * @param bound what is allowed, as the tables of the documents have it
 * @param allowed what is allowed, as the line about a wrong value ends
 * @param isSecret whether the value must never be shown
 * @param reader returns what a value is read as; empty if it is not allowed
 * @param fallback what a value that is not allowed is read as
 */
public record SettingType<T>(
        String bound, String allowed, boolean isSecret, Function<String, Optional<T>> reader, T fallback) {

    static final String URL_ALLOWED = "http(s)://host or http(s)://host:port, nothing after it; port 1 to 65535";

    private static final int PORT_MAX = 65535;

    private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private static <T> SettingType<T> visible(
            String bound, String allowed, Function<String, Optional<T>> reader, T fallback) {
        return new SettingType<>(bound, allowed, false, reader, fallback);
    }

    /** Any text; what it must be besides, {@link Settings} looks at. */
    static SettingType<String> text(String bound) {
        return visible(bound, bound, Optional::of, "");
    }

    /** A text of one form, read in lower case where case does not matter. */
    static SettingType<String> form(String pattern, boolean lowerCase, String allowed) {
        return visible(
                allowed,
                allowed,
                value -> Optional.of(lowerCase ? value.toLowerCase(Locale.ROOT) : value)
                        .filter(read -> read.matches(pattern)),
                "");
    }

    static SettingType<String> key() {
        return new SettingType<>("", "", true, Optional::of, "");
    }

    /** A time from the shortest to the longest, to the millisecond: a finer overlap would begin a window between two of Duo's. */
    static SettingType<Duration> duration(Duration min, Duration max) {
        String bound = text(min) + " to " + text(max);
        return visible(
                bound,
                bound + ", written as 30s, 10m, 1d or PT30S",
                value -> parseDuration(value)
                        .filter(read -> read.compareTo(min) >= 0 && read.compareTo(max) <= 0)
                        .map(read -> read.truncatedTo(ChronoUnit.MILLIS)),
                min);
    }

    static SettingType<Integer> number(int min, int max) {
        String bound = max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
        return visible(
                bound,
                "a whole number, " + bound,
                value -> parseNumber(value).filter(read -> read >= min && read <= max),
                min);
    }

    /** One of several words, in either case. */
    static SettingType<String> choice(String... words) {
        return visible(
                quoted(words),
                String.join(" or ", words),
                value -> Optional.of(value.toLowerCase(Locale.ROOT)).filter(List.of(words)::contains),
                words[0]);
    }

    static SettingType<Boolean> bool() {
        return visible(
                quoted("true", "false"),
                "false or true",
                value -> switch (value.toLowerCase(Locale.ROOT)) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                false);
    }

    /** A scheme and a host, or nothing. */
    static SettingType<Optional<URI>> url() {
        return visible(
                "`http(s)://host:port`", URL_ALLOWED, value -> orNothing(value, parseUrl(value)), Optional.empty());
    }

    /** A proxy that is asked in plain HTTP, or nothing. */
    static SettingType<Optional<URI>> proxy() {
        return visible(
                "`http://host:port`",
                "http://host:port, port 1 to 65535",
                value -> orNothing(
                        value, parseUrl(value).filter(url -> "http".equals(url.getScheme()) && url.getPort() >= 0)),
                Optional.empty());
    }

    /** A URL of PostgreSQL's driver that names nobody and holds no secret, since the program shows it; or nothing. */
    static SettingType<String> databaseUrl() {
        return form(
                        "|jdbc:postgresql:[^@]+",
                        false,
                        "jdbc:postgresql://host:port/database, with neither user nor password in it, and no @")
                .filtered(url -> Arrays.stream(url.split("[?&]")).skip(1).noneMatch(SettingType::isForLogin));
    }

    /** Whether a parameter is somebody's name or password, as far as can be told from its own name. */
    private static boolean isForLogin(String parameter) {
        try {
            String name = URLDecoder.decode(parameter.split("=", 2)[0], StandardCharsets.UTF_8)
                    .strip()
                    .toLowerCase(Locale.ROOT);
            return name.equals("user") || name.contains("password");
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** Returns the same, with fewer values allowed. */
    private SettingType<T> filtered(Predicate<T> allows) {
        return new SettingType<>(
                bound, allowed, isSecret, value -> reader.apply(value).filter(allows), fallback);
    }

    /** Returns the same, read as something else. */
    <U> SettingType<U> as(Function<T, U> meaning) {
        return new SettingType<>(
                bound, allowed, isSecret, value -> reader.apply(value).map(meaning), meaning.apply(fallback));
    }

    /** Returns nothing for no value, and allows URLs only. */
    private static Optional<Optional<URI>> orNothing(String value, Optional<URI> read) {
        return value.isEmpty() || read.isPresent() ? Optional.of(read) : Optional.empty();
    }

    private static String quoted(String... words) {
        return Arrays.stream(words).map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    public static Optional<Duration> parseDuration(String value) {
        Matcher simple = SIMPLE_DURATION.matcher(value);
        if (simple.matches()) {
            long amount = Long.parseLong(simple.group(1));
            return Optional.of(
                    switch (simple.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        if (value.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        try {
            return Optional.of(Duration.parse(value));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        return seconds % 86400 == 0
                ? seconds / 86400 + "d"
                : seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static Optional<Integer> parseNumber(String value) {
        try {
            return Optional.of(Integer.parseInt(value));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<URI> parseUrl(String value) {
        try {
            URI read = new URI(value);
            String path = read.getRawPath();
            boolean plain = read.getRawQuery() == null
                    && read.getRawFragment() == null
                    && read.getRawUserInfo() == null
                    && path != null
                    && (path.isEmpty() || path.equals("/"));
            boolean isHttp = List.of("http", "https").contains(String.valueOf(read.getScheme()));
            boolean isPort = read.getPort() == -1 || (read.getPort() >= 1 && read.getPort() <= PORT_MAX);
            return isHttp && read.getHost() != null && isPort && plain
                    ? Optional.of(new URI(read.getScheme() + "://" + read.getRawAuthority()))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return allowed;
    }
}
