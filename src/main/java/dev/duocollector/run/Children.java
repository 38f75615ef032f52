// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Child;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.source.AccountList;
import dev.duocollector.source.DuoFailure;
import dev.duocollector.source.DuoFailureExplainer;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.source.DuoSource;
import dev.duocollector.state.ChildrenObject;
import dev.duocollector.state.ChildrenObject.Known;
import dev.duocollector.state.ConditionalWrites;
import dev.duocollector.text.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The accounts below a parent, by Duo's list and by what is noted of earlier ones. A list that cannot be had changes nothing;
 * an account that has left the list is tried for some days more. Not thread-safe.
 */
final class Children {

    private static final Log LOG = Log.of(Children.class);

    private static final String LIST = "direct:duo-accounts";

    /** How old a list may be. */
    private static final Duration OLD = Duration.ofMinutes(15);

    /** For how long a failure that may pass is no more than a WARN, while the accounts are known. */
    private static final Duration PASSING = Duration.ofHours(1);

    /** How often it is tried to note them while others do. */
    private static final int NOTES_MAX = 3;

    /** For how long an account is collected that Duo no longer lists. */
    private static final Duration TRIED = Duration.ofDays(7);

    private final Settings parent;
    private final Clock clock;
    private final Ticker ticker;
    private final ChildrenObject noted;
    private boolean isNotedRead;

    /** Whether that was just now, so that another collector is not likely to have noted something since. */
    private boolean isNotedFresh;

    /** What is in the bucket, as far as it was read or written. */
    private @Nullable List<Known> inBucket;

    private @Nullable List<Known> known;
    private @Nullable Long listedAt;
    private List<String> problems = List.of();
    private int exitCode = ExitCode.DONE;

    Children(Settings parent, S3Client s3, Clock clock, Ticker ticker) {
        this.parent = parent;
        this.clock = clock;
        this.ticker = ticker;
        noted = ChildrenObject.of(s3, parent);
    }

    Settings parent() {
        return parent;
    }

    /** What is known; empty if it was never listed. */
    Optional<List<Child>> all() {
        return Optional.ofNullable(known)
                .map(list -> list.stream().map(Known::child).toList());
    }

    /** What is wrong, a line for each. */
    List<String> problems() {
        return problems;
    }

    /** What a command exits with because of the problems. */
    int exitCode() {
        return exitCode;
    }

    /**
     * Has Duo list them, if the last list is old.
     *
     * @param notes whether what is known is read from the bucket first, and noted there
     */
    void list(CamelContext camel, boolean notes) {
        if (wasListedWithin(OLD) && problems.isEmpty()) {
            return;
        }
        List<String> wrong = new ArrayList<>();
        exitCode = ExitCode.DONE;
        isNotedFresh = false;
        boolean mayNote = notes && mayNote(wrong);
        AccountList list = ask(camel, wrong);
        if (list != null) {
            take(list, mayNote, wrong);
        }
        problems = List.copyOf(wrong);
    }

    private boolean mayNote(List<String> wrong) {
        if (isNotedRead) {
            return true;
        }
        try {
            readNoted();
            known = withNoted(true);
            return true;
        } catch (RefusedException e) {
            report(e.getMessage(), e.outcome(), wrong);
            return false;
        }
    }

    private void readNoted() {
        inBucket = noted.load().orElse(null);
        isNotedRead = true;
        isNotedFresh = true;
    }

    /**
     * Adds what only the bucket knows of: listed earlier, or by another collector, and to be tried for some days more.
     *
     * @param all whether also what is not to be tried any more
     */
    private @Nullable List<Known> withNoted(boolean all) {
        if (known == null || inBucket == null) {
            return known == null ? inBucket : known;
        }
        Map<String, Known> together = new LinkedHashMap<>();
        known.forEach(each -> together.put(each.child().accountId(), each));
        for (Known each : inBucket) {
            String id = each.child().accountId();
            if (all || together.containsKey(id) || !isOver(each)) {
                together.merge(id, each, Children::since);
            }
        }
        return List.copyOf(together.values());
    }

    /** All collectors are to try it for the same time: from when the first of them missed it. */
    private static Known since(Known ours, Known theirs) {
        boolean isTheirs = ours.missingSince().isPresent()
                && theirs.missingSince()
                        .filter(ours.missingSince().get()::isAfter)
                        .isPresent();
        return isTheirs ? new Known(ours.child(), theirs.missingSince()) : ours;
    }

    private boolean isOver(Known each) {
        return each.missingSince().filter(clock.instant().minus(TRIED)::isAfter).isPresent();
    }

