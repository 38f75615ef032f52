// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.Child;
import dev.duocollector.settings.Schedule;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.Shard;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Every stream that is collected: each log of each account. Those of the folder of accounts come and go with its files. Safe
 * for use by several threads.
 */
public final class Streams {

    /** The bean that the routes run. */
    private static final String BEAN = "streams";

    /** How many streams a message names. */
    private static final Log LOG = Log.of(Streams.class);

    private final Builder parts;
    private final Settings settings;
    private final Accounts accounts;
    private final Parents parents;
    private final OwnStreams own;

    /** How many streams there are, also those of other nodes. */
    private volatile int configured;

    /** By the place of the state: a run may be under way of a stream that was removed, or had another name. */
    private final Map<String, Turn> turns = new HashMap<>();

    private volatile Map<String, Stream> all = Map.of();
    /** When it was looked last whether yesterday is to be compared. */
    private Optional<Instant> checkAsked = Optional.empty();

    private volatile List<String> problems = List.of();
    private volatile int exitCode = ExitCode.DONE;

    private Streams(Builder parts) {
        this.parts = parts;
        settings = Objects.requireNonNull(parts.settings, "settings");
        accounts = new Accounts(settings, parts.selection.orElse(Selection.ALL));
        parents = new Parents(parts);
        own = new OwnStreams(settings, parts.selection);
        refresh();
    }

    /** Returns those of a context. */
    public static Streams of(CamelContext camel) {
        Streams streams = camel.getRegistry().lookupByNameAndType(BEAN, Streams.class);
        if (streams == null) {
            throw new IllegalStateException("There is no bean " + BEAN
                    + ". Put routes/beans.camel.yaml back as it was shipped, or add the bean to it.");
        }
        return streams;
    }

    /** Returns them in the order of their settings. */
    public List<Stream> all() {
        return List.copyOf(all.values());
    }

    /** What all accounts share, and the account that is set beside it. */
    public Settings settings() {
        return settings;
    }

    /** Holds up whatever waits. */
    public Pause pause() {
        return Objects.requireNonNull(parts.pause, "pause");
    }

    public Optional<Stream> find(@Nullable String name) {
        return name == null ? Optional.empty() : Optional.ofNullable(all.get(name));
    }

    /**
     * Returns the stream that an exchange is to read.
     *
     * @throws RefusedException if there are several and it names none of them
     */
    public static Stream named(Exchange exchange) {
        Streams streams = of(exchange.getContext());
        String name = exchange.getVariable(Stream.VARIABLE, String.class);
        List<Stream> now = streams.all();
        if (name == null && now.size() == 1) {
            return now.get(0);
        }
        return streams.find(name)
                .orElseThrow(() -> RefusedException.operator("Nothing was read: the exchange variable "
                        + Stream.VARIABLE
                        + " is " + (name == null ? "not set" : "'" + name + "'") + ", and must name what to read: "
                        + streams.names() + "."));
    }

    /** Whether the stream that an exchange names is collected. */
    public boolean has(Exchange exchange) {
        return find(exchange.getVariable(Stream.VARIABLE, String.class)).isPresent();
    }

    private String names() {
        return Count.names(all().stream().map(Stream::name).toList(), " or ");
    }

    /**
     * Says what is collected, from where, to where, and when: the rest of a sentence.
     *
     * @param byCluster whether the runs are shared out among nodes
     */
    public String collected(boolean byCluster) {
        return what().sentence(nothing(), byCluster);
    }

    /** How many there are in all shards. */
    public int configured() {
        return configured;
    }

    /** The shard that these are; empty if they are all. */
    public Optional<Shard> shard() {
        return own.shard();
    }

    private synchronized WhatIsCollected what() {
        return new WhatIsCollected(settings, own.shard(), configured, all());
    }

    /** Returns what is wrong before any run as an exit code; if there is nothing to read, says why. */
    public int exitCode() {
        Optional<String> right = what().othersHaveAll();
        right.ifPresent(line -> LOG.info("Nothing was read: {}.", line));
        if (all.isEmpty() && right.isEmpty()) {
            LOG.error("Nothing was read: {}.", nothing());
        }
        return all.isEmpty() && right.isEmpty() && exitCode == ExitCode.DONE ? ExitCode.OPERATOR : exitCode;
    }

    /** Whether all that is wrong before any run may pass by itself. */
    public boolean mayPass() {
        return exitCode == ExitCode.AGAIN;
    }

    private synchronized String nothing() {
        if (!accounts.parents().isEmpty()) {
            return "no account below "
                    + accounts.parents().stream().map(Settings::name).collect(Collectors.joining(", ")) + " is known";
        }
        return "no account is right, neither in application.properties nor in " + settings.accountsFolder();
    }

