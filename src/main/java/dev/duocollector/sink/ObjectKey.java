// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.source.EventKey;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The key of a batch's object in the bucket:
 * {@code <prefix>/telephony_20261123T081500.123Z_00001_<12 hex digits>.ndjson}, the log, the window's maxtime, the page, and a
 * digest of the batch's event keys, with {@code .gz} after it for a compressed one.
 *
 * <p>Equal keys mean equal batches: an object that is there already under this key is this very batch.
 *
 * @param value the whole key, without a slash before it
 */
public record ObjectKey(String value) {

    private static final Pattern NAME = Pattern.compile(
            "(?:" + Arrays.stream(DuoLog.values()).map(DuoLog::toString).collect(Collectors.joining("|"))
                    + ")_(\\d{8}T\\d{6}\\.\\d{3}Z)_\\d{5,}_[0-9a-f]{12}\\.ndjson(\\.gz)?");

    private static final int PAGE_DIGITS_MIN = 5;
    private static final int DIGEST_BYTES = 6;

    /**
     * Names a batch; the order of the event keys does not matter.
     *
     * @param maxtime the end of the batch's window; counts to the millisecond, like everything that Duo is asked
     * @param page the page's number in its window, not negative
     * @throws IllegalArgumentException if there is no event key (no object is ever empty), or if the page is negative
     */
    public static ObjectKey of(
            KeyPrefix prefix, DuoLog log, Instant maxtime, int page, Collection<String> eventKeys, boolean gzip) {
        if (eventKeys.isEmpty()) {
            throw new IllegalArgumentException("eventKeys is empty: a batch without events has no object");
        }
        if (page < 0) {
            throw new IllegalArgumentException("page is " + page + ": it must be 0 or more");
        }
        String number = Integer.toString(page);
        String name = log + "_" + KeyPrefix.TIME.format(maxtime)
                + "_" + "0".repeat(Math.max(0, PAGE_DIGITS_MIN - number.length())) + number
                + "_" + digest(eventKeys)
                + ".ndjson" + (gzip ? ".gz" : "");
        return new ObjectKey(prefix.resolve(name));
    }

    /** Returns the window's maxtime in a key of a batch's object, empty for any other key; the prefix does not matter. */
    public static Optional<Instant> maxtime(String key) {
        Matcher name = NAME.matcher(name(key));
        try {
            return name.matches() ? Optional.of(KeyPrefix.TIME.parse(name.group(1), Instant::from)) : Optional.empty();
        } catch (DateTimeParseException e) {
            // No such day.
            return Optional.empty();
        }
    }

    /**
     * Returns the prefix of a key of a batch's object; empty for any other key, and for one with a prefix that no setting
     * could have. A key that comes from outside is judged by this before it goes anywhere.
     */
    public static Optional<KeyPrefix> prefix(String key) {
        if (maxtime(key).isEmpty()) {
            return Optional.empty();
        }
        try {
            KeyPrefix prefix = new KeyPrefix(key.substring(0, key.lastIndexOf('/') + 1));
            return Optional.of(prefix).filter(found -> found.resolve(name(key)).equals(key));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns what follows the last slash of a key. */
    public static String name(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    public ObjectKey under(KeyPrefix other) {
        return new ObjectKey(other.resolve(name(value)));
    }

    @Override
    public String toString() {
        return value;
    }

    private static String digest(Collection<String> eventKeys) {
        String[] sorted = eventKeys.toArray(String[]::new);
        Arrays.sort(sorted);
        return HexFormat.of()
                .formatHex(EventKey.sha256(String.join("\n", sorted).getBytes(US_ASCII)), 0, DIGEST_BYTES);
    }
}
