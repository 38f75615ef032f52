// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3 server inside this JVM (S3Proxy, <a href="https://github.com/gaul/s3proxy">github.com/gaul/s3proxy</a>), on
 * 127.0.0.1, which refuses wrong signatures and checksums.
 *
 * <p>{@code If-None-Match: *} is atomic. {@code If-Match} is not: it is a HEAD followed by a PUT, so that a stale writer is
 * refused but two that race can both win; put a serializing {@code FaultProxy} in front where that matters. Bucket policies
 * are not there. Objects kept on a folder are plain files and outlive the JVM. Safe for use by several threads.
 */
public final class EmbeddedS3 implements AutoCloseable {

    /** The region that {@link #client()} signs for; the server takes any. */
    public static final String REGION = "us-east-1";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedS3.class);

    /** The tests' own key pair; it opens nothing else. */
    private static final AwsBasicCredentials DEFAULT_CREDENTIALS =
            AwsBasicCredentials.create("embedded-access-key", "embedded-secret-key");

    /** Far above what a local answer takes, far below a test's patience. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

    /** For an object's bytes to be there, which takes milliseconds. */
    private static final Duration WRITTEN_MAX = Duration.ofSeconds(10);

    /** How long requests in flight may take to end at {@link #close()}; S3Proxy's own default is 30 s. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    /** More than the most threads that any test starts. */
    private static final int CONNECTIONS_MAX = 64;

    /** The SDK would ask the environment's HTTP_PROXY even for 127.0.0.1. */
    private static final ProxyConfiguration NO_PROXY = ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false)
            .build();

    private final AwsBasicCredentials credentials;
    private final boolean onFolder;
    private final BlobStore store;
    private final S3Proxy server;
    private final URI uri;
    private final S3Client client;

    private EmbeddedS3(int port, BlobStore store, boolean onFolder, AwsBasicCredentials credentials) {
        this.credentials = credentials;
        this.onFolder = onFolder;
        this.store = store;
        this.server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(
                        AuthenticationType.AWS_V2_OR_V4, credentials.accessKeyId(), credentials.secretAccessKey())
                .blobStore(store)
                // Seconds. The clock of a test may be years from the system's.
                .maximumTimeSkew(Integer.MAX_VALUE)
                .stopTimeout(STOP_TIMEOUT.toMillis())
                .build();
        start();
        this.uri = URI.create("http://127.0.0.1:" + server.getPort());
        this.client = clientBuilder().build();
    }

    /** A server whose objects live in memory and end with it, on a free port. */
    public static EmbeddedS3 inMemory() {
        return inMemory(0, DEFAULT_CREDENTIALS);
    }

    /** As {@link #inMemory()}, on the given port (0: a free one), for the given key pair. */
    public static EmbeddedS3 inMemory(int port, AwsBasicCredentials credentials) {
        return new EmbeddedS3(port, new TransientNio2BlobStore(), false, credentials);
    }

    /**
     * A server whose objects are files under {@code folder}, made if missing, on a free port.
     *
     * <p>S3Proxy keeps ETags, content types and metadata in user extended attributes, and loses them without an error where
     * the file system has none (ramfs; the JDK on macOS). There the objects live in memory instead, which is logged as a
     * warning and told by {@link #onFolder()}.
     */
    public static EmbeddedS3 onFolder(Path folder) {
        return onFolder(folder, 0, DEFAULT_CREDENTIALS);
    }

    /** As {@link #onFolder(Path)}, on the given port (0: a free one), for the given key pair. */
    public static EmbeddedS3 onFolder(Path folder, int port, AwsBasicCredentials credentials) {
        if (!keepsUserAttributes(folder)) {
            LOG.warn(
                    "The file system of {} keeps no user extended attributes, which hold ETags and content types:"
                            + " objects are kept in memory instead. Choose a folder on another file system to keep them.",
                    folder);
            return inMemory(port, credentials);
        }
        String root = folder.toAbsolutePath().toString();
        return new EmbeddedS3(port, new FilesystemNio2BlobStore(root), true, credentials);
    }

    /** Whether objects are files that outlive this server. */
    public boolean onFolder() {
        return onFolder;
    }

    /** The endpoint, for path-style requests. */
    public URI uri() {
        return uri;
    }

    public String accessKey() {
        return credentials.accessKeyId();
    }

    public String secretKey() {
        return credentials.secretAccessKey();
    }

    /** The client that tests look into the bucket with; closed with this server. */
    public S3Client client() {
        return client;
    }

    /**
     * A client like {@link #client()}, for the caller to change, build and close. Its bodies are not aws-chunked, because
     * S3Proxy leaves those unread when it refuses an {@code If-Match}, and the client sees a broken pipe instead of 412.
     */
    public S3ClientBuilder clientBuilder() {
        return S3Client.builder()
                .endpointOverride(uri)
                .region(Region.of(REGION))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .forcePathStyle(true)
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .httpClientBuilder(ApacheHttpClient.builder()
                        .maxConnections(CONNECTIONS_MAX)
                        .proxyConfiguration(NO_PROXY)
                        .connectionTimeout(ANSWER_TIMEOUT)
                        .socketTimeout(ANSWER_TIMEOUT));
    }

    /** Makes a bucket; one that is there already (a folder used before) stays as it is. */
    public void createBucket(String bucket) {
        try {
            client.createBucket(request -> request.bucket(bucket));
        } catch (BucketAlreadyOwnedByYouException alreadyThere) {
            LOG.debug("Bucket {} is there already.", bucket);
        }
    }

    /** Deletes every object of the bucket. */
    public void empty(String bucket) {
        List<ObjectIdentifier> all = client.listObjectsV2(list -> list.bucket(bucket)).contents().stream()
                .map(object -> ObjectIdentifier.builder().key(object.key()).build())
                .toList();
        if (!all.isEmpty()) {
            client.deleteObjects(delete -> delete.bucket(bucket).delete(objects -> objects.objects(all)));
        }
    }

    /** The contents of every object whose key starts with {@code prefix}, by key, read over S3. */
    public SortedMap<String, byte[]> objects(String bucket, String prefix) {
        return Awaitility.await("every object that is listed")
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .atMost(WRITTEN_MAX)
                .ignoreExceptionsMatching(NoSuchKeyException.class::isInstance)
                .until(() -> listed(bucket, prefix), contents -> true);
    }

    /** While an object is written the store lists it under a name that it has for that time only. */
    private SortedMap<String, byte[]> listed(String bucket, String prefix) {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        for (S3Object object : client.listObjectsV2Paginator(
                        request -> request.bucket(bucket).prefix(prefix))
                .contents()) {
            contents.put(
                    object.key(),
                    client.getObjectAsBytes(get -> get.bucket(bucket).key(object.key()))
                            .asByteArray());
        }
        return contents;
    }

    @Override
    public void close() {
        client.close();
        try {
            server.stop();
        } catch (Exception e) { // what S3Proxy declares
            throw new IllegalStateException("The embedded S3 server on " + uri + " did not stop.", e);
        } finally {
            store.close();
        }
    }

    private void start() {
        try {
            server.start();
        } catch (Exception e) { // what S3Proxy declares
            throw new IllegalStateException("The embedded S3 server did not start; is its port in use?", e);
        }
    }

    /** Writes an attribute and reads it back: what a file store says about itself is not always so. */
    private static boolean keepsUserAttributes(Path folder) {
        byte[] written = "kept".getBytes(StandardCharsets.UTF_8);
        try {
            Path probe = Files.createTempFile(Files.createDirectories(folder), "probe", null);
            try {
                UserDefinedFileAttributeView view =
                        Files.getFileAttributeView(probe, UserDefinedFileAttributeView.class);
                if (view == null) {
                    return false;
                }
                view.write("duocollector.probe", ByteBuffer.wrap(written));
                return view.size("duocollector.probe") == written.length;
            } catch (IOException | UnsupportedOperationException refused) {
                return false;
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder for objects cannot be written: " + folder, e);
        }
    }
}
