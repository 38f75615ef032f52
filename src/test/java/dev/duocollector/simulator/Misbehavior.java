// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/**
 * One way in which Duo, or what lies between, spoils an answer: first those that answer with an error, then those that
 * spoil the transfer, then those that give a page another form, which leave a list of children as it is. Several threads
 * may call it.
 */
@FunctionalInterface
public interface Misbehavior {
    Answer answer(Call call);

    /** 400 with a message_detail, for a request that is right. */
    static Misbehavior badRequest(String detail) {
        return call -> Refusal.invalidParameter(detail).answer();
    }

    /** 401 for a request that is signed well: the keys belong to another application. */
    static Misbehavior unauthorized() {
        return call -> Refusal.invalidSignature("").answer();
    }

    /** 403: the application lacks "Grant read log", or the address is not allowed (duo_client_python issue 152). */
    static Misbehavior forbidden() {
        return call -> Answer.failure(40301, "Access forbidden", "");
    }

    /** 429 without Retry-After, as Duo answers to more than about two log requests a minute. */
    static Misbehavior rateLimited() {
        return rateLimited("");
    }

    /** 429 with Retry-After in seconds. */
    static Misbehavior rateLimited(Duration wait) {
        return rateLimited(String.valueOf(wait.toSeconds()));
    }

    /** 429 with Retry-After as a date. */
    static Misbehavior rateLimited(Instant until) {
        return rateLimited(DateUtils.formatStandardDate(until));
    }

    /**
     * 429 with any Retry-After.
     *
     * @param retryAfter the header, empty for none (Duo sends none, elastic/integrations issue 11822)
     */
    static Misbehavior rateLimited(String retryAfter) {
        return call -> {
            Answer answer = Refusal.tooManyRequests("").answer();
            return retryAfter.isEmpty() ? answer : answer.withHeader("Retry-After", retryAfter);
        };
    }

    /**
     * A failure of the server's, 50001 being Duo's own example (https://duo.com/docs/rate-limits).
     *
     * @param status 500 to 599
     */
    static Misbehavior serverError(int status) {
        return call -> Answer.failure(status * 100 + 1, "Unknown internal server error", "");
    }

    /** Duo's error envelope with the status 200 (test_response_stat_isnot_OK of Duo's Python client). */
    static Misbehavior statFail(int code, String message, String detail) {
        return call -> Answer.failure(code, message, detail).withStatus(200);
    }

    /** An error whose code is an empty string (duo_api_golang commit 2d1f351, duo_client_java commit f0073ac). */
    static Misbehavior nonIntegerCode(int status) {
        return call -> Answer.ok("{\"code\":\"\",\"message\":\"Not as documented\",\"stat\":\"FAIL\"}")
                .withStatus(status);
    }

    /** 302 to somewhere else, where a signed request must not go. */
    static Misbehavior redirect(URI location) {
        return call -> Answer.ok(List.of()).withStatus(302).withHeader("Location", location.toString());
    }

    /** A page of HTML with the status 200, as a proxy or a captive portal gives. */
    static Misbehavior notJson() {
        return call -> Answer.ok("<!DOCTYPE html><html><body>Sign in to the network</body></html>")
                .withHeader("Content-Type", "text/html; charset=utf-8");
    }

    /** The connection ends after the request, without a byte of an answer. */
    static Misbehavior droppedConnection() {
        return call -> call.answer().withTransfer(Answer.Transfer.DROPPED);
    }

    /** The right answer with its Content-Length, of which half arrives before the connection ends. */
    static Misbehavior cutBody() {
        return call -> call.answer().withTransfer(Answer.Transfer.CUT_LENGTH);
    }

    /** The right answer in chunks, of which half arrives, and no last chunk, before the connection ends. */
    static Misbehavior cutChunkedBody() {
        return call -> call.answer().withTransfer(Answer.Transfer.CUT_CHUNKED);
    }

    /** The right answer, after a while; closing the simulator ends the wait. */
    static Misbehavior slowPage(Duration delay) {
        return call -> call.answer().withDelay(delay);
    }

    /**
     * Another time at the server: beyond its tolerance it refuses the request's Date, and its own Date shows by how much.
     *
     * @param ahead how far the server's clock is ahead of the simulator's; negative when it is behind
     */
    static Misbehavior clockSkew(Duration ahead) {
        return call -> call.answerAt(call.request().at().plus(ahead));
    }

