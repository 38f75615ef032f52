// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.BucketEvents.StoredObject;
import dev.duocollector.sink.BucketEvents.Writer;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Which events of a {@linkplain TimeRange range} are in the bucket already, whoever wrote them: read back from the objects
 * when a run begins. Without a range, or with one that is to be written again, none does, and nothing is read.
 *
 * <p>An event counts as there if one of the same key is, or else one of the same {@linkplain EventIndex identity} that Duo no
 * longer shows so: a step of an operator's, or Duo, has changed it, and it would be there twice.
 */
public final class InBucket {

    private static final Log LOG = Log.of(InBucket.class);

    private final BucketEvents bucket;
    private final Optional<TimeRange> range;
    private EventIndex index = new EventIndex();

    /** Events of the index that were taken for an earlier form of one that Duo showed. */
    private final BitSet changed = new BitSet();

    private InBucket(BucketEvents bucket, Optional<TimeRange> range) {
        this.bucket = bucket;
        this.range = range;
    }

    /** Returns what the settings' range asks for. */
    public static InBucket of(S3Client s3, Settings settings) {
        return new InBucket(
                BucketEvents.of(s3, settings), settings.log().range().filter(TimeRange::skipExisting));
    }

    /** Reads what is there now. */
    public void read() {
        index = new EventIndex();
        changed.clear();
        if (range.isPresent()) {
            index = read(bucket, range.get(), object -> {});
        }
    }

    /** Reads the events of a range, and logs how many there are; each object that is read is handed over before. */
    public static EventIndex read(BucketEvents bucket, TimeRange range, Consumer<StoredObject> each) {
        EventIndex index = new EventIndex();
        List<StoredObject> objects = bucket.objects(range.from(), range.to());
        LOG.info("Reading {} that may hold events of {}.", Count.of(objects.size(), "object"), range);
        long noEvents = 0;
        for (StoredObject object : objects) {
            each.accept(object);
            noEvents += bucket.read(object, range.from(), range.to(), index::add);
        }
        long others = objects.stream()
                .filter(object -> object.writer() == Writer.OTHER)
                .count();
        if (others > 0) {
            LOG.warn(
                    "{} objects under the prefix are neither the collector's nor the Lambda's; {} lines in them are no"
                            + " events.",
                    others,
                    noEvents);
        }
        LOG.info("The bucket has {} of {}.", Count.of(index.size(), "event"), range);
        return index;
    }

    /** Returns the keys of those events of a page that are in the bucket. */
    public Set<String> among(List<DuoEvent> page) {
        Set<String> there = new HashSet<>();
        if (index.size() == 0) {
            return there;
        }
        for (DuoEvent event : page) {
            int number = index.find(event.eventKey());
            if (number != EventIndex.NONE) {
                if (changed.get(number)) {
                    LOG.warn(
                            "The bucket's event of {} was taken for an earlier form of one that Duo gave on a page before, and Duo"
                                    + " gives it as well: the one before may be missing. Compare that minute with verify.",
                            event.ts().map(Instant::toString).orElse("an unknown time"));
                }
                index.meet(number);
                there.add(event.eventKey());
            }
        }
        for (DuoEvent event : page) {
            if (!there.contains(event.eventKey()) && isChanged(event)) {
                there.add(event.eventKey());
            }
        }
        return there;
    }

    private boolean isChanged(DuoEvent event) {
        int number = index.findIdentity(EventIndex.identity(event), found -> !index.isMet(found));
        if (number == EventIndex.NONE) {
            return false;
        }
        index.meet(number);
        changed.set(number);
        return true;
    }
}
