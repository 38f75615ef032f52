// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

/**
 * A bucket in this JVM's memory behind the SDK's own client, for tests of a great many runs: GET, HEAD, LIST, DELETE, and PUT
 * with its conditions, which it checks as S3 does, in one step with the write. What can go wrong with a call is decided by
 * whoever asks for it; a call that goes wrong does so after all of the SDK's own tries. Not safe for use by several threads.
 */
public final class MemoryS3 implements SdkHttpClient {

    /** How long S3 takes a signature, and so a write that was under way. */
    public static final Duration SIGNATURE_MAX = Duration.ofMinutes(15);

    private static final DateTimeFormatter SIGNED =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** What becomes of one call. */
    public enum Fault {
        NONE,
        /** It never reaches the server, and fails. */
        LOST,
        /** It takes effect, and fails. */
        ANSWER_LOST,
        /** It takes effect, and the SDK's own second try meets that: a conditional write answers 412. */
        TRIED_TWICE,
        /** It fails, and takes effect when {@link MemoryS3#deliverLate} says so, if its condition still holds. */
        LATE,
        /** The process dies before it. */
        KILLED,
        /** The process dies after it. */
        KILLED_AFTER,
        /** The process dies, and the write takes effect later. */
        KILLED_LATE,
        /** The store keeps nothing of the contents under the key, and the call fails. */
        STORED_EMPTY,
        /** The store keeps the first half of the contents, and the call fails. */
        STORED_CUT,
        /** The store keeps the first half of the contents, and the SDK's own second try meets that. */
        STORED_CUT_TRIED_TWICE,
        /** The store lies: it answers 412, and has written nothing. */
        REFUSED,
        /** It takes effect, and the answer has no ETag. */
        WITHOUT_ETAG,
        /** The store lies: it answers with success and without an ETag, and has written nothing. */
        SWALLOWED,
        /** The store lies: whatever is asked for by HEAD is there. */
        FOUND,
        /** The answer has no Date. */
        WITHOUT_DATE;

        private boolean takesEffectNow() {
            return switch (this) {
                case LOST, LATE, KILLED, KILLED_LATE, REFUSED, SWALLOWED -> false;
                default -> true;
            };
        }

        private boolean takesEffectLate() {
            return this == LATE || this == KILLED_LATE;
        }

        /** Whether the process is dead after it. */
        public boolean kills() {
            return this == KILLED || this == KILLED_AFTER || this == KILLED_LATE;
        }

        private boolean loses() {
            return switch (this) {
                case LOST, ANSWER_LOST, LATE, STORED_EMPTY, STORED_CUT -> true;
                default -> false;
            };
        }
    }

    /** One call, for whoever decides what becomes of it; the key of a LIST is its prefix. */
    public record Call(String method, String key) {

        public boolean write() {
            return method.equals("PUT") || method.equals("DELETE");
        }

        @Override
        public String toString() {
            return method + " " + key;
        }
    }

    /** The end of a process; no program catches it. */
    public static final class ProcessKilled extends Error {
        private static final long serialVersionUID = 1L;

        public ProcessKilled(String where) {
            super("Killed at " + where, null, false, false);
        }
    }

    private record Stored(SdkBytes bytes, String etag, Instant at) {

        byte[] contents() {
            return bytes.asByteArrayUnsafe();
        }
    }

    private record Late(SdkHttpRequest request, String key, SdkBytes bytes) {}

    private final InstantSource clock;
    private final Map<String, Stored> objects = new TreeMap<>();
    private final List<Late> late = new ArrayList<>();
    private Function<Call, Fault> plan = call -> Fault.NONE;
    private int writes;

    public MemoryS3() {
        this(InstantSource.system());
    }

    /** @param clock the store's own time */
    public MemoryS3(InstantSource clock) {
        this.clock = clock;
    }

    /** Returns a client of the SDK's that asks this store. */
    public S3Client client() {
        return client(this, clock.withZone(ZoneOffset.UTC), List.of());
    }

