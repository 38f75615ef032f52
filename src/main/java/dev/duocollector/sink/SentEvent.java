// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.source.TelephonyEvent;
import java.io.IOException;
import java.util.Arrays;

/** A stored line, read back as the event that Duo sent. */
final class SentEvent {

    private SentEvent() {}

    /**
     * Returns the event of a stored line as Duo sent it: a line of the shape {@code duo-client} without the members that the
     * collector appended, any other as it is. What is taken off is exactly what was appended, to the byte, so that an event
     * which an operator's step or another program has rewritten stays as it is.
     *
     * @param apiHost the account's API host, in lower case
     */
    static TelephonyEvent asSent(TelephonyEvent line, String apiHost) throws IOException {
        boolean shaped = line.names().contains("eventtype")
                && line.names().contains("host")
                && (line.ts().isEmpty() || line.names().contains("timestamp"));
        if (!shaped) {
            return line;
        }
        byte[] json = line.json();
        int brace = json.length - 1;
        int end = brace;
        if (line.ts().isPresent()) {
            end = without(json, end, "\"timestamp\":" + line.ts().get().getEpochSecond());
        }
        end = without(json, end, "\"host\":\"" + apiHost + '"');
        end = without(json, end, "\"eventtype\":\"telephony\"");
        if (end == brace) {
            return line;
        }
        byte[] sent = Arrays.copyOf(json, end + 1);
        sent[end] = '}';
        return TelephonyEvent.of(sent);
    }

    /** Returns where the text ends without its last member, if that is the given one. */
    private static int without(byte[] json, int end, String member) {
        byte[] bytes = member.getBytes(UTF_8);
        int start = end - bytes.length;
        if (start < 1 || !Arrays.equals(json, start, end, bytes, 0, bytes.length)) {
            return end;
        }
        return json[start - 1] == ',' ? start - 1 : start == 1 ? start : end;
    }
}
