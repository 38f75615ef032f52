// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the parts that streams are dealt into, so that each of several nodes collects one part. A stream goes to the shard
 * with the highest score; the score of shard {@code i} is the SHA-256 of the UTF-8 text {@code i:owner}, with {@code i} in
 * decimal and the stream's {@linkplain Settings#owner owner} as its state names it, compared as an unsigned number (of two
 * equal ones the lower shard wins). So every node deals alike, in every release, and with one shard more, none but those that
 * go to it move: one in that many.
 *
 * @param index which one it is, from 0
 * @param count how many there are, 1 to 1000
 */
public record Shard(int index, int count) {

    static final int COUNT_MAX = 1000;

    static final String ALLOWED =
            "I/N or auto/N, with N from 1 to " + COUNT_MAX + " and I from 0 to N-1, such as 0/3 for the first of three";

    private static final String HOSTNAME = "HOSTNAME";
    private static final String AUTO = "auto";
    private static final Pattern FORM = Pattern.compile("(auto|0|[1-9]\\d{0,8})/([1-9]\\d{0,8})");

    /** The number at the end of the name of a pod of a StatefulSet. */
    private static final Pattern ORDINAL = Pattern.compile(".*[^-]-(0|[1-9]\\d{0,8})");

    public Shard {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException("count must be from 1 to " + COUNT_MAX + ": was " + count);
        }
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("index must be from 0 to " + (count - 1) + ": was " + index);
        }
    }

    /** Reads the setting; empty if it is not set, or is wrong, which is reported. */
    static Optional<Shard> read(SettingReader reader) {
        String value = reader.text(SettingTable.SHARD);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(value, reader.environment()));
        } catch (IllegalArgumentException e) {
            reader.refuse(SettingTable.SHARD, value, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /**
     * Reads a shard as it is written.
     *
     * @param environment where {@code auto} finds the pod's name; empty if the program does not look there
     * @throws IllegalArgumentException if it is none; the message says what is allowed, without a full stop
     */
    static Shard parse(String written, Optional<Map<String, String>> environment) {
        Matcher form = FORM.matcher(written);
        if (!form.matches()) {
            throw new IllegalArgumentException(ALLOWED);
        }
        int count = Integer.parseInt(form.group(2));
        if (count > COUNT_MAX) {
            throw new IllegalArgumentException(ALLOWED);
        }
        if (form.group(1).equals(AUTO)) {
            return new Shard(ordinal(count, environment), count);
        }
        int index = Integer.parseInt(form.group(1));
        if (index >= count) {
            throw new IllegalArgumentException(
                    "I from 0 to " + (count - 1) + " with N " + count + ", as the first shard is 0/" + count);
        }
        return new Shard(index, count);
    }

    private static int ordinal(int count, Optional<Map<String, String>> environment) {
        if (environment.isEmpty()) {
            throw new IllegalArgumentException("I/N here, such as 0/" + count
                    + ": auto takes I from the environment variable " + HOSTNAME + ", and the environment is not read");
        }
        String host = environment.get().getOrDefault(HOSTNAME, "");
        Matcher pod = ORDINAL.matcher(host);
        if (!pod.matches()) {
            throw new IllegalArgumentException("auto/N where the environment variable " + HOSTNAME
                    + " is the name of a StatefulSet's pod, which ends in its ordinal, such as collector-2; it is "
                    + (host.isEmpty() ? "not set" : "'" + host + "'") + ". Elsewhere set I/N, such as 0/" + count
                    + ", or nothing for a command that reads all");
        }
        int ordinal = Integer.parseInt(pod.group(1));
        if (ordinal >= count) {
            throw new IllegalArgumentException("auto/N with N over the ordinal, and the environment variable "
                    + HOSTNAME + " is '" + host + "'. Set N to the replicas of the StatefulSet, in all of its pods");
        }
        return ordinal;
    }

    /** Whether a stream is in this shard, by its {@linkplain Settings#owner owner}. */
    public boolean has(String owner) {
        return of(owner) == index;
    }

    /** Returns which of the shards a stream is in, by its {@linkplain Settings#owner owner}. */
    public int of(String owner) {
        int highest = 0;
        byte[] best = score(0, owner);
        for (int i = 1; i < count; i++) {
            byte[] score = score(i, owner);
            if (Arrays.compareUnsigned(score, best) > 0) {
                highest = i;
                best = score;
            }
        }
        return highest;
    }

    private static byte[] score(int index, String owner) {
        try {
            return MessageDigest.getInstance("SHA-256").digest((index + ":" + owner).getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** As it is written in the setting. */
    @Override
    public String toString() {
        return index + "/" + count;
    }
}
