// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The JSON that a page is put into. */
@FunctionalInterface
public interface PageForm {
    /** Duo's form. */
    PageForm DUO = withMetadata(page -> metadata(page, nextOffset(page)));

    List<ByteBuffer> render(Page page);

    /** Returns Duo's form with another "metadata". */
    static PageForm withMetadata(Function<Page, String> metadata) {
        return page -> List.of(
                utf8("{\"response\":{\"" + page.log().list() + "\":["),
                page.items(),
                utf8("],\"metadata\":" + metadata.apply(page) + "},\"stat\":\"OK\"}"));
    }

    /** Returns the form of a page that holds no events, whatever it should. */
    static PageForm empty() {
        return page -> List.of(utf8("{\"response\":{\"" + page.log().list() + "\":[],\"metadata\":"
                + metadata(page, "null") + "},\"stat\":\"OK\"}"));
    }

    /** Returns Duo's metadata with that JSON for "next_offset". */
    static String metadata(Page page, String nextOffset) {
        return "{\"next_offset\":" + nextOffset + "," + totalObjects(page) + "}";
    }

    /** Returns the page's offset as Duo writes it: a string, or an array of its parts, or null on a page without events. */
    static String nextOffset(Page page) {
        return page.log().arrayOffsets()
                ? arrayOffset(page)
                : page.nextOffset().map(PageForm::quote).orElse("null");
    }

    /** Returns the page's offset as an array of its two parts, to be sent back joined by a comma. */
    static String arrayOffset(Page page) {
        return page.nextOffset()
                .map(offset ->
                        Stream.of(offset.split(",", 2)).map(PageForm::quote).collect(Collectors.joining(",", "[", "]")))
                .orElse("null");
    }

    /** Returns how many events the whole window has, on each of its pages (duo_log_sync has seen 94 beside no events). */
    static String totalObjects(Page page) {
        return "\"total_objects\":" + page.total();
    }

    /** Returns the text as JSON. */
    static String quote(String text) {
        return TextNode.valueOf(text).toString();
    }

    static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
