// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The job of Google's guide in the naive way, with nothing but the JDK and Jackson: load the state, read every page, put all
 * events into one object, save the state. It retries nothing, compares nothing, and can lose and double events: what is
 * measured beside it is the price of a program, not of what it promises. Settings come from the environment.
 */
final class NaiveOnce {

    private static final String PATH = "/admin/v2/logs/telephony";
    private static final String LAST_OFFSET = "last_offset";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss '-0000'", Locale.ENGLISH);
    private static final DateTimeFormatter AMZ_TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

    private final ObjectMapper json = new ObjectMapper();

    private NaiveOnce() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        System.out.println(new NaiveOnce().run());
    }

    /** Returns how many events it has stored. */
    private int run() throws IOException, GeneralSecurityException {
        byte[] saved = s3("GET", set("STATE_KEY"), null);
        ObjectNode state = saved == null ? json.createObjectNode() : (ObjectNode) json.readTree(saved);
        long now = System.currentTimeMillis();
        long from = state.path("last_timestamp_ms").asLong(now - 24 * 3600 * 1000);
        List<JsonNode> logs = new ArrayList<>();
        String offset = state.path(LAST_OFFSET).asText("");
        do {
            // The guide leaves the times out on further pages, which Duo refuses.
            Map<String, String> query = new TreeMap<>(Map.of(
                    "limit",
                    "1000",
                    "mintime",
                    Long.toString(from),
                    "maxtime",
                    Long.toString(now - 120_000),
                    "sort",
                    "ts:asc"));
            if (!offset.isEmpty()) {
                query.put("next_offset", offset);
            }
            JsonNode page = duo(query);
            page.path("items").forEach(logs::add);
            offset = page.path("metadata").path("next_offset").asText("");
        } while (!offset.isEmpty());
        state.put(LAST_OFFSET, offset);
        logs.stream()
                .map(log -> log.path("ts").asText())
                .max(String::compareTo)
                .ifPresent(latest ->
                        state.put("last_timestamp_ms", Instant.parse(latest).toEpochMilli() + 1));
        if (!logs.isEmpty()) {
            String lines = logs.stream().map(JsonNode::toString).collect(Collectors.joining("\n"));
            s3("PUT", "naive/telephony_" + now + ".json", lines.getBytes(UTF_8));
        }
        s3("PUT", set("STATE_KEY"), json.writeValueAsBytes(state));
        return logs.size();
    }

    private static String set(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }

    private JsonNode duo(Map<String, String> query) throws IOException, GeneralSecurityException {
        String arguments = query.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
        String date = DATE.format(Instant.now().atOffset(ZoneOffset.UTC));
        String canonical =
                String.join("\n", date, "GET", URI.create(set("DUO_BASE_URL")).getHost(), PATH, arguments);
        String signature =
                HexFormat.of().formatHex(mac("HmacSHA1", set("DUO_SKEY").getBytes(UTF_8), canonical));
        HttpURLConnection call = open(set("DUO_BASE_URL") + PATH + "?" + arguments);
        call.setRequestProperty("Date", date);
        call.setRequestProperty(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString((set("DUO_IKEY") + ":" + signature).getBytes(UTF_8)));
        return json.readTree(answer(call)).path("response");
    }

    /** Returns the object, or null if there is none. */
    private static byte @Nullable [] s3(String method, String key, byte @Nullable [] body)
            throws IOException, GeneralSecurityException {
        URI uri = URI.create(set("S3_ENDPOINT") + "/" + set("S3_BUCKET") + "/" + key);
        String time = AMZ_TIME.format(Instant.now().atOffset(ZoneOffset.UTC));
        String hash = sha256(body == null ? new byte[0] : body);
        String headers = "host;x-amz-content-sha256;x-amz-date";
        String request = String.join(
                "\n",
                method,
                uri.getRawPath(),
                "",
                "host:" + uri.getAuthority(),
                "x-amz-content-sha256:" + hash,
                "x-amz-date:" + time,
                "",
                headers,
                hash);
        String scope = time.substring(0, 8) + "/" + set("S3_REGION") + "/s3/aws4_request";
        byte[] secret = ("AWS4" + set("AWS_SECRET_ACCESS_KEY")).getBytes(UTF_8);
        for (String part : scope.split("/", -1)) {
            secret = mac("HmacSHA256", secret, part);
        }
        String toSign = String.join("\n", "AWS4-HMAC-SHA256", time, scope, sha256(request.getBytes(UTF_8)));
        String signature = HexFormat.of().formatHex(mac("HmacSHA256", secret, toSign));
        HttpURLConnection call = open(uri.toString());
        call.setRequestMethod(method);
        call.setRequestProperty("x-amz-content-sha256", hash);
        call.setRequestProperty("x-amz-date", time);
        call.setRequestProperty(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + set("AWS_ACCESS_KEY_ID") + "/" + scope + ", SignedHeaders=" + headers
                        + ", Signature=" + signature);
        if (body != null) {
            call.setDoOutput(true);
            call.setFixedLengthStreamingMode(body.length);
            call.getOutputStream().write(body);
        } else if (call.getResponseCode() == 404) {
            return null;
        }
        return answer(call);
    }

    private static HttpURLConnection open(String uri) throws IOException {
        return (HttpURLConnection) URI.create(uri).toURL().openConnection();
    }

    private static byte[] answer(HttpURLConnection call) throws IOException {
        if (call.getResponseCode() != 200) {
            String refusal = new String(call.getErrorStream().readNBytes(1000), UTF_8);
            throw new IOException(call.getURL().getPath() + ": " + call.getResponseCode() + " " + refusal);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        call.getInputStream().transferTo(body);
        return body.toByteArray();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] mac(String algorithm, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(text.getBytes(UTF_8));
    }
}
