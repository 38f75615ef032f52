// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.paginators.ListObjectsV2Iterable;

/**
 * Ends each list that does not come forward, with what {@link AnswerChecks} throws: the SDK asks for the next page as long as
 * there is said to be one, and a server that always says so would hold a run up without a word. S3 gives keys in the order of
 * their UTF-8 bytes (<a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</a>, read
 * 2026-11-28), so a page begins after the one before it. A list may be as long as it wants.
 */
final class EndingLists extends DelegatingS3Client {

    /** A store that passes over many deleted objects may give some. */
    static final int PAGES_WITHOUT_PROGRESS_MAX = 1000;

    /** The names of directory buckets end so, the only ones whose keys come in no order. */
    private static final String DIRECTORY_BUCKET = "--x-s3";

    EndingLists(S3Client s3) {
        super(s3);
    }

    @Override
    public ListObjectsV2Iterable listObjectsV2Paginator(ListObjectsV2Request request) {
        return new ListObjectsV2Iterable(this, request) {
            @Override
            public Iterator<ListObjectsV2Response> iterator() {
                return new Pages(
                        super.iterator(), !String.valueOf(request.bucket()).endsWith(DIRECTORY_BUCKET));
            }
        };
    }

    /** The pages of one list. */
    private static final class Pages implements Iterator<ListObjectsV2Response> {

        private final Iterator<ListObjectsV2Response> pages;
        private final boolean ordered;
        private @Nullable String lastKey;
        private @Nullable String lastFolder;
        private int withoutProgress;

        Pages(Iterator<ListObjectsV2Response> pages, boolean ordered) {
            this.pages = pages;
            this.ordered = ordered;
        }

        @Override
        public boolean hasNext() {
            return pages.hasNext();
        }

        @Override
        public ListObjectsV2Response next() {
            ListObjectsV2Response page = pages.next();
            flaw(page).ifPresent(flaw -> {
                throw AnswerChecks.wrongList(page.sdkHttpResponse(), flaw);
            });
            return page;
        }

        private Optional<String> flaw(ListObjectsV2Response page) {
            List<String> keys = page.contents().stream().map(S3Object::key).toList();
            if (ordered && !keys.isEmpty() && !isAfter(keys.get(0), lastKey)) {
                return Optional.of("its first Key does not come after the last one of the page before");
            }
            withoutProgress = comesForward(page, keys) || !hasNext() ? 0 : withoutProgress + 1;
            return withoutProgress > PAGES_WITHOUT_PROGRESS_MAX
                    ? Optional.of("more is to follow, and it has nothing new, nor had the " + PAGES_WITHOUT_PROGRESS_MAX
                            + " pages before it")
                    : Optional.empty();
        }

        private boolean comesForward(ListObjectsV2Response page, List<String> keys) {
            // Some stores give a folder once more that goes on behind the page.
            List<String> folders = page.commonPrefixes().stream()
                    .map(CommonPrefix::prefix)
                    .filter(Objects::nonNull)
                    .filter(folder -> !ordered || isAfter(folder, lastFolder))
                    .toList();
            lastKey = keys.isEmpty() ? lastKey : keys.get(keys.size() - 1);
            lastFolder = folders.isEmpty() ? lastFolder : folders.get(folders.size() - 1);
            return !keys.isEmpty() || !folders.isEmpty();
        }

        private static boolean isAfter(String name, @Nullable String before) {
            return before == null || Arrays.compareUnsigned(name.getBytes(UTF_8), before.getBytes(UTF_8)) > 0;
        }
    }
}
