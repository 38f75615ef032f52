// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What S3 lists, in the order of its keys, on however many pages it does. */
public final class S3Listing {

    private S3Listing() {}

    /**
     * Lists what begins so, as far as it is used.
     *
     * @param use is given the objects, each page as it is needed
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public static <T> T under(S3Client s3, String bucket, String prefix, Function<Stream<S3Object>, T> use) {
        try {
            return use.apply(
                    s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream());
        } catch (SdkException e) {
            throw new S3OperationException("s3:ListBucket", bucket, "", e);
        }
    }
}
