// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.spi.PropertiesFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Puts values in for the placeholders of a setting, in Camel's form: <code>{{name}}</code>, <code>{{name:default}}</code>,
 * <code>{{env:NAME}}</code> and the other functions that Camel has. What cannot be resolved is an error, also behind a
 * question mark: an empty setting, or its default, would start the program somewhere else.
 */
final class Placeholders {

    private static final Pattern NAME = Pattern.compile("\\{\\{[?!]?([^{}:]+)");
    private static final String BEGIN = "{{";
    private static final String END = "}}";

    /** Camel's functions. Where the one that is asked for is not installed, Camel takes its argument for a default. */
    private static final Set<String> FUNCTIONS =
            Set.of(("env sys service service.name service.host service.port bean aws azure"
                            + " gcp hashicorp cyberark ibm configmap configmap-binary secret secret-binary spring-config")
                    .split(" "));

    private final WrittenSettings settings;

    /** The names that are being resolved, against a circle. */
    private final Deque<String> within = new ArrayDeque<>();

    Placeholders(WrittenSettings settings) {
        this.settings = settings;
    }

    /** A placeholder that cannot be resolved. */
    static final class UnresolvedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String placeholder;

        /** The setting that has it in its value, or that it names and that must be set: reported there, too. */
        private final transient @Nullable Setting<?> setting;

        UnresolvedException(String placeholder, String flaw, @Nullable Throwable cause) {
            this(placeholder, flaw, null, cause);
        }

        private UnresolvedException(
                String placeholder, String flaw, @Nullable Setting<?> setting, @Nullable Throwable cause) {
            super(flaw, cause);
            this.placeholder = placeholder;
            this.setting = setting;
        }

        private UnresolvedException in(Optional<Setting<?>> other) {
            return setting != null || other.isEmpty()
                    ? this
                    : new UnresolvedException(placeholder, flaw(), other.get(), getCause());
        }

        /** Returns the other setting that it is reported with as well; empty if it is not. */
        Optional<Setting<?>> setting() {
            return Optional.ofNullable(setting);
        }

        /** As it was written, braces included. */
        String placeholder() {
            return placeholder;
        }

        /** Whether it may pass by itself: the vault cannot be reached, or is overloaded. */
        boolean mayPass() {
            for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof SdkServiceException answer) {
                    return answer.statusCode() >= 500 || answer.isThrottlingException();
                }
                if (cause instanceof IOException) {
                    return true;
                }
            }
            return false;
        }

        /** What is wrong, and what to do: the rest of a sentence about the placeholder. */
        String flaw() {
            return String.valueOf(getMessage());
        }
    }

    /** Returns the names that a text uses as {{name}}. */
    static Set<String> names(String text) {
        return NAME.matcher(text).results().map(found -> found.group(1).strip()).collect(Collectors.toSet());
    }

    /**
     * Returns a value with all its placeholders resolved; backslashes stay.
     *
     * @throws UnresolvedException for the first that cannot be
     */
    String resolve(String value) throws UnresolvedException {
        String text = value;
        for (int end = text.indexOf(END); end >= 0; end = text.indexOf(END)) {
            int begin = text.lastIndexOf(BEGIN, end - BEGIN.length());
            if (begin < 0) {
                throw new UnresolvedException(END, "has no beginning: write {{name}}", null);
            }
            // The innermost first. What is put in has no placeholder left, so each turn takes one away.
            text = text.substring(0, begin)
                    + find(text.substring(begin + BEGIN.length(), end))
                    + text.substring(end + END.length());
        }
        if (text.contains(BEGIN)) {
            throw new UnresolvedException(BEGIN, "has no end: write {{name}}", null);
        }
        return text;
    }

    private String find(String written) throws UnresolvedException {
        String placeholder = BEGIN + written + END;
        String key = written.startsWith("?") ? written.substring(1) : written;
        int colon = key.indexOf(':');
        String head = colon < 0 ? key : key.substring(0, colon);
        String rest = colon < 0 ? null : key.substring(colon + 1);
        if (within.size() > 20 || within.contains(key)) {
            throw new UnresolvedException(placeholder, "leads back to itself", null);
        }
        within.push(key);
        try {
            if (head.isBlank()) {
                throw new UnresolvedException(placeholder, "names nothing: write {{name}}", null);
            }
            String value = rest == null ? named(head) : apply(placeholder, head, rest);
            if (value == null) {
                throw new UnresolvedException(placeholder, "cannot be resolved: " + remedy(head, rest), null);
            }
            boolean mayBeEmpty = rest != null && (rest.contains(":") || !FUNCTIONS.contains(head));
            if (value.isBlank() && !mayBeEmpty) {
                Optional<Setting<?>> required = SettingTable.find(head)
                        .filter(setting -> setting.unset().startsWith("required"));
                throw new UnresolvedException(placeholder, "is empty: " + remedy(head, rest), null).in(required);
            }
            return value;
        } finally {
            within.pop();
        }
    }

    private @Nullable String named(String name) throws UnresolvedException {
        String value = settings.find(name);
        try {
            return value == null ? null : resolve(value);
        } catch (UnresolvedException e) {
            throw e.in(SettingTable.find(name));
        }
    }

    private @Nullable String apply(String placeholder, String head, String rest) throws UnresolvedException {
        PropertiesFunction function = function(placeholder, head);
        if (function == null && FUNCTIONS.contains(head)) {
            throw new UnresolvedException(
                    placeholder, "cannot be resolved: Camel's function " + head + " is not here", null);
        }
        if (function == null) {
            String value = named(head);
            return value == null || value.isBlank() ? rest : value;
        }
        try {
            String value = function.apply(function.lookupFirst(rest) ? find(rest) : rest);
            return value == null ? null : resolve(value);
        } catch (RuntimeException e) { // whatever a vault's client throws
            throw new UnresolvedException(placeholder, "cannot be resolved: " + e.getMessage(), e);
        }
    }

    /** A vault's function is made when it is asked for first, and refuses to be without the options of its vault. */
    private @Nullable PropertiesFunction function(String placeholder, String head) throws UnresolvedException {
        try {
            return settings.function(head);
        } catch (RuntimeException e) { // whatever the start of a vault's client throws
            throw new UnresolvedException(
                    placeholder,
                    "cannot be resolved: Camel's function " + head + " is not set up (" + e.getMessage() + ")",
                    e);
        }
    }

    private static String remedy(String head, @Nullable String rest) {
        if (rest == null) {
            return "set " + head + ", or write {{" + head + ":a default}}";
        }
        return head.equals("env")
                ? "set the environment variable " + rest + ", or write {{env:" + rest + ":a default}}"
                : "check what Camel's function " + head + " has under that name";
    }
}
