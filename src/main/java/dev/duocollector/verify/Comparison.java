// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.sink.BucketEvents.StoredEvent;
import dev.duocollector.sink.BucketEvents.StoredObject;
import dev.duocollector.sink.EventIndex;
import dev.duocollector.sink.InBucket;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.state.Checkpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What Duo shows of a time against what the bucket holds of it. Of each event in the bucket, up to 64 bytes are in memory, and
 * of each one that the bucket lacks some 200, for the first {@value #LACKING_MAX}. Not thread-safe.
 */
public final class Comparison {

    /** The exchange variable that holds the comparison while Duo is read. */
    static final String VARIABLE = "comparison";

    /** The exchange variable with the time that is compared, if no bean is it. */
    static final String RANGE = "range";

    /** What the bucket lacks beyond these is counted as missing, without a look for a changed one. */
    static final int LACKING_MAX = 100_000;

    /** Duo's ids are UUIDs; anything else might be personal. */
    private static final Pattern ID = Pattern.compile("[0-9A-Fa-f-]{8,64}");

    private final BucketEvents bucket;
    private final TimeRange range;
    private final Map<String, StoredObject> objects = new HashMap<>();
    private final EventIndex index;
    private final Map<String, Lacking> lacking = new LinkedHashMap<>();
    private final Coverage coverage = new Coverage();
    private long beyond;
    private long duoEvents;

    private Comparison(BucketEvents bucket, TimeRange range) {
        this.bucket = bucket;
        this.range = range;
        this.index = InBucket.read(bucket, range, object -> objects.put(object.key(), object));
    }

    /** Reads what the bucket holds of a range. */
    static Comparison of(S3Client s3, Settings settings, TimeRange range) {
        return new Comparison(BucketEvents.of(s3, settings), range);
    }

    static Comparison of(Exchange exchange) {
        Comparison comparison = exchange.getVariable(VARIABLE, Comparison.class);
        if (comparison == null) {
            throw new IllegalStateException("The step OpenComparison must come first");
        }
        return comparison;
    }

    /** An event that Duo has and the bucket does not have, at least not in this form. */
    private record Lacking(long identity, Optional<Instant> time, String id) {}

    /** In what way an event differs. */
    public enum Kind {
        /** Duo has it, the bucket has not. */
        MISSING("at Duo, not in the bucket"),
        /** The bucket has it more than once. */
        DOUBLE("in the bucket more than once"),
        /** The bucket has one of the same time and ids, and other content. */
        CHANGED("in the bucket with other content"),
        /** The bucket has it, Duo has not. */
        EXTRA("in the bucket, not at Duo");

        private final String meaning;

        Kind(String meaning) {
            this.meaning = meaning;
        }

        public String meaning() {
            return meaning;
        }
    }

    public record Place(String object, int line) {
        @Override
        public String toString() {
            return object + " line " + line;
        }
    }

    /**
     * One event that differs, reported without anything personal.
     *
     * @param time its ts to the millisecond, empty if it cannot be read
     * @param id Duo's id for it, empty if it has none
     * @param places where it is in the bucket: nowhere if it is missing, the first place and the other one if it is double
     */
    public record Difference(Kind kind, Optional<Instant> time, String id, List<Place> places) {}

    /**
     * What was found.
     *
     * @param duoEvents different events that Duo shows
     * @param withheld how many more Duo said that there are, also when it was asked once more
     * @param bucketEvents lines of the time in the bucket
     * @param objects objects that were read for them
     * @param counts how many events differ, by kind
     * @param differences the first of each kind
     * @param hours how much of each hour with events the bucket has, in the order of time
     */
    public record Result(
            TimeRange range,
            long duoEvents,
            long withheld,
            long bucketEvents,
            int objects,
            Map<Kind, Long> counts,
            List<Difference> differences,
            List<Coverage.Hour> hours) {

        /** Whether each event is in the bucket exactly once, and nothing else is. */
        public boolean isEqual() {
            return withheld == 0 && counts.values().stream().allMatch(count -> count == 0);
        }
    }

    /** Takes a page of Duo's. */
    void page(List<DuoEvent> events) {
        for (DuoEvent event : events) {
            int number = index.find(event.eventKey());
            if (number != EventIndex.NONE) {
                if (!index.isMet(number)) {
                    shown(event);
                }
                index.meet(number);
            } else if (lacking.size() == LACKING_MAX) {
                shown(event);
                time(event).ifPresent(coverage::missing);
                beyond++;
            } else if (lacking.putIfAbsent(event.eventKey(), lacking(event)) == null) {
                shown(event);
            }
        }
    }

    private void shown(DuoEvent event) {
        duoEvents++;
        time(event).ifPresent(coverage::shown);
    }

    private static Lacking lacking(DuoEvent event) {
        return new Lacking(EventIndex.identity(event), time(event), id(event));
    }

    /**
     * Says what differs, once Duo has been read to the end.
     *
     * @param withheld how many more events Duo said that there are than it gave
     * @param each the most events of a kind that are listed one by one
     */
    Result result(long withheld, int each) {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        Map<Kind, List<Difference>> listed = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            counts.put(kind, 0L);
            listed.put(kind, new ArrayList<>());
        }
        counts.put(Kind.MISSING, beyond);
        for (Lacking event : lacking.values()) {
            int number = index.findIdentity(event.identity(), found -> !index.isMet(found) && !index.isDouble(found));
            Kind kind = number == EventIndex.NONE ? Kind.MISSING : Kind.CHANGED;
            List<Place> places = List.of();
            if (number != EventIndex.NONE) {
                index.meet(number);
                places = List.of(place(number));
            } else {
                event.time().ifPresent(coverage::missing);
            }
            add(new Difference(kind, event.time(), event.id(), places), counts, listed, each);
        }
        for (int number = 0; number < index.size(); number++) {
            if (index.isDouble(number)) {
                List<Place> places = List.of(place(index.first(number)), place(number));
                add(new Difference(Kind.DOUBLE, Optional.empty(), "", places), counts, listed, each);
            } else if (!index.isMet(number) && !index.isTimeless(number)) {
                add(new Difference(Kind.EXTRA, Optional.empty(), "", List.of(place(number))), counts, listed, each);
            }
        }
        List<Difference> differences =
                listed.values().stream().flatMap(List::stream).toList();
        return new Result(
                range, duoEvents, withheld, index.size(), objects.size(), counts, named(differences), coverage.hours());
    }

    private static void add(
            Difference difference, Map<Kind, Long> counts, Map<Kind, List<Difference>> listed, int each) {
        counts.merge(difference.kind(), 1L, Long::sum);
        List<Difference> ofKind = listed.get(difference.kind());
        if (ofKind.size() < each) {
            ofKind.add(difference);
        }
    }

    private Place place(int number) {
        return new Place(index.objectKey(number), index.line(number));
    }

    /** Reads time and id of those that only the bucket has; of these only the place is in memory. */
    private List<Difference> named(List<Difference> differences) {
        Map<String, Set<Long>> wanted = new TreeMap<>();
        for (Difference difference : differences) {
            if (isUnnamed(difference)) {
                Place place = last(difference);
                wanted.computeIfAbsent(place.object(), key -> new TreeSet<>()).add((long) place.line());
            }
        }
        Map<Place, StoredEvent> found = new HashMap<>();
        wanted.forEach((key, lines) -> bucket.read(objects.get(key), range.from(), range.to(), event -> {
            if (lines.contains(event.line())) {
                found.put(new Place(key, (int) event.line()), event);
            }
        }));
        return differences.stream()
                .map(difference -> isUnnamed(difference) ? named(difference, found.get(last(difference))) : difference)
                .toList();
    }

    private static Difference named(Difference difference, @Nullable StoredEvent event) {
        return event == null
                ? difference
                : new Difference(difference.kind(), event.time(), id(event.event()), difference.places());
    }

    private static boolean isUnnamed(Difference difference) {
        return difference.kind() == Kind.DOUBLE || difference.kind() == Kind.EXTRA;
    }

    private static Place last(Difference difference) {
        return difference.places().get(difference.places().size() - 1);
    }

    private static Optional<Instant> time(DuoEvent event) {
        return event.ts().map(Checkpoint::toMillis);
    }

    private static String id(DuoEvent event) {
        return event.get(event.log().idMembers().get(0)) instanceof String id
                        && ID.matcher(id).matches()
                ? id
                : "";
    }

    @Override
    public String toString() {
        return "Comparison[" + range + ", " + index + "]";
    }
}
