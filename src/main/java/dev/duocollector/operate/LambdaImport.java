// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.sink.BucketEvents.StoredObject;
import dev.duocollector.sink.BucketEvents.Writer;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.StateSnapshot;
import dev.duocollector.text.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Continues where the Lambda of Google's guide stopped. What it has certainly collected counts as collected; an overlap
 * before that is read again, for events that Duo showed late and the Lambda missed; what its objects hold of that time and
 * later counts as seen.
 */
public final class LambdaImport {

    /**
     * Where the events are that count as seen.
     *
     * @param lambdas the Lambda's objects
     * @param lambdasPlace where that is, for people
     * @param own the collector's objects, if they are elsewhere
     */
    public record Places(BucketEvents lambdas, String lambdasPlace, Optional<BucketEvents> own) {}

    private final Settings settings;
    private final Instant now;
    private final Places places;
    private final List<String> says = new ArrayList<>();

    private LambdaImport(Settings settings, Instant now, Places places) {
        this.settings = settings;
        this.now = now;
        this.places = places;
    }

    /**
     * Works out the state, and reads the bucket for it.
     *
     * @param json the Lambda's {@code state.json}
     * @param place where that is from, for messages
     * @param before the collector's own state, if there is one already
     * @param progress gets a line now and then while the bucket is read
     * @throws RefusedException if the JSON is not a state of the Lambda, or the state that is there must not be replaced
     */
    public static StatePlan plan(
            byte[] json,
            String place,
            StateSnapshot before,
            Settings settings,
            Instant now,
            Places places,
            Consumer<String> progress) {
        LambdaState lambda = LambdaState.read(json, place, now);
        SetThrough.refuseOthers(before);
        Optional<Batch> pending = before.checkpoint().flatMap(Checkpoint::pendingBatch);
        if (pending.isPresent()) {
            throw RefusedException.operator("The collector has run already, and a batch of its own is pending: "
                    + pending.get() + ". Make one run first (once), which settles it.");
        }
        LambdaImport plan = new LambdaImport(settings, now, places);
        plan.says.add("The Lambda's state: " + lambda.text() + ".");
        return plan.plan(lambda, before, progress);
    }

    private StatePlan plan(LambdaState lambda, StateSnapshot before, Consumer<String> progress) {
        Optional<Instant> collected = collected(lambda, progress);
        Instant through = collected.orElseGet(
                () -> Checkpoint.toMillis(now.minus(settings.log().lookback())));
        Instant keysFrom = collected.isPresent()
                ? Checkpoint.toMillis(through.minus(settings.log().get(SettingTable.OVERLAP)))
                : through;
        SeenEvents seen = new SeenEvents(keysFrom, Checkpoint.toMillis(now), progress).addAll(places.lambdas());
        boolean found = !seen.newestOfLambda().isBefore(through);
        places.own().ifPresent(seen::addAll);
        seen.addAll(before.eventKeys());
        sayReplaced(before);
        sayBegin(through, keysFrom);
        if (seen.events() > 0) {
            says.add("Seen already: " + Count.of(seen.events(), "event") + " since " + keysFrom + " in "
                    + seen.objectsText()
                    + ". Events whose object was deleted since are not known, and will be there twice.");
        }
        if (collected.isPresent() && !found) {
            says.add("WARNING: the object with the Lambda's last events, of " + through + ", is not at "
                    + places.lambdasPlace()
                    + ". Events of " + Times.text(settings.log().get(SettingTable.OVERLAP)) + ", " + keysFrom + ".."
                    + through
                    + ", will be there twice, as far as they are not among those seen.");
        }
        return new StatePlan(new Checkpoint(through, keysFrom, null, null), seen.keys(), says);
    }

    /**
     * Returns until when the Lambda has certainly collected, empty if nothing says. Its state moves only after its object is
     * written, so everything up to the last event before its offset is stored. Without an offset that is its latest event,
     * which is a millisecond before its time stamp. A state without either (Duo's null offset on an empty page leaves it so)
     * leaves its newest object, which it read from old to new.
     */
    private Optional<Instant> collected(LambdaState lambda, Consumer<String> progress) {
        if (lambda.offsetTime().isPresent()) {
            says.add("It stopped in mid-window, after an event of "
                    + lambda.offsetTime().get() + "; everything up to there is in its objects.");
            return lambda.offsetTime();
        }
        Optional<Instant> last = lambda.lastTimestamp().map(time -> time.minusMillis(1));
        if (last.isPresent()) {
            says.add("Its latest event is of " + last.get() + "; everything up to there is in its objects.");
            return last;
        }
        Optional<Instant> newest = newest(progress);
        says.add(
                newest.isPresent()
                        ? "It has no time. The latest event in the newest of its objects is of " + newest.get() + "."
                        : "It says no time, and no object of the Lambda's with events is at " + places.lambdasPlace()
                                + ": the first run reads duo.lookback, as without a Lambda.");
        return newest;
    }

    private Optional<Instant> newest(Consumer<String> progress) {
        List<StoredObject> objects = places.lambdas().objects(Instant.EPOCH, Instant.MAX).stream()
                .filter(object -> object.writer() == Writer.LAMBDA)
                .sorted(Comparator.comparing(StoredObject::key).reversed())
                .toList();
        for (StoredObject object : objects) {
            SeenEvents events = new SeenEvents(Instant.EPOCH, Instant.EPOCH, progress).add(places.lambdas(), object);
            if (events.newestOfLambda().isAfter(Instant.EPOCH)) {
                return Optional.of(events.newestOfLambda());
            }
        }
        return Optional.empty();
    }

    private void sayReplaced(StateSnapshot before) {
        if (before.refusal().isPresent()) {
            says.add("Replaced: a state that is refused. " + before.refusalMessage());
        } else {
            before.checkpoint()
                    .ifPresent(known -> says.add("Replaced: the collector's own state at " + before
                            + ", which is collected through " + known.committedThrough()
                            + ". What it has stored since then counts as seen."));
        }
    }

    private void sayBegin(Instant through, Instant keysFrom) {
        Instant oldest = PollWindow.of(settings).oldest(now);
        if (through.isBefore(oldest)) {
            says.add("WARNING: Duo keeps 180 days. What is between " + Times.span(through, oldest)
                    + " can no longer be read.");
        }
        says.add("The next run begins at " + (keysFrom.isBefore(oldest) ? oldest : keysFrom)
                + (keysFrom.isBefore(through)
                        ? ", duo.overlap before that, for events that Duo showed late and the Lambda missed."
                        : "."));
    }
}
