// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.sink.BucketEvents.StoredEvent;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.EventKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The events of the bucket, to be found again by their event keys, or by what names an event whatever else was changed in it:
 * time and its log's ids together, its <em>identity</em>. Each one is a number, from 0, and takes up to 64 bytes, since
 * hashes and places are kept and nothing of the events. What is looked for comes after what is added. Not thread-safe.
 */
public final class EventIndex {

    public static final int NONE = -1;

    /** What a sorted entry has for the event's number, below the first bits of its hash. */
    private static final int NUMBER_BITS = 27;

    private static final int EVENTS_MAX = 1 << NUMBER_BITS;
    private static final int FIRST_CAPACITY = 1024;

    // Nothing as long as it is empty: each stream has one.
    private long[] keyHigh = {};
    private long[] keyLow = {};
    private long[] identity = {};
    /** The object's number, and the line behind it. */
    private long[] place = {};

    private int size;

    /** An entry for each event, as of the last look: {@link #sorted}. */
    private long[] byKey = {};

    private long[] byIdentity = {};

    private final BitSet timeless = new BitSet();
    private final BitSet met = new BitSet();
    private final List<String> objects = new ArrayList<>();

    /** Adds an event; those of one object follow each other. */
    void add(StoredEvent event) {
        if (size == EVENTS_MAX) {
            throw RefusedException.operator("The bucket holds more than " + EVENTS_MAX
                    + " events of the time, which is more than are compared at once. Choose a shorter one.");
        }
        if (objects.isEmpty() || !objects.get(objects.size() - 1).equals(event.objectKey())) {
            objects.add(event.objectKey());
        }
        if (size == keyHigh.length) {
            int capacity = Math.max(FIRST_CAPACITY, size + size / 2);
            keyHigh = Arrays.copyOf(keyHigh, capacity);
            keyLow = Arrays.copyOf(keyLow, capacity);
            identity = Arrays.copyOf(identity, capacity);
            place = Arrays.copyOf(place, capacity);
        }
        ByteBuffer key = bytes(event.eventKey());
        keyHigh[size] = key.getLong();
        keyLow[size] = key.getLong();
        identity[size] = identity(event.event());
        place[size] = (objects.size() - 1L) << Integer.SIZE | Math.min(Integer.MAX_VALUE, event.line());
        timeless.set(size, event.time().isEmpty());
        size++;
    }

    public int size() {
        return size;
    }

    /** Returns the first event of a key, or {@link #NONE}. */
    public int find(String eventKey) {
        ByteBuffer key = bytes(eventKey);
        return find(key.getLong(), key.getLong());
    }

    /** Returns the first event of the same key as that one, which may be it. */
    public int first(int number) {
        return find(keyHigh[number], keyLow[number]);
    }

    private int find(long high, long low) {
        byKey = byKey.length == size ? byKey : sorted(keyLow);
        return find(byKey, low, number -> keyLow[number] == low && keyHigh[number] == high);
    }

    /** Returns an event of the identity that fits, or {@link #NONE}, also for an identity of 0. */
    public int findIdentity(long wanted, IntPredicate fits) {
        byIdentity = byIdentity.length == size ? byIdentity : sorted(identity);
        return wanted == 0 ? NONE : find(byIdentity, wanted, number -> identity[number] == wanted && fits.test(number));
    }

    /** Returns an entry for each event, in order: the first bits of its hash, and its number in place of the others. */
    private long[] sorted(long[] hashes) {
        long[] entries = new long[size];
        for (int number = 0; number < size; number++) {
            entries[number] = firstBits(hashes[number]) | number;
        }
        Arrays.sort(entries);
        return entries;
    }

    private static int find(long[] entries, long hash, IntPredicate fits) {
        int found = Arrays.binarySearch(entries, firstBits(hash));
        for (int i = found < 0 ? -found - 1 : found; i < entries.length; i++) {
            if (firstBits(entries[i]) != firstBits(hash)) {
                return NONE;
            }
            int number = (int) (entries[i] - firstBits(hash));
            if (fits.test(number)) {
                return number;
            }
        }
        return NONE;
    }

    private static long firstBits(long hash) {
        return hash & -1L << NUMBER_BITS;
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
        return first(number) != number;
    }

    /** Whether it has no time that could be read, so that nobody can tell whether it belongs to the time in question. */
    public boolean isTimeless(int number) {
        return timeless.get(number);
    }

    public String objectKey(int number) {
        return objects.get((int) (place[number] >>> Integer.SIZE));
    }

    public int line(int number) {
        return (int) place[number];
    }

    /** Returns 64 bits of a hash over its time and its log's ids, such as telephony_id and txid; 0 without time, or without any id. */
    public static long identity(DuoEvent event) {
        if (event.ts().isEmpty()) {
            return 0;
        }
        // A copy, because a look into an event's map makes its line cost more.
        Map<String, @Nullable Object> members = copy(event);
        List<@Nullable Object> ids = new ArrayList<>();
        event.log().idMembers().forEach(name -> ids.add(members.get(name)));
        if (ids.stream().allMatch(Objects::isNull)) {
            return 0;
        }
        String text = event.ts().get() + "\n" + ids;
        long hash = ByteBuffer.wrap(EventKey.sha256(text.getBytes(UTF_8))).getLong();
        return hash == 0 ? 1 : hash;
    }

    private static DuoEvent copy(DuoEvent event) {
        try {
            return DuoEvent.of(event.json(), event.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer bytes(String eventKey) {
        return ByteBuffer.wrap(Base64.getUrlDecoder().decode(eventKey));
    }

    @Override
    public String toString() {
        return "EventIndex[" + size + " events in " + objects.size() + " objects]";
    }
}