    /** What is wrong with accounts that are not collected, or not as their files say; a line for each. */
    public List<String> problems() {
        return problems;
    }

    /**
     * Has Duo list the accounts below parents, where the last list is old, and returns all that are known, by the settings of
     * the parent. A {@link #refresh} takes them.
     *
     * @param notes whether they are noted in the bucket, and what is noted there counts as known
     */
    Map<Settings, List<Child>> listChildren(CamelContext camel, boolean notes) {
        List<Settings> all;
        synchronized (this) {
            all = accounts.parents();
        }
        Map<Settings, List<Child>> known = parents.list(all, camel, notes);
        synchronized (this) {
            known.forEach(accounts::take);
        }
        return known;
    }

    /** Does so, takes them at once, and returns them: for commands, which look once. */
    public Map<Settings, List<Child>> withChildren(CamelContext camel, boolean notes) {
        if (isAboutOne()) {
            return Map.of();
        }
        Map<Settings, List<Child>> known = listChildren(camel, notes);
        if (!known.isEmpty() || !parents.problems().isEmpty()) {
            refresh();
        }
        return known;
    }

    /**
     * What a look at the folder of accounts has changed.
     *
     * @param begun streams that are new, or have other settings
     * @param ended streams that are no more, or were before the change
     */
    record Change(List<Stream> begun, List<Stream> ended) {}

    /** Looks at the folder of accounts, and takes what is there; what is newly wrong is an ERROR. */
    synchronized Change refresh() {
        Accounts.Found files = accounts.look();
        boolean isWhole = !accounts.hasSelected(files);
        Accounts.Found found = isWhole ? files.with(parents.problems()) : files;
        Map<String, Stream> before = all;
        Map<String, Stream> now = new LinkedHashMap<>();
        List<Stream> begun = new ArrayList<>();
        List<Settings> everywhere = found.ofEachStream();
        configured = everywhere.size();
        for (Settings each : own.of(everywhere)) {
            String name = each.streamName().toString();
            Stream known = before.get(name);
            if (known == null || !known.settings().log().equals(each.log())) {
                known = new Stream(parts, each, turns.computeIfAbsent(place(each), state -> new Turn()));
                begun.add(known);
            }
            now.put(name, known);
        }
        List<Stream> ended = before.values().stream()
                .filter(stream -> !stream.equals(now.get(stream.name())))
                .toList();
        all = Collections.unmodifiableMap(now);
        found.problems().stream().filter(line -> !problems.contains(line)).forEach(LOG::error);
        problems = List.copyOf(found.problems());
        exitCode = Math.max(files.exitCode(), isWhole ? parents.exitCode() : ExitCode.DONE);
        Objects.requireNonNull(parts.listener, "listener").collecting(now.size(), configured, problems.size());
        return new Change(begun, ended);
    }

    /** Whether a command is about one account that needs no parent's list. */
    private synchronized boolean isAboutOne() {
        return accounts.hasSelected(accounts.look());
    }

    /** Whether a time of verify.schedule has come since this was asked last. */
    synchronized boolean isCheckDue() {
        Instant now = Objects.requireNonNull(parts.clock, "clock").instant();
        Optional<Instant> before = checkAsked;
        checkAsked = Optional.of(now);
        return Schedule.parse(settings.account().get(SettingTable.VERIFY_SCHEDULE))
                .flatMap(schedule -> before.flatMap(schedule::next))
                .filter(next -> !next.isAfter(now))
                .isPresent();
    }

    private static String place(Settings each) {
        return each.account().bucket() + "/" + each.log().stateKey();
    }

    @Override
    public String toString() {
        return "Streams" + all.keySet();
    }

    /** Takes what streams are made of by name, as Camel sets it; nothing may be left out. */
    public static final class Builder {

        @Nullable
        private Settings settings;

        /** What a command is about; empty for what a node collects. */
        private Optional<Selection> selection = Optional.empty();

        @Nullable
        Clock clock;

        @Nullable
        Ticker ticker;

        @Nullable
        Pause pause;

        @Nullable
        S3Client s3Client;

        @Nullable
        RunListener listener;

        final Workers workers = new Workers();
        final ClockWatch clocks = new ClockWatch(LOG::warn);

        public Builder settings(Settings value) {
            settings = value;
            selection = Optional.ofNullable(value.getCamelContext())
                    .map(camel -> camel.getRegistry().findSingleByType(Selection.class));
            return this;
        }

        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        public Builder ticker(Ticker value) {
            ticker = value;
            return this;
        }

        public Builder pause(Pause value) {
            pause = value;
            return this;
        }

        public Builder s3Client(S3Client value) {
            s3Client = value;
            return this;
        }

        public Builder listener(RunListener value) {
            listener = value;
            return this;
        }

        public Streams build() {
            return new Streams(this);
        }
    }
}
