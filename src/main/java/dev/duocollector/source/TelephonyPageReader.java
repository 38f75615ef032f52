// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/**
 * Reads the body of a 200 from {@code GET /admin/v2/logs/telephony} (described at
 * <a href="https://duo.com/docs/adminapi#telephony-logs">duo.com/docs/adminapi</a>). Members may come in any order, and
 * unknown ones are ignored, and a {@code total_objects} that is not a number too. A page without items has no next offset, whatever its
 * metadata says. Stateless and safe for use by several threads.
 */
public final class TelephonyPageReader {

    /**
     * Reads a page; the page keeps no reference to the body.
     *
     * @param limit how many events were asked for, and so the most that are taken
     * @throws DuoApiException if the answer's {@code stat} is not OK
     * @throws MalformedPageException if the body is not a page: cut, not JSON, without {@code stat} or {@code items}, or
     *     with a {@code next_offset} that is neither text nor an array of texts
     * @throws AnswerTooLargeException if it has more events than that, or more in them than events have
     */
    public TelephonyPage read(byte[] body, int limit)
            throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        return DuoAnswer.read(body, limit).page();
    }
}