    /** The right answer, compressed, as a proxy may do. */
    static Misbehavior gzipBody() {
        return call -> {
            Answer answer = call.answer();
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (WritableByteChannel out = Channels.newChannel(new GZIPOutputStream(compressed))) {
                for (ByteBuffer part : answer.body()) {
                    out.write(part.duplicate());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Writing into memory", e);
            }
            return answer.withBody(List.of(ByteBuffer.wrap(compressed.toByteArray())))
                    .withHeader("Content-Encoding", "gzip");
        };
    }

    /**
     * A page without events, blown up by blanks to at least that many bytes: good JSON, which only its size forbids. It comes
     * in chunks, so that no header gives the size away.
     */
    static Misbehavior hugeBody(long bytes) {
        return call -> {
            byte[] blanks = new byte[64 * 1024];
            Arrays.fill(blanks, (byte) ' ');
            int blocks = Math.toIntExact((bytes + blanks.length - 1) / blanks.length);
            List<ByteBuffer> body = new ArrayList<>(Collections.nCopies(blocks, ByteBuffer.wrap(blanks)));
            body.add(
                    PageForm.utf8(
                            "{\"response\":{\"items\":[],\"metadata\":{\"next_offset\":null,\"total_objects\":0}},\"stat\":\"OK\"}"));
            return Answer.ok(body).withTransfer(Answer.Transfer.CHUNKED);
        };
    }

    /** Another "response" in Duo's envelope, such as a list of children that is none; the argument is its JSON. */
    static Misbehavior otherResponse(String json) {
        return call -> Answer.ok("{\"response\":" + json + ",\"stat\":\"OK\"}");
    }

    /** A right answer with header lines that mean something to whoever takes them over. */
    static Misbehavior foreignHeaders(Map<String, String> headers) {
        return call -> {
            Answer answer = call.answer(page -> List.of(
                    PageForm.utf8(
                            "{\"stat\":\"OK\",\"response\":{\"" + page.log().list() + "\":["),
                    page.items(),
                    PageForm.utf8("],\"metadata\":{\"next_offset\":" + PageForm.nextOffset(page) + "}}}")));
            for (Map.Entry<String, String> header : headers.entrySet()) {
                answer = answer.withHeader(header.getKey(), header.getValue());
            }
            return answer;
        };
    }

    /** A page without events, as at the end of a window, although there are some: the window seems to end before it. */
    static Misbehavior emptyPage() {
        return call -> call.answer(PageForm.empty());
    }

    /** A page without its first event, or a list without its first child. */
    static Misbehavior lackingEvent() {
        return call -> {
            try {
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                WritableByteChannel out = Channels.newChannel(whole);
                for (ByteBuffer part : call.answer().body()) {
                    out.write(part.duplicate());
                }
                JsonNode page = new ObjectMapper().readTree(whole.toByteArray());
                JsonNode response = page.path("response");
                JsonNode first = response.isArray() || !response.elements().hasNext()
                        ? response
                        : response.elements().next();
                if (first instanceof ArrayNode events && !events.isEmpty()) {
                    events.remove(0);
                }
                return Answer.ok(page.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** Another total_objects than there are, as Duo's is an estimate; the argument is its JSON. */
    static Misbehavior wrongTotal(String json) {
        return metadata(page -> "{\"total_objects\":" + json + ",\"next_offset\":" + PageForm.nextOffset(page) + "}");
    }

    /** The next_offset of the first page it sees, again on every later one, as in duo_client_python issue 265. */
    static Misbehavior repeatedOffset() {
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        return metadata(page -> {
            first.compareAndSet(null, PageForm.nextOffset(page));
            return PageForm.metadata(page, String.valueOf(first.get()));
        });
    }

    /** The next_offset as an array of its two parts, as the authentication log has it; to be sent back joined by a comma. */
    static Misbehavior arrayOffset() {
        return metadata(page -> PageForm.metadata(page, PageForm.arrayOffset(page)));
    }

    /** A page without next_offset although events follow: the window seems to end with it. */
    static Misbehavior lostOffset() {
        return metadata(page -> "{" + PageForm.totalObjects(page) + "}");
    }

    /** No next_offset on the last page, as in the canned server of elastic/integrations. */
    static Misbehavior missingOffset() {
        return lastMetadata(page -> "{" + PageForm.totalObjects(page) + "}");
    }

    /** An empty next_offset on the last page. */
    static Misbehavior emptyStringOffset() {
        return lastMetadata(page -> PageForm.metadata(page, "\"\""));
    }

    /** An empty array for next_offset on the last page. */
    static Misbehavior emptyArrayOffset() {
        return lastMetadata(page -> PageForm.metadata(page, "[]"));
    }

    /** A null for all metadata on the last page, against which duo_log_sync guards itself. */
    static Misbehavior nullMetadata() {
        return lastMetadata(page -> "null");
    }

    /** Fields in the envelope that nobody has heard of, and the known ones in another order, which Duo may change any time. */
    static Misbehavior unknownFields() {
        return call -> call.answer(page -> List.of(
                PageForm.utf8("{\"stat\":\"OK\",\"items\":[{\"not\":\"an event\"}],\"schema\":{\"stat\":\"FAIL\"},"
                        + "\"response\":{\"metadata\":{\"previous_offset\":[\"1\",\"2\"],"
                        + "\"total_objects\":{\"relation\":\"gte\",\"value\":" + page.total() + "},\"next_offset\":"
                        + PageForm.nextOffset(page) + "},\"next_offset\":\"not this one\",\""
                        + page.log().list() + "\":["),
                page.items(),
                PageForm.utf8("],\"warnings\":null}}")));
    }

    /** Duo's answer with other metadata on each page. */
    private static Misbehavior metadata(Function<Page, String> metadata) {
        return call -> call.answer(PageForm.withMetadata(metadata));
    }

    /** Duo's answer with other metadata on the last page. */
    private static Misbehavior lastMetadata(Function<Page, String> metadata) {
        return metadata(
                page -> page.more() ? PageForm.metadata(page, PageForm.nextOffset(page)) : metadata.apply(page));
    }
}