    /**
     * Returns a client on a machine with a clock of its own.
     *
     * @param http a store, or what hands on to one
     * @param local by which requests are signed
     * @param interceptors those of the program's own client
     */
    public static S3Client client(SdkHttpClient http, Clock local, List<ExecutionInterceptor> interceptors) {
        S3AuthSchemeProvider schemes = S3AuthSchemeProvider.defaultProvider();
        return S3Client.builder()
                .httpClient(http)
                .endpointOverride(URI.create("http://127.0.0.1:1"))
                .forcePathStyle(true)
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .authSchemeProvider(parameters -> schemes.resolveAuthScheme(parameters).stream()
                        .map(option -> option.toBuilder()
                                .putSignerProperty(HttpSigner.SIGNING_CLOCK, local)
                                .build())
                        .toList())
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .executionInterceptors(interceptors))
                .build();
    }

    /** Returns the store's own time. */
    public Instant now() {
        return clock.instant();
    }

    /** Decides from the next call on. */
    public void plan(Function<Call, Fault> plan) {
        this.plan = plan;
    }

    /** The contents of every object, by key. */
    public SortedMap<String, byte[]> objects() {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        objects.forEach((key, stored) -> contents.put(key, stored.contents()));
        return contents;
    }

    /** The ETag of an object, which changes with each write; empty while there is no object. */
    public Optional<String> version(String key) {
        return Optional.ofNullable(etag(key));
    }

    /** How many writes are under way still. */
    public int late() {
        return late.size();
    }

    /** Tells whether a write of this object is under way still, and may take effect. */
    public boolean isLate(String key) {
        return late.stream().anyMatch(write -> write.key().equals(key) && isTaken(write.request()));
    }

    /** Deletes an object, as somebody who is not the code under test does, and returns what it held. */
    public byte[] delete(String key) {
        return Objects.requireNonNull(objects.remove(key), key).contents();
    }

    /** Puts an object there, as somebody who is not the code under test does. */
    public void put(String key, byte[] contents) {
        store(key, contents);
    }

    /**
     * Lets one of the late writes, counted from 0, arrive now; it has its effect or not, by its condition and by the age of its
     * signature, and nobody hears of it.
     */
    public void deliverLate(int index) {
        Late arrived = late.remove(index);
        if (isTaken(arrived.request()) && holds(arrived.request(), arrived.key())) {
            store(arrived.key(), arrived.bytes().asByteArrayUnsafe());
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return answer(request);
            }

            @Override
            public void abort() {}
        };
    }

    @Override
    public void close() {}

    private HttpExecuteResponse answer(HttpExecuteRequest sent) throws IOException {
        SdkHttpRequest request = sent.httpRequest();
        String path = URLDecoder.decode(request.encodedPath().replace("+", "%2B"), UTF_8);
        int bucketEnd = path.indexOf('/', 1);
        String key = bucketEnd < 0 ? "" : path.substring(bucketEnd + 1);
        byte[] contents = sent.contentStreamProvider().isEmpty()
                ? new byte[0]
                : sent.contentStreamProvider().get().newStream().readAllBytes();
        SdkHttpMethod method = request.method();
        boolean listed = method == SdkHttpMethod.GET && key.isEmpty();
        if (listed) {
            key = request.firstMatchingRawQueryParameter("prefix").orElse("");
        }
        Call call = new Call(listed ? "LIST" : method.name(), key);
        Fault fault = plan.apply(call);
        Answer answer = switch (call.method()) {
            case "PUT" -> put(request, key, contents, fault);
            case "DELETE" -> {
                if (fault.takesEffectNow()) {
                    objects.remove(key);
                }
                yield new Answer(204);
            }
            case "LIST" -> list(key);
            case "HEAD" ->
                fault == Fault.FOUND && !objects.containsKey(key)
                        ? new Answer(200).with("ETag", "\"0\"").with("Content-Length", "0")
                        : get(key);
            default -> get(key);
        };
        if (fault.kills()) {
            throw new ProcessKilled(call.toString());
        }
        if (fault.loses()) {
            throw new IOException("Connection lost: " + fault);
        }
        return answer.over(call, fault != Fault.WITHOUT_DATE);
    }

    private Answer put(SdkHttpRequest request, String key, byte[] contents, Fault fault) {
        boolean holds = holds(request, key);
        if (fault.takesEffectNow() && holds) {
            byte[] kept = switch (fault) {
                case STORED_EMPTY -> new byte[0];
                case STORED_CUT, STORED_CUT_TRIED_TWICE -> Arrays.copyOf(contents, contents.length / 2);
                default -> contents;
            };
            store(key, kept);
        }
        if (fault.takesEffectLate()) {
            late.add(new Late(request, key, SdkBytes.fromByteArrayUnsafe(contents)));
        }
        if (fault == Fault.SWALLOWED) {
            return new Answer(200);
        }
        if (!holds || fault == Fault.TRIED_TWICE || fault == Fault.STORED_CUT_TRIED_TWICE || fault == Fault.REFUSED) {
            // S3 gives a reason, which is left out here: the SDK takes longer to parse it than all else takes.
            return new Answer(412);
        }
        return fault == Fault.WITHOUT_ETAG || !fault.takesEffectNow()
                ? new Answer(200)
                : new Answer(200).with("ETag", Objects.requireNonNull(etag(key)));
    }

    private Answer get(String key) {
        Stored stored = objects.get(key);
        if (stored == null) {
            return new Answer(404, "NoSuchKey");
        }
        return new Answer(200, stored.contents())
                .with("ETag", stored.etag())
                .with("Last-Modified", DateUtils.formatStandardDate(stored.at()))
                .with("Content-Length", String.valueOf(stored.contents().length));
    }

    private Answer list(String prefix) {
        StringBuilder contents = new StringBuilder();
        objects.forEach((key, stored) -> {
            if (key.startsWith(prefix)) {
                contents.append("<Contents><Key>")
                        .append(key)
                        .append("</Key><Size>")
                        .append(stored.contents().length)
                        .append("</Size></Contents>");
            }
        });
        return new Answer(
                200,
                ("<ListBucketResult><IsTruncated>false</IsTruncated>" + contents + "</ListBucketResult>")
                        .getBytes(UTF_8));
    }

    private boolean holds(SdkHttpRequest request, String key) {
        Optional<String> match = request.firstMatchingHeader("If-Match");
        if (request.firstMatchingHeader("If-None-Match").isPresent()) {
            return etag(key) == null;
        }
        return match.isEmpty() || match.get().equals(etag(key));
    }

    /** Whether S3 takes the request's signature now. */
    private boolean isTaken(SdkHttpRequest request) {
        Instant signed = SIGNED.parse(request.firstMatchingHeader("X-Amz-Date").orElseThrow(), Instant::from);
        return Duration.between(signed, clock.instant()).abs().compareTo(SIGNATURE_MAX) <= 0;
    }

    private @Nullable String etag(String key) {
        Stored stored = objects.get(key);
        return stored == null ? null : stored.etag();
    }

    private void store(String key, byte[] contents) {
        writes++;
        objects.put(key, new Stored(SdkBytes.fromByteArrayUnsafe(contents), "\"" + writes + "\"", clock.instant()));
    }

    /** What the store answers. */
    private final class Answer {

        private final int status;
        private final byte[] body;
        private final Map<String, String> headers = new HashMap<>();

        Answer(int status) {
            this(status, new byte[0]);
        }

        Answer(int status, String code) {
            this(status, ("<Error><Code>" + code + "</Code></Error>").getBytes(UTF_8));
        }

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        Answer with(String header, String value) {
            headers.put(header, value);
            return this;
        }

        HttpExecuteResponse over(Call call, boolean dated) {
            SdkHttpFullResponse.Builder response = SdkHttpFullResponse.builder().statusCode(status);
            headers.forEach(response::putHeader);
            if (dated) {
                response.putHeader("Date", DateUtils.formatStandardDate(clock.instant()));
            }
            return HttpExecuteResponse.builder()
                    .response(response.build())
                    .responseBody(AbortableInputStream.create(
                            new ByteArrayInputStream(call.method().equals("HEAD") ? new byte[0] : body)))
                    .build();
        }
    }
}
