// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.sink.BucketEvents.StoredEvent;
import dev.duocollector.source.TelephonyEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The events of the bucket, to be found again by their event keys, or by what names an event whatever else was changed in it:
 * ts, telephony_id and txid together, its <em>identity</em>. Each one is a number, from 0, and takes up to 75 bytes, since
 * hashes and places are kept and nothing of the events. Not thread-safe.
 */
public final class EventIndex {

    public static final int NONE = -1;

    private static final int FIRST_CAPACITY = 1024;

    private long[] keyHigh = new long[FIRST_CAPACITY];
    private long[] keyLow = new long[FIRST_CAPACITY];
    private long[] identity = new long[FIRST_CAPACITY];
    private int[] object = new int[FIRST_CAPACITY];
    private int[] line = new int[FIRST_CAPACITY];
    private int size;

    /** The first event of each key, and all events that have an identity: numbers by hash, one more than the number. */
    private int[] byKey = new int[2 * FIRST_CAPACITY];

    private int[] byIdentity = new int[2 * FIRST_CAPACITY];

    private final BitSet doubles = new BitSet();
    private final BitSet timeless = new BitSet();
    private final BitSet met = new BitSet();
    private final List<String> objects = new ArrayList<>();

    /** Adds an event; those of one object follow each other. */
    void add(StoredEvent event) {
        if (objects.isEmpty() || !objects.get(objects.size() - 1).equals(event.objectKey())) {
            objects.add(event.objectKey());
        }
        reserve();
        ByteBuffer key = bytes(event.eventKey());
        keyHigh[size] = key.getLong();
        keyLow[size] = key.getLong();
        identity[size] = identity(event.event());
        object[size] = objects.size() - 1;
        line[size] = (int) Math.min(Integer.MAX_VALUE, event.line());
        timeless.set(size, event.time().isEmpty());
        doubles.set(size, find(keyHigh[size], keyLow[size]) != NONE);
        size++;
        enter(size - 1);
    }

    public int size() {
        return size;
    }

    /** Returns the first event of a key, or {@link #NONE}. */
    public int find(String eventKey) {
        ByteBuffer key = bytes(eventKey);
        return find(key.getLong(), key.getLong());
    }

    /** Returns an event of the same key as that one, which may be it. */
    public int first(int number) {
        return find(keyHigh[number], keyLow[number]);
    }

    /** Returns an event of the identity that fits, or {@link #NONE}, also for an identity of 0. */
    public int findIdentity(long wanted, IntPredicate fits) {
        for (int slot = slot(wanted, byIdentity); wanted != 0 && byIdentity[slot] != 0; slot = next(slot, byIdentity)) {
            int number = byIdentity[slot] - 1;
            if (identity[number] == wanted && fits.test(number)) {
                return number;
            }
        }
        return NONE;
    }

    /** Notes that Duo has the event, too. */
    public void meet(int number) {
        met.set(number);
    }

    public boolean isMet(int number) {
        return met.get(number);
    }

    /** Whether an event added before has the same key. */
    public boolean isDouble(int number) {
        return doubles.get(number);
    }

    /** Whether it has no time that could be read, so that nobody can tell whether it belongs to the time in question. */
    public boolean isTimeless(int number) {
        return timeless.get(number);
    }

    public String objectKey(int number) {
        return objects.get(object[number]);
    }

    public int line(int number) {
        return line[number];
    }

    /** Returns 64 bits of a hash over ts, telephony_id and txid; 0 without ts, or with neither of the others. */
    public static long identity(TelephonyEvent event) {
        if (event.ts().isEmpty()) {
            return 0;
        }
        // A copy, because a look into an event's map makes its line cost more.
        Map<String, @Nullable Object> members = copy(event);
        if (members.get("telephony_id") == null && members.get("txid") == null) {
            return 0;
        }
        String text = event.ts().get() + "\n" + members.get("telephony_id") + "\n" + members.get("txid");
        try {
            long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)))
                    .getLong();
            return hash == 0 ? 1 : hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 belongs to every Java platform", e);
        }
    }

    private static TelephonyEvent copy(TelephonyEvent event) {
        try {
            return TelephonyEvent.of(event.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int find(long high, long low) {
        for (int slot = slot(low, byKey); byKey[slot] != 0; slot = next(slot, byKey)) {
            int number = byKey[slot] - 1;
            if (keyLow[number] == low && keyHigh[number] == high) {
                return number;
            }
        }
        return NONE;
    }

    private void enter(int number) {
        if (!doubles.get(number)) {
            enter(number, keyLow[number], byKey);
        }
        if (identity[number] != 0) {
            enter(number, identity[number], byIdentity);
        }
    }

    private static void enter(int number, long hash, int[] table) {
        int slot = slot(hash, table);
        while (table[slot] != 0) {
            slot = next(slot, table);
        }
        table[slot] = number + 1;
    }

    private void reserve() {
        if (size == keyHigh.length) {
            int capacity = size + size / 2;
            keyHigh = Arrays.copyOf(keyHigh, capacity);
            keyLow = Arrays.copyOf(keyLow, capacity);
            identity = Arrays.copyOf(identity, capacity);
            object = Arrays.copyOf(object, capacity);
            line = Arrays.copyOf(line, capacity);
        }
        // Two thirds full at most: a fuller table makes for long searches.
        if (size > byKey.length / 3 * 2) {
            byKey = new int[byKey.length * 2];
            byIdentity = new int[byKey.length];
            for (int number = 0; number < size; number++) {
                enter(number);
            }
        }
    }

    private static int slot(long hash, int[] table) {
        return (int) Math.floorMod(hash, (long) table.length);
    }

    private static int next(int slot, int[] table) {
        return slot + 1 == table.length ? 0 : slot + 1;
    }

    private static ByteBuffer bytes(String eventKey) {
        return ByteBuffer.wrap(Base64.getUrlDecoder().decode(eventKey));
    }

    @Override
    public String toString() {
        return "EventIndex[" + size + " events in " + objects.size() + " objects]";
    }
}
