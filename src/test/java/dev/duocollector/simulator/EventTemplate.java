// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.LocalDate;

/**
 * The JSON of one kind of generated event, in which each event writes its own digits over the places for them. Rendering
 * copies the text once and allocates nothing.
 */
final class EventTemplate {
    private static final String PHONE = "+12025550100";
    private static final String UUID = "00000000-0000-4000-8000-000000000000";
    private static final String TS = "1970-01-01T00:00:00.000000+00:00";
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

    private final byte[] text;
    private final int phoneAt;
    private final int idAt;
    private final int tsAt;
    private final int txidAt;

    /** @param bytesMin a shorter event is filled up by a field "padding", as far as one fits */
    EventTemplate(String context, int credits, String type, int bytesMin) {
        String json = "{\"context\":\"" + context + "\",\"credits\":" + credits + ",\"phone\":\"" + PHONE
                + "\",\"telephony_id\":\"" + UUID + "\",\"ts\":\"" + TS + "\",\"txid\":\"" + UUID + "\",\"type\":\""
                + type + "\"";
        String padding = ",\"padding\":\"\"";
        int missing = bytesMin - json.length() - padding.length() - 1;
        String filled = missing < 0 ? json : json + ",\"padding\":\"" + "x".repeat(missing) + "\"";
        this.text = (filled + "}").getBytes(US_ASCII);
        this.phoneAt = json.indexOf(PHONE) + PHONE.length() - 2;
        this.idAt = json.indexOf(UUID);
        this.tsAt = json.indexOf(TS);
        this.txidAt = json.lastIndexOf(UUID);
    }

    int length() {
        return text.length;
    }

    /** Writes the index-th event; its id begins with the index, so that ids ascend with it. */
    void render(ByteBuffer out, long index, long epochMicros) {
        int start = out.position();
        out.put(text);
        decimal(out, start + phoneAt, 2, index % 100);
        long mixed = mix(index);
        hex(out, start + idAt, 8, index);
        hex(out, start + idAt + 24, 12, mixed);
        hex(out, start + txidAt, 8, mixed >>> 16);
        hex(out, start + txidAt + 24, 12, mix(mixed));
        date(out, start + tsAt, Math.floorDiv(epochMicros, 86_400_000_000L));
        long microsOfDay = Math.floorMod(epochMicros, 86_400_000_000L);
        decimal(out, start + tsAt + 11, 2, microsOfDay / 3_600_000_000L);
        decimal(out, start + tsAt + 14, 2, microsOfDay / 60_000_000 % 60);
        decimal(out, start + tsAt + 17, 2, microsOfDay / 1_000_000 % 60);
        decimal(out, start + tsAt + 20, 6, microsOfDay % 1_000_000);
    }

    static String id(long index) {
        ByteBuffer id = ByteBuffer.wrap(UUID.getBytes(US_ASCII));
        hex(id, 0, 8, index);
        hex(id, 24, 12, mix(index));
        return US_ASCII.decode(id).toString();
    }

    private static void date(ByteBuffer out, int at, long epochDay) {
        LocalDate date = LocalDate.ofEpochDay(epochDay);
        decimal(out, at, 4, date.getYear());
        decimal(out, at + 5, 2, date.getMonthValue());
        decimal(out, at + 8, 2, date.getDayOfMonth());
    }

    private static void decimal(ByteBuffer out, int at, int digits, long value) {
        long left = value;
        for (int i = at + digits - 1; i >= at; i--) {
            out.put(i, (byte) ('0' + left % 10));
            left /= 10;
        }
    }

    private static void hex(ByteBuffer out, int at, int digits, long value) {
        long left = value;
        for (int i = at + digits - 1; i >= at; i--) {
            out.put(i, HEX[(int) (left & 15)]);
            left >>>= 4;
        }
    }

    /** Scatters the bits (the finalizer of splitmix64), so that the events do not compress to nothing. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
