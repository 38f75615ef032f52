// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.ObjectKey;
import dev.duocollector.state.StateRefusedException.Reason;
import dev.duocollector.text.PhoneNumbers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the state object holds at one moment.
 *
 * @param owner whose state it is, {@link Settings#owner}, or the name of another application's route
 * @param writeId which write this is; unique, so that a write can be recognized when its answer was lost
 * @param checkpoint how far the log has been collected, null before the first run
 * @param eventKeys the keys of events that are in the bucket, each with the event's time to the millisecond
 */
record State(String owner, String writeId, @Nullable Checkpoint checkpoint, Map<String, Instant> eventKeys) {

    /** How far a checkpoint may be ahead of this machine's clock before it is refused. */
    private static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    /** The same for any other time: at most an event of a clock that is a little ahead. */
    private static final Duration TIME_AHEAD_MAX = Duration.ofDays(1);

    /** {@code source.EventKey}: 16 bytes in Base64 for URLs, without padding. */
    private static final Pattern EVENT_KEY = Pattern.compile("[A-Za-z0-9_-]{22}");

    /** Where the settings have objects stored; a pending batch is there, or a run would write it somewhere else. */
    record Prefixes(KeyPrefix events, Optional<KeyPrefix> udm) {

        static Prefixes of(Settings settings) {
            return new Prefixes(settings.log().prefix(), settings.log().udmPrefix());
        }
    }

    /**
     * Refuses a state that is not for this account, not yet, or has a pending batch where the settings have nothing
     * stored.
     *
     * @param expected whose state it must be
     * @param place where it is, for messages
     * @param prefixes where objects are stored; null for a user that stores none, with keys of any text
     * @throws StateRefusedException if it is another owner's, from the future, or its pending batch is elsewhere
     */
    void requireUsable(String expected, Instant now, String place, @Nullable Prefixes prefixes) {
        if (!owner.equals(expected)) {
            throw new StateRefusedException(
                    Reason.FOREIGN,
                    "The state at " + place + " belongs to " + PhoneNumbers.masked(owner) + ", and this is " + expected
                            + "'s (duo.api.host, duo.logs). Give each account and each log a state.key of its own.");
        }
        if (checkpoint != null && checkpoint.committedThrough().isAfter(now.plus(AHEAD_MAX))) {
            throw new StateRefusedException(
                    Reason.AHEAD,
                    "The state at " + place + " says that everything up to " + checkpoint.committedThrough()
                            + " is collected, and this machine's clock says " + now
                            + ". Set the clock right, or see OPERATIONS, \"A state that is refused\", for how to recover.");
        }
        if (checkpoint == null) {
            return;
        }
        requireNotAhead("keysFrom", checkpoint.keysFrom(), now, place);
        checkpoint.openWindow().ifPresent(open -> requireNotAhead("maxtime", open.maxtime(), now, place));
        eventKeys.values().stream()
                .max(Instant::compareTo)
                .ifPresent(last -> requireNotAhead("eventKeys", last, now, place));
        if (prefixes != null) {
            requireEventKeys(eventKeys, place);
            checkpoint.pendingBatch().ifPresent(pending -> {
                requireEventKeys(pending.eventKeys(), place);
                requirePlace(pending, place, prefixes);
            });
        }
    }

    private static void requireEventKeys(Map<String, Instant> eventKeys, String place) {
        if (!eventKeys.keySet().stream().allMatch(EVENT_KEY.asMatchPredicate())) {
            throw damaged("'eventKeys' has a key that is not 22 characters of Base64 for URLs", place);
        }
    }

    private static void requireNotAhead(String member, Instant time, Instant now, String place) {
        if (time.isAfter(now.plus(TIME_AHEAD_MAX))) {
            throw new StateRefusedException(
                    Reason.AHEAD,
                    "The state at " + place + " has the time " + time + " in '" + member
                            + "', and this machine's clock says " + now
                            + ". Set the clock right, or see OPERATIONS, \"A state that is refused\", for how to recover.");
        }
    }

    private static void requirePlace(Batch pending, String place, Prefixes prefixes) {
        KeyPrefix events = ObjectKey.prefix(pending.objectKey()).orElseThrow(() -> notAKey("objectKey", place));
        Optional<KeyPrefix> udm = pending.isUdmWanted()
                ? Optional.of(ObjectKey.prefix(pending.udmKey()).orElseThrow(() -> notAKey("udmObjectKey", place)))
                : Optional.empty();
        if (pending.isUdmWanted() && !ObjectKey.name(pending.udmKey()).equals(ObjectKey.name(pending.objectKey()))) {
            throw notAKey("udmObjectKey", place);
        }
        if (!events.equals(prefixes.events())) {
            throw elsewhere("s3.prefix", events, prefixes.events().value(), place);
        }
        if (udm.isPresent() && !udm.equals(prefixes.udm())) {
            throw elsewhere(
                    "udm.prefix",
                    udm.get(),
                    prefixes.udm().map(KeyPrefix::value).orElse("not set"),
                    place);
        }
    }

    private static StateRefusedException notAKey(String member, String place) {
        return damaged("'" + member + "' of 'pending' is not the key of a batch's object", place);
    }

    private static StateRefusedException damaged(String what, String place) {
        return new StateRefusedException(
                Reason.DAMAGED, "The state at " + place + " is damaged: " + what + ". " + StateFormat.REMEDY);
    }

    private static StateRefusedException elsewhere(String setting, KeyPrefix declared, String set, String place) {
        return new StateRefusedException(
                Reason.PREFIX,
                "The state at " + place + " has a batch pending under the prefix '" + declared + "', and " + setting
                        + " is '" + set + "'. Set " + setting + "=" + declared
                        + " back for one run, which settles the batch; change it after that. For one of several logs, set it"
                        + " for that log alone, as in " + setting
                        + ".telephony. An account of a folder has it in its own"
                        + " file; if the name of its file, or of its parent's, is what has changed, give that back.");
    }
}
