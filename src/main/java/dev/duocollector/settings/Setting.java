// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Optional;
import java.util.Set;

/**
 * The definition of one setting, used by its check, the command {@code config}, masking and the documents.
 *
 * @param name as it is written in application.properties
 * @param scope what it belongs to
 * @param type what its value may be
 * @param standard its default, as application.properties has it; empty if it is not set there
 * @param unset what holds when it is not set, as the tables of the documents have it; empty if nothing does
 * @param bound what is allowed, as the tables of the documents have it
 * @param sentence what it means, in a few words
 * @param missing what it is, for the line that says that it must be set; empty if it need not be
 * @param retirement if it is a setting of earlier releases, what became of it
 */
public record Setting<T>(
        String name,
        Scope scope,
        SettingType<T> type,
        String standard,
        String unset,
        String bound,
        String sentence,
        Optional<String> missing,
        Optional<Retirement> retirement) {

    /** What a setting belongs to. */
    enum Scope {
        /** The program as a whole, if it runs by itself: in a container these do nothing. */
        PROCESS,
        /** A Duo account, its keys and its bucket. */
        ACCOUNT,
        /** One log of an account. */
        LOG
    }

    /**
     * What became of a setting.
     *
     * @param replacement what to do instead: the rest of a sentence
     * @param harmless values that ask for what happens now anyway
     */
    record Retirement(String replacement, Set<String> harmless) {}

    static <T> Setting<T> of(String name, Scope scope, SettingType<T> type, String standard, String sentence) {
        return new Setting<>(
                name, scope, type, standard, "", type.bound(), sentence, Optional.empty(), Optional.empty());
    }

    /** Returns the same with words for what holds when it is not set. */
    Setting<T> unset(String words) {
        return new Setting<>(name, scope, type, standard, words, bound, sentence, missing, retirement);
    }

    /** Returns the same as one that must be set. */
    Setting<T> required(String what) {
        return new Setting<>(name, scope, type, standard, "required", bound, sentence, Optional.of(what), retirement);
    }

    /** Returns the same with other words for what is allowed. */
    Setting<T> bounded(String words) {
        return new Setting<>(name, scope, type, standard, unset, words, sentence, missing, retirement);
    }

    /** Returns the same as a retired one. */
    Setting<T> retired(String replacement, String... harmless) {
        Optional<Retirement> retired = Optional.of(new Retirement(replacement, Set.of(harmless)));
        return new Setting<>(name, scope, type, standard, unset, bound, sentence, missing, retired);
    }

    /** Returns the same for one log only, not set by default. */
    Setting<T> of(DuoLog log) {
        return new Setting<>(
                name + "." + log, scope, type, "", "as `" + name + "`", bound, sentence, Optional.empty(), retirement);
    }

    /** The environment variable that sets it. */
    String variable() {
        return EnvironmentPropertiesSource.variable(name);
    }

    /** Its row in the documents' tables. */
    String row() {
        String standardInWords = standard.isEmpty() ? unset : "`" + standard + "`";
        return String.join(" | ", "| `" + name + "`", "`" + variable() + "`", standardInWords, bound, sentence + " |")
                .replace("|  |", "| |");
    }

    /** Of the name alone, as a setting is the key of many maps and its texts are long. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
