// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A request that the simulator accepts, until a test changes something about it; signed over what it then is. */
final class SignedGet {
    static final String IKEY = "DIEXAMPLE00000000000";
    static final String SKEY = "an-example-of-a-secret-key-0000000000000";
    static final Instant NOW = Instant.parse("2026-11-23T08:15:00.123Z");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Map<String, String> parameters = new TreeMap<>();
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private String method = "GET";
    private String path = SimulatedLog.TELEPHONY.path();
    private String host = "localhost";
    private String ikey = IKEY;
    private String skey = SKEY;
    private String algorithm = "HmacSHA512";
    private boolean v5 = true;
    private String date = date(NOW);
    private UnaryOperator<String> queryBeforeSigning = query -> query;
    private UnaryOperator<String> queryAfterSigning = query -> query;
    private UnaryOperator<String> authorization = header -> header;

    SignedGet() {
        parameter("mintime", millis(NOW.minus(Duration.ofHours(24))));
        parameter("maxtime", millis(NOW.minus(Duration.ofMinutes(2))));
        parameter("sort", "ts:asc");
    }

    static String millis(Instant instant) {
        return String.valueOf(instant.toEpochMilli());
    }

    static String date(Instant instant) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss '-0000'", Locale.ENGLISH)
                .withZone(ZoneOffset.UTC)
                .format(instant);
    }

    SignedGet parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    SignedGet without(String name) {
        parameters.remove(name);
        return this;
    }

    SignedGet method(String newMethod) {
        this.method = newMethod;
        return this;
    }

    SignedGet path(String newPath) {
        this.path = newPath;
        return this;
    }

    SignedGet signedHost(String newHost) {
        this.host = newHost;
        return this;
    }

    SignedGet ikey(String newIkey) {
        this.ikey = newIkey;
        return this;
    }

    SignedGet skey(String newSkey) {
        this.skey = newSkey;
        return this;
    }

    SignedGet v2(String newAlgorithm) {
        this.v5 = false;
        this.algorithm = newAlgorithm;
        return this;
    }

    /** Sets the Date header; an empty one is not sent. */
    SignedGet date(String newDate) {
        this.date = newDate;
        return this;
    }

    /** Changes the raw query, and signs what a server that decodes it makes of it. */
    SignedGet queryBeforeSigning(UnaryOperator<String> change) {
        this.queryBeforeSigning = change;
        return this;
    }

    /** Changes the raw query when it is signed already. */
    SignedGet queryAfterSigning(UnaryOperator<String> change) {
        this.queryAfterSigning = change;
        return this;
    }

    /** Changes the Authorization header; an empty one is not sent. */
    SignedGet authorization(UnaryOperator<String> change) {
        this.authorization = change;
        return this;
    }

    SignedGet header(String name, String value) {
        headers.add(Map.entry(name, value));
        return this;
    }

    /** Returns the answer, as soon as it is there whole. */
    Reply send(DuoSimulator simulator) throws IOException {
        return Reply.of(connection(simulator.uri()));
    }

    /** Returns the answer's JSON. */
    JsonNode json(DuoSimulator simulator) throws IOException {
        return parse(send(simulator).text());
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Not JSON: " + json, e);
        }
    }

    private HttpURLConnection connection(URI base) throws IOException {
        String canonical = new QueryString(parameters.entrySet().stream()
                        .map(entry -> new QueryString.Parameter(entry.getKey(), entry.getValue()))
                        .toList())
                .canonical();
        String query = queryBeforeSigning.apply(canonical);
        CanonicalRequest lines = new CanonicalRequest(
                date, method, host, path, QueryString.parse(query).canonical(), "");
        String signature = CanonicalRequest.sign(algorithm, skey, v5 ? lines.v5() : lines.v2());
        String credentials = Base64.getEncoder().encodeToString((ikey + ":" + signature).getBytes(UTF_8));
        URL url = new URL(base + path + "?" + queryAfterSigning.apply(query));
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestMethod(method);
        header(connection, "Authorization", authorization.apply("Basic " + credentials));
        header(connection, "Date", date);
        headers.forEach(header -> header(connection, header.getKey(), header.getValue()));
        return connection;
    }

    private static void header(HttpURLConnection connection, String name, String value) {
        if (!value.isEmpty()) {
            connection.addRequestProperty(name, value);
        }
    }

    /**
     * An answer as a client gets it. The client is {@link HttpURLConnection}, since the newer one of Java 17 sends a
     * Content-Length with every GET, which the simulator refuses.
     */
    record Reply(HttpURLConnection connection, int status, ByteBuffer body) {
        private static final int TIMEOUT_MILLIS = 10_000;

        static Reply of(HttpURLConnection connection) throws IOException {
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                byte[] body = in.readAllBytes();
                if (body.length < connection.getContentLength()) {
                    // This client takes half a body for a whole one.
                    throw new EOFException("Only " + body.length + " bytes of " + connection.getContentLength());
                }
                return new Reply(connection, status, ByteBuffer.wrap(body));
            }
        }

        String text() {
            return UTF_8.decode(body.duplicate()).toString();
        }

        Optional<String> header(String name) {
            return Optional.ofNullable(connection.getHeaderField(name));
        }
    }
}
