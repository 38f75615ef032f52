// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/**
 * An {@link EmbeddedS3} in a JVM of its own, for a benchmark and for tests that kill the collector's JVM.
 *
 * <p>Arguments: port (0: a free one), folder or {@code memory}, bucket. The key pair comes from the environment,
 * {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}. It prints {@code listening on <uri>} when the bucket is there,
 * and ends when standard input closes, so that it never outlives whoever started it. Exit 2 on wrong arguments.
 */
public final class EmbeddedS3Main {

    /** What the line that gives the URI starts with. */
    public static final String READY = "listening on ";

    private EmbeddedS3Main() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        String accessKey = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secretKey = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        if (arguments.length != 3 || accessKey.isEmpty() || secretKey.isEmpty()) {
            System.err.println("Usage: EmbeddedS3Main <port, 0 for a free one> <folder, or \"memory\"> <bucket>,"
                    + " with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.");
            System.exit(2);
            return;
        }
        AwsBasicCredentials credentials = AwsBasicCredentials.create(accessKey, secretKey);
        try (EmbeddedS3 s3 = start(Integer.parseInt(arguments[0]), arguments[1], credentials)) {
            s3.createBucket(arguments[2]);
            System.out.println(READY + s3.uri());
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream()); // until it closes
        }
    }

    private static EmbeddedS3 start(int port, String place, AwsBasicCredentials credentials) {
        return place.equals("memory")
                ? EmbeddedS3.inMemory(port, credentials)
                : EmbeddedS3.onFolder(Path.of(place), port, credentials);
    }
}
