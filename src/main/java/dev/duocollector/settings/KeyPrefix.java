// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A place for objects in the bucket, the settings {@code s3.prefix} and {@code udm.prefix}: no slash at its ends and no doubled one, however it
 * was written; empty for the top of the bucket.
 *
 * @param value the prefix without the slash that follows it in keys
 */
public record KeyPrefix(String value) {

    /** The form of a time in the name of an object, to the millisecond and in UTC. */
    public static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** S3 allows keys of 1024 bytes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
    private static final int BYTES_MAX = 900;

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w+\\}");
    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    private static final Pattern SLASHES_AT_ENDS = Pattern.compile("^/+|/+$");

    /**
     * Puts the slashes right.
     *
     * @throws IllegalArgumentException for a control character, more than 900 bytes, what {@link #flaw} finds, or
     *     <code>${</code> or <code>$simple{</code>, which camel-aws2-s3 before 4.18.5 evaluates in a key (CVE-2026-95664)
     */
    public KeyPrefix {
        if (value.contains("${") || value.contains("$simple{")) {
            throw new IllegalArgumentException("prefix is \"" + value + "\": it must not contain ${ or $simple{, which"
                    + " Camel would evaluate (CVE-2026-95664). Write the prefix out");
        }
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("prefix contains a control character: remove it");
        }
        if (value.getBytes(UTF_8).length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "prefix has " + value.getBytes(UTF_8).length + " bytes: shorten it to " + BYTES_MAX + " at most");
        }
        flaw(value).ifPresent(flaw -> {
            throw new IllegalArgumentException("prefix " + flaw);
        });
        value = SLASHES_AT_ENDS
                .matcher(SLASHES.matcher(value.strip()).replaceAll("/"))
                .replaceAll("");
    }

    /**
     * Returns what makes a key or a prefix another place than it says, if anything does: a bucket before it, a placeholder that
     * is none, or a dot for a folder, which S3 takes for a name, and most of what reads a bucket does not.
     */
    static Optional<String> flaw(String value) {
        if (value.strip().startsWith("s3:")) {
            return Optional.of("is '" + value + "': leave out s3:// and the bucket, which s3.bucket names");
        }
        if (PLACEHOLDER.matcher(value).find()) {
            return Optional.of("is '" + value + "': of what may be in braces there are {account} and {log}");
        }
        return Stream.of(value.split("/", -1))
                .filter(segment -> segment.equals(".") || segment.equals(".."))
                .findFirst()
                .map(dots -> "is '" + value + "': leave out the folder " + dots);
    }

    /** Returns whether an object of this key is under the prefix; with an empty prefix every one is. */
    public boolean contains(String key) {
        return key.startsWith(resolve(""));
    }

    /** Returns whether one of the two is inside the other, or both are the same. */
    public boolean overlaps(KeyPrefix other) {
        return contains(other.resolve("")) || other.contains(resolve(""));
    }

    /** Returns the key of a name under this prefix. */
    public String resolve(String name) {
        return value.isEmpty() ? name : value + "/" + name;
    }

    @Override
    public String toString() {
        return value;
    }
}
