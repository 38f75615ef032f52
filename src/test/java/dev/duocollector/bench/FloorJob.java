// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.source.DuoRequestSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Copies pages from Duo to S3 in a loop, whole and unread but for the offset, which a search for its name finds. For each
 * page it makes the requests that the collector makes: a GET, a conditional PUT of the page, and a conditional PUT as large
 * as the collector's state. Signer and S3 client are the project's; the context only carries them.
 */
final class FloorJob implements Job {

    /** How large the state was that the collector wrote; a setting of the benchmark's own. */
    static final String STATE_BYTES = "bench.state-bytes";

    private static final String OFFSET = "\"next_offset\":\"";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Settings settings = new Settings();
    private final CloseableHttpClient duo =
            HttpClients.custom().disableCookieManagement().build();
    private final S3Client s3;
    private final byte[] state;

    FloorJob(Map<String, String> overrides) {
        Properties properties = new Properties();
        properties.putAll(overrides);
        context.getPropertiesComponent().setLocation("classpath:application.properties");
        context.getPropertiesComponent().setOverrideProperties(properties);
        settings.setCamelContext(context);
        s3 = S3Clients.create(settings);
        state = new byte[Integer.parseInt(overrides.get(STATE_BYTES))];
    }

    @Override
    public void run() throws IOException {
        DuoRequestSigner signer = DuoRequestSigner.of(settings, Clock.systemUTC());
        WindowQuery query = new WindowQuery(settings, Clock.systemUTC());
        Exchange request = new DefaultExchange(context);
        String etag = null;
        int page = 0;
        for (String offset = ""; offset != null && !isEnough(page); page++) {
            query.process(request);
            signer.process(request);
            byte[] body = get(request);
            offset = offset(body);
            if (offset != null) {
                etag = putState(etag);
                put(page, body);
                request.setVariable("offset", offset);
            }
        }
    }

    private boolean isEnough(int page) {
        return settings.log().get(SettingTable.ITERATIONS_MAX) > 0
                && page >= settings.log().get(SettingTable.ITERATIONS_MAX);
    }

    private byte[] get(Exchange signed) throws IOException {
        HttpGet get = new HttpGet(settings.account().baseUrl() + DuoLog.TELEPHONY.path() + "?"
                + signed.getMessage().getHeader(Exchange.HTTP_QUERY, String.class));
        for (String name : new String[] {"Date", "Authorization", "Accept", "User-Agent"}) {
            get.setHeader(name, signed.getMessage().getHeader(name, String.class));
        }
        return duo.execute(get, answer -> {
            byte[] body = EntityUtils.toByteArray(answer.getEntity());
            if (answer.getCode() != 200) {
                throw new IOException("Duo answered " + answer.getCode() + " " + new String(body, ISO_8859_1));
            }
            return body;
        });
    }

    private static @Nullable String offset(byte[] body) {
        String text = new String(body, ISO_8859_1);
        int start = text.lastIndexOf(OFFSET);
        return start < 0 ? null : text.substring(start + OFFSET.length(), text.indexOf('"', start + OFFSET.length()));
    }

    private void put(int page, byte[] body) {
        String key = settings.log().prefix().value() + "/page-" + page + ".json";
        s3.putObject(
                put -> put.bucket(settings.account().bucket())
                        .key(key)
                        .contentType("application/json")
                        .ifNoneMatch("*"),
                RequestBody.fromBytes(body));
    }

    private String putState(@Nullable String etag) {
        return s3.putObject(
                        put -> {
                            put.bucket(settings.account().bucket())
                                    .key(settings.log().stateKey())
                                    .contentType("application/json");
                            if (etag == null) {
                                put.ifNoneMatch("*");
                            } else {
                                put.ifMatch(etag);
                            }
                        },
                        RequestBody.fromBytes(state))
                .eTag();
    }

    @Override
    public void close() {
        s3.close();
        try {
            duo.close();
            context.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
