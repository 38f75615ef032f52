// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.Request;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A stream of a world: what Duo has of it, and what lies in the bucket of it, in its places by default.
 *
 * @param account the name of its file in the folder of accounts; empty for the account of application.properties
 */
public record TestStream(World world, String account, String host, SimulatedLog log, MemoryEventStore duo) {

    /** The setting with which {@link #udmPrefix} is where its UDM events go. */
    public static final String UDM_PREFIX = "duo-{log}-udm";

    /** Returns the three logs of the account of application.properties. */
    public static List<TestStream> ofOwnAccount(World world) {
        return List.of(
                new TestStream(world, "", World.API_HOST, SimulatedLog.TELEPHONY, world.events),
                new TestStream(world, "", World.API_HOST, SimulatedLog.AUTHENTICATION, world.authentication),
                new TestStream(world, "", World.API_HOST, SimulatedLog.ACTIVITY, world.activity));
    }

    /**
     * Adds an account to Duo, and its file to the folder of accounts; returns its three logs.
     *
     * @param number no other account's of this world, from 1 on
     */
    public static List<TestStream> ofNewAccount(World world, Path folder, String name, int number) {
        String host = String.format(Locale.ROOT, "api-%08x.duosecurity.com", number);
        String ikey = String.format(Locale.ROOT, "DI%018d", number);
        String skey = World.SKEY + "-" + name;
        Map<SimulatedLog, MemoryEventStore> events = new EnumMap<>(SimulatedLog.class);
        for (SimulatedLog log : SimulatedLog.values()) {
            events.put(log, new MemoryEventStore());
        }
        world.duo.addAccount(ikey, skey, host, logs -> events.forEach(logs::events));
        try {
            Path file = folder.resolve(name + ".properties");
            Files.writeString(file, "duo.api.host=" + host + "\nduo.ikey=" + ikey + "\nduo.skey=" + skey + "\n");
            // What was written just now may be half written.
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events.entrySet().stream()
                .map(each -> new TestStream(world, name, host, each.getKey(), each.getValue()))
                .toList();
    }

    /** What messages, options and the variable of a run name it. */
    public String name() {
        return account.isEmpty() ? logName() : account + "/" + logName();
    }

    private String logName() {
        return log.name().toLowerCase(Locale.ROOT);
    }

    public String prefix() {
        return "duo-" + logName() + "/" + (account.isEmpty() ? "" : account + "/");
    }

    public String udmPrefix() {
        return prefix().replaceFirst("/", "-udm/");
    }

    public String stateKey() {
        return "duo-" + logName() + "-state/" + host + ".json";
    }

    /** Returns the objects of its events, and of its events alone. */
    public SortedMap<String, byte[]> objects() {
        return objects(world.everything());
    }

    private SortedMap<String, byte[]> objects(SortedMap<String, byte[]> bucket) {
        return itsOwn(bucket, prefix() + logName() + "_");
    }

    /** Whether an object of this key is one of its events, or its state. */
    public boolean has(String key) {
        return key.startsWith(prefix() + logName() + "_") || key.equals(stateKey());
    }

    /** Whether an object of this key is one of its events as UDM. */
    public boolean hasUdm(String key) {
        return key.startsWith(udmPrefix() + logName() + "_");
    }

    /** Whether a request asks Duo for its events. */
    public boolean isAskedBy(Request request) {
        return request.apiHost().equals(host) && request.path().endsWith("/" + logName());
    }

    private static SortedMap<String, byte[]> itsOwn(SortedMap<String, byte[]> all, String begin) {
        SortedMap<String, byte[]> own = new TreeMap<>(all);
        own.keySet().removeIf(key -> !key.startsWith(begin));
        return own;
    }

    /** Returns every line of its objects, as stored. */
    public List<String> lines() {
        return lines(world.everything());
    }

    /** Does the same with what was in the bucket at some time. */
    public List<String> lines(SortedMap<String, byte[]> bucket) {
        return World.lines(objects(bucket));
    }

    /** Returns what the lines must be for some events. */
    public List<String> stored(List<SimulatedEvent> events) {
        return World.stored(logName(), events).stream()
                .map(line -> line.replace(World.API_HOST, host))
                .toList();
    }

    /** Returns events of its log that lie evenly in the time, the first at its beginning, none at its end. */
    public List<SimulatedEvent> spread(MadeUpEvents make, int count, Instant from, Instant to) {
        Duration step = Duration.between(from, to).dividedBy(Math.max(1, count));
        List<SimulatedEvent> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(at(make, from.plus(step.multipliedBy(i))));
        }
        return made;
    }

    /** Returns an event of its log. */
    public SimulatedEvent at(MadeUpEvents make, Instant time) {
        return switch (log) {
            case TELEPHONY -> make.at(time);
            case AUTHENTICATION -> make.authentication(time);
            case ACTIVITY -> make.activity(time);
        };
    }

    /** Fails unless each event that Duo has of it is in its objects once, and nothing else does. */
    public void assertEveryEventOnce(String when) {
        assertEveryEventOnce(world.everything(), when);
    }

    void assertEveryEventOnce(SortedMap<String, byte[]> bucket, String when) {
        assertThat(lines(bucket))
                .as("%s, %s", name(), when)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(stored(duo.events()));
    }

    /** Fails unless there is a UDM object for each of its objects, of the same name, with what its events map to, and no other. */
    public void assertUdmOfEveryObject(SortedMap<String, byte[]> bucket) {
        World.assertUdmOf(
                objects(bucket),
                itsOwn(bucket, udmPrefix() + logName() + "_"),
                DuoLog.named(logName()).orElseThrow());
    }

    @Override
    public String toString() {
        return name();
    }
}