    private @Nullable AccountList ask(CamelContext camel, List<String> wrong) {
        Exchange done = send(camel);
        Exception failure = done.getException();
        if (failure == null) {
            listedAt = ticker.nanos();
            return done.getMessage().getBody(AccountList.class);
        }
        DuoFailure explained = failure instanceof DuoRequestException request
                ? request.failure()
                : new DuoFailureExplainer(parent, clock).explain(failure);
        String line = "The accounts below " + parent.name() + " (duo.children) were not listed: "
                + (explained.what() + " " + explained.remedy()).strip()
                + (known == null ? "" : " Those that are known are collected as before.");
        if (isPassing(explained.outcome())) {
            LOG.warn(line);
        } else {
            report(line, explained.outcome(), wrong);
        }
        return null;
    }

    private boolean isPassing(RunOutcome outcome) {
        return outcome != RunOutcome.OPERATOR && known != null && wasListedWithin(PASSING);
    }

    private boolean wasListedWithin(Duration past) {
        return listedAt != null && Duration.ofNanos(ticker.nanos() - listedAt).compareTo(past) < 0;
    }

    private void report(String line, RunOutcome outcome, List<String> wrong) {
        wrong.add(line);
        exitCode = Math.max(exitCode, outcome.exitCode());
    }

    private Exchange send(CamelContext camel) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            return template.send(
                    LIST, exchange -> exchange.setVariable(DuoSource.VARIABLE, new DuoSource(parent, clock)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(AccountList list, boolean mayNote, List<String> wrong) {
        list.flaws()
                .forEach(flaw ->
                        report(parent.name() + ": " + flaw + ". It is not collected.", RunOutcome.OPERATOR, wrong));
        List<Known> before = known == null ? List.of() : known;
        List<Known> now = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        for (Child child : list.children()) {
            listed.add(child.accountId());
            now.add(new Known(child, Optional.empty()));
        }
        for (Known each : before) {
            String id = each.child().accountId();
            if (listed.contains(id)) {
                each.missingSince()
                        .ifPresent(since -> LOG.info("{}: Duo lists the account {} again.", parent.name(), id));
            } else {
                // One that cannot be told may be this one.
                stillTried(each, list.flaws().isEmpty()).ifPresent(now::add);
            }
        }
        known = List.copyOf(now);
        if (mayNote && !isNoted()) {
            note(wrong);
        }
    }

    /** In whatever order: Duo promises none. */
    private boolean isNoted() {
        return inBucket != null && known != null && new HashSet<>(inBucket).equals(new HashSet<>(known));
    }

    private Optional<Known> stillTried(Known each, boolean isGone) {
        if (!isGone) {
            return Optional.of(each);
        }
        Instant now = clock.instant();
        String id = each.child().accountId();
        // A time to come was noted by a clock that was wrong, and would have it tried for ever.
        Instant since = each.missingSince().filter(now::isAfter).orElse(now);
        if (each.missingSince().isEmpty()) {
            LOG.warn(
                    "{}: Duo no longer lists the account {} below this parent. It is tried until {}, and not collected from then"
                            + " on.",
                    parent.name(),
                    id,
                    now.plus(TRIED));
        }
        return since.plus(TRIED).isBefore(now)
                ? Optional.empty()
                : Optional.of(new Known(each.child(), Optional.of(since)));
    }

    /**
     * Notes what is known. Other collectors note it, too, and each reads Duo's list at its own time: so what they have noted
     * meanwhile is read and kept, and whoever comes too late tries again.
     */
    private void note(List<String> wrong) {
        try {
            boolean isOthers = false;
            for (int tries = 1; tries <= NOTES_MAX; tries++) {
                if (!isNotedFresh) {
                    List<Known> before = inBucket;
                    readNoted();
                    isOthers = isOthers || (tries > 1 && !Objects.equals(before, inBucket));
                    known = withNoted(false);
                }
                if (isNoted() || isSaved(isOthers || tries < NOTES_MAX)) {
                    return;
                }
                isNotedFresh = false;
            }
            LOG.debug("Others note the accounts below {} just now: it waits for the next list.", parent.name());
        } catch (RefusedException e) {
            // It may have arrived after all: read again before the next.
            isNotedRead = false;
            report(e.getMessage(), e.outcome(), wrong);
        }
    }

    /** @param mayBeOthers whether it may be that S3 refuses since another collector has written */
    private boolean isSaved(boolean mayBeOthers) {
        try {
            List<Known> now = Objects.requireNonNull(known, "known");
            noted.save(now);
            inBucket = now;
            return true;
        } catch (S3OperationException e) {
            if (mayBeOthers && ConditionalWrites.isRefused(e.getCause())) {
                return false;
            }
            throw e;
        }
    }
}
