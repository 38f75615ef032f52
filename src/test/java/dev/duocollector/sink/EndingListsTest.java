// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static dev.duocollector.sink.EndingLists.PAGES_WITHOUT_PROGRESS_MAX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.paginators.ListObjectsV2Iterable;

/** A list ends, one way or the other. A page is written as its keys, with blanks between them; what ends in a slash is a folder. */
class EndingListsTest {

    /** U+FF5E comes before it in UTF-8 and after it in UTF-16, which Java compares. */
    private static final String EMOJI = "\uD83D\uDE00";

    private int asked;

    @ParameterizedTest
    @ValueSource(strings = {"a b,b c", "b,a", "b,,,a", "a,b,a,b", EMOJI + ",\uFF5E"})
    void keysThatDoNotComeForward_proveNothing(String pages) {
        List<String> all = Arrays.asList(pages.split(","));

        assertProvesNothing("its first Key does not come after the last one of the page before", all.stream());

        assertThat(asked).isEqualTo(all.size() - (pages.equals("a,b,a,b") ? 1 : 0));
    }

    @ParameterizedTest
    @CsvSource({"b, 'B a,,b,,,c'", "b, '\uFF5E," + EMOJI + "'", "b--x-s3, 'b,c,a,b'"})
    void keysInTheirOrder_areListedToTheEnd(String bucket, String pages) {
        ListObjectsV2Iterable list = list(bucket, Arrays.stream(pages.split(",")));

        assertThat(list.contents()).extracting(S3Object::key).containsExactly(pages.split("[, ]+"));
    }

    /** A list may be asked for again. */
    @Test
    void eachList_beginsAnew() {
        Iterator<String> pages = List.of("a", "b", "a", "b").iterator();
        ListObjectsV2Iterable list = new EndingLists(new Store(pages, 2)).listObjectsV2Paginator(of -> of.bucket("b"));

        assertThat(list.contents()).hasSize(2);
        assertThat(list.contents()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/", "a/ b/"})
    void pagesWithoutAnythingNew_endTheList_whenTheyAreTooMany(String page) {
        assertProvesNothing("more is to follow, and it has nothing new", Stream.generate(() -> page));

        // The first page with folders has something new.
        assertThat(asked).isEqualTo(PAGES_WITHOUT_PROGRESS_MAX + (page.isEmpty() ? 1 : 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "folder/"})
    void pagesWithoutAnythingNew_mayBeAsManyBetweenOthers(String other) {
        Stream<String> empty = IntStream.range(0, 2 * PAGES_WITHOUT_PROGRESS_MAX + 1)
                .mapToObj(page -> page == PAGES_WITHOUT_PROGRESS_MAX ? other : "");

        ListObjectsV2Iterable list = list("b", empty);

        assertThat(list.stream()
                        .mapToInt(page ->
                                page.contents().size() + page.commonPrefixes().size())
                        .sum())
                .isEqualTo(1);
        assertThat(asked).isEqualTo(2 * PAGES_WITHOUT_PROGRESS_MAX + 1);
    }

    private void assertProvesNothing(String flaw, Stream<String> pages) {
        ListObjectsV2Iterable list = list("b", pages);

        assertThatExceptionOfType(SdkClientException.class)
                .isThrownBy(() -> list.contents().forEach(object -> {}))
                .satisfies(failure -> assertThat(
                                S3Failure.explain("s3:ListBucket", "b", failure).message())
                        .contains("is no list of S3's, and proves nothing (HTTP 200: " + flaw));
    }

    private ListObjectsV2Iterable list(String bucket, Stream<String> pages) {
        Store store = new Store(pages.iterator(), Integer.MAX_VALUE);
        return new EndingLists(store).listObjectsV2Paginator(list -> list.bucket(bucket));
    }

    /** Answers with the pages in their order; all but the last, and each last one of so many, have a token for the next. */
    private final class Store implements S3Client {

        private final Iterator<String> pages;
        private final int each;

        Store(Iterator<String> pages, int each) {
            this.pages = pages;
            this.each = each;
        }

        @Override
        public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
            List<String> names = Arrays.stream(pages.next().split(" "))
                    .filter(name -> !name.isEmpty())
                    .toList();
            asked++;
            ListObjectsV2Response.Builder page = ListObjectsV2Response.builder()
                    // What the SDK goes by is the token.
                    .isTruncated(asked % 2 == 0)
                    .nextContinuationToken(pages.hasNext() && asked % each != 0 ? "token " + asked : null)
                    .contents(names.stream()
                            .filter(name -> !name.endsWith("/"))
                            .map(key -> S3Object.builder().key(key).size(1L).build())
                            .toList())
                    .commonPrefixes(names.stream()
                            .filter(name -> name.endsWith("/"))
                            .map(folder -> CommonPrefix.builder().prefix(folder).build())
                            .toList());
            page.sdkHttpResponse(SdkHttpResponse.builder().statusCode(200).build());
            return page.build();
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
