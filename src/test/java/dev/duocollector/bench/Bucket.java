// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The bucket that the runs write to, as the benchmark sees it. */
final class Bucket implements AutoCloseable {

    private final S3Client s3;
    private final String name;

    /** What a run left: objects, their lines and bytes. */
    record Content(int objects, long lines, long bytes) {}

    Bucket(URI server, AwsCredentials credentials, String region, String name) {
        this.name = name;
        this.s3 = S3Client.builder()
                .endpointOverride(server)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .forcePathStyle(true)
                .httpClientBuilder(ApacheHttpClient.builder()
                        .proxyConfiguration(ProxyConfiguration.builder()
                                .useSystemPropertyValues(false)
                                .useEnvironmentVariableValues(false)
                                .build()))
                .build();
    }

    /** Empties the bucket and returns what lay under a prefix; each run finds the server as the one before did. */
    Content take(String prefix) {
        Content content = takeOnly(prefix);
        takeOnly("");
        return content;
    }

    private Content takeOnly(String prefix) {
        List<S3Object> objects = s3
                .listObjectsV2Paginator(list -> list.bucket(name).prefix(prefix))
                .contents()
                .stream()
                .toList();
        long lines = 0;
        long bytes = 0;
        for (S3Object object : objects) {
            lines += lines(object.key());
            bytes += object.size();
            s3.deleteObject(delete -> delete.bucket(name).key(object.key()));
        }
        return new Content(objects.size(), lines, bytes);
    }

    private long lines(String key) {
        long lines = 0;
        byte[] buffer = new byte[64 * 1024];
        try (InputStream content = s3.getObject(get -> get.bucket(name).key(key))) {
            for (int read = content.read(buffer); read > 0; read = content.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    @Override
    public void close() {
        s3.close();
    }
}
