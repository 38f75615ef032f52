// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rewrites valid JSON so that two texts of one content become the same bytes: members sorted by the code points of their
 * names, no blanks, no escape where none is needed. Numbers keep their digits, since {@code 2.5} and {@code 2.50} are not
 * the same statement; members of one name all stay, in their order; half a surrogate pair is written as an escape.
 *
 * <p>The text must have been accepted by {@link EventJson} before: this class checks nothing.
 */
final class CanonicalJson {

    private final byte[] in;
    private int at;
    private byte[] out;
    private int size;

    private CanonicalJson(byte[] in) {
        this.in = in;
        this.out = new byte[in.length + 8];
    }

    static ByteBuffer of(byte[] json) {
        CanonicalJson canonical = new CanonicalJson(json);
        canonical.value();
        return ByteBuffer.wrap(canonical.out, 0, canonical.size);
    }

    private void value() {
        switch (next()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> literal();
        }
    }

    private void object() {
        at++;
        write('{');
        int start = size;
        List<Member> members = new ArrayList<>();
        boolean inOrder = true;
        while (next() != '}') {
            Member member = member();
            inOrder &= members.isEmpty() || compareNames(members.get(members.size() - 1), member) <= 0;
            members.add(member);
            if (next() == ',') {
                at++;
            }
        }
        at++;
        if (members.isEmpty()) {
            write('}');
        } else {
            if (!inOrder) {
                sort(members, start);
            }
            out[size - 1] = '}';
        }
    }

    /** Writes a member with a comma after it, the last one too, so that members can change places. */
    private Member member() {
        int start = size;
        boolean escaped = string();
        int nameEnd = size;
        next();
        at++;
        write(':');
        value();
        write(',');
        return new Member(start, nameEnd, size, escaped);
    }

    private void sort(List<Member> members, int start) {
        members.sort(this::compareNames);
        byte[] written = Arrays.copyOfRange(out, start, size);
        size = start;
        for (Member member : members) {
            write(written, member.start - start, member.end - start);
        }
    }

    private void array() {
        at++;
        write('[');
        while (next() != ']') {
            if (in[at] == ',') {
                at++;
                write(',');
            }
            value();
        }
        at++;
        write(']');
    }

    private void literal() {
        int end = at;
        while (end < in.length && !isBlank(in[end]) && in[end] != ',' && in[end] != ']' && in[end] != '}') {
            end++;
        }
        write(in, at, end);
        at = end;
    }

    /** Writes a string, and returns whether an escape had to stay in it. */
    private boolean string() {
        int start = at;
        int end = start + 1;
        boolean escaped = false;
        for (; in[end] != '"'; end++) {
            if (in[end] == '\\') {
                escaped = true;
                end++;
            }
        }
        at = end + 1;
        if (!escaped) {
            write(in, start, at);
            return false;
        }
        String quoted = quote(unescape(in, start + 1, at - 1));
        byte[] bytes = quoted.getBytes(UTF_8);
        write(bytes, 0, bytes.length);
        return quoted.indexOf('\\') >= 0;
    }

    /** Compares two written names by code point, which for names without an escape is the order of their bytes. */
    private int compareNames(Member a, Member b) {
        if (a.escaped || b.escaped) {
            return Arrays.compare(codePoints(a), codePoints(b));
        }
        return Arrays.compareUnsigned(out, a.start + 1, a.nameEnd - 1, out, b.start + 1, b.nameEnd - 1);
    }

    private int[] codePoints(Member member) {
        return unescape(out, member.start + 1, member.nameEnd - 1).codePoints().toArray();
    }

    /** Returns the text between two quotation marks. */
    private static String unescape(byte[] json, int start, int end) {
        try (JsonParser parser = EventJson.FACTORY.createParser(json, start - 1, end - start + 2)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new UncheckedIOException("The text was accepted before", e);
        }
    }

    private static String quote(String plain) {
        StringBuilder quoted = new StringBuilder(plain.length() + 2).append('"');
        plain.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                quoted.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    /** Returns the next byte that is not a blank, without taking it. */
    private byte next() {
        byte next = in[at];
        while (isBlank(next)) {
            next = in[++at];
        }
        return next;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private void write(char ascii) {
        reserve(1);
        out[size++] = (byte) ascii;
    }

    private void write(byte[] source, int start, int end) {
        reserve(end - start);
        System.arraycopy(source, start, out, size, end - start);
        size += end - start;
    }

    private void reserve(int bytes) {
        if (out.length - size < bytes) {
            out = Arrays.copyOf(out, Math.max(size + bytes, out.length * 2));
        }
    }

    /** Where a member is in the output, its comma included, and whether its name has an escape there. */
    private record Member(int start, int nameEnd, int end, boolean escaped) {}
}
