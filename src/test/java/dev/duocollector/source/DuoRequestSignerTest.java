// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SignatureVersion;
import dev.duocollector.testing.InLocales;
import dev.duocollector.testing.TickingClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@InLocales
class DuoRequestSignerTest {
    private static final String IKEY = "DIWJ8X6AEYOR5OMC6TQ1";
    private static final String SKEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
    private static final String HOST = "API-IIIIIIII.duosecurity.com";
    private static final Map<String, String> QUERY = Map.of("sort", "ts:asc", "limit", "1000", "next_offset", "1,a~b");
    private static final String CANONICAL = "limit=1000&next_offset=1%2Ca~b&sort=ts%3Aasc";

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2012-08-01T17:29:18Z"), ZoneOffset.UTC);

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final Message message = exchange.getMessage();

    @Test
    void preparesRequest_forCamelHttp() {
        sign(SignatureVersion.V5);

        assertThat(message.getHeaders())
                .containsOnlyKeys(
                        Exchange.HTTP_METHOD,
                        Exchange.HTTP_URI,
                        Exchange.HTTP_QUERY,
                        "Date",
                        "Authorization",
                        "Accept",
                        "User-Agent")
                .containsEntry(Exchange.HTTP_URI, "https://" + HOST + "/admin/v2/logs/telephony")
                .containsEntry(Exchange.HTTP_METHOD, "GET")
                .containsEntry(Exchange.HTTP_QUERY, CANONICAL)
                .containsEntry("Accept", "application/json")
                .containsEntry("User-Agent", "collector/1.0");
        assertThat(message.getBody()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void signsWhatItSends_inEachVersion(SignatureVersion version) {
        sign(version);

        String text = CanonicalRequest.get(
                        header("Date"), "api-iiiiiiii.duosecurity.com", "/admin/v2/logs/telephony", CANONICAL)
                .text(version);
        assertThat(credentials()).isEqualTo(IKEY + ":" + version.sign(SKEY, text));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2012-08-01T17:29:18Z     | Wed, 01 Aug 2012 17:29:18 +0000",
                "2026-12-31T23:59:59.999Z | Thu, 31 Dec 2026 23:59:59 +0000",
                "2027-01-01T00:00:00Z     | Fri, 01 Jan 2027 00:00:00 +0000",
            })
    void writesDate_inEnglishUtcAndTwoDigits(Instant now, String date) {
        sign(SignatureVersion.V5, Clock.fixed(now, ZoneOffset.UTC));

        assertThat(header("Date")).isEqualTo(date);
    }

    @Test
    void signsAfresh_whenTimeHasMoved() {
        Clock clock = TickingClock.from(CLOCK.instant());
        sign(SignatureVersion.V5, clock);
        String date = header("Date");
        String authorization = header("Authorization");

        sign(SignatureVersion.V5, clock);

        assertThat(header("Date")).isNotEqualTo(date);
        assertThat(header("Authorization")).isNotEqualTo(authorization);

        sign(SignatureVersion.V5, TickingClock.from(CLOCK.instant()));

        assertThat(header("Date")).as("at the first moment again").isEqualTo(date);
        assertThat(header("Authorization")).isEqualTo(authorization);
    }

    @Test
    void leavesNothing_ofTheMessageBefore() {
        message.setHeader("Set-Cookie", "a=b");
        message.setHeader("X-Duo-Date", "yesterday");
        message.setHeader(Exchange.HTTP_PATH, "/elsewhere");
        message.setHeader(Exchange.HTTP_URI, "http://elsewhere.invalid/");
        message.setHeader(Exchange.HTTP_RAW_QUERY, "limit=1");
        message.setBody("the page before");

        sign(SignatureVersion.V5);

        assertThat(message.getHeaders())
                .doesNotContainKeys("Set-Cookie", "X-Duo-Date", Exchange.HTTP_PATH, Exchange.HTTP_RAW_QUERY)
                .containsEntry(Exchange.HTTP_URI, "https://" + HOST + "/admin/v2/logs/telephony");
        assertThat(message.getBody()).isNull();
    }

    @Test
    void keepsCount_ofCamelsAttempts() {
        message.setHeader(Exchange.REDELIVERED, true);
        message.setHeader(Exchange.REDELIVERY_COUNTER, 2);
        message.setHeader(Exchange.REDELIVERY_MAX_COUNTER, 5);

        sign(SignatureVersion.V5);

        assertThat(message.getHeaders())
                .containsEntry(Exchange.REDELIVERED, true)
                .containsEntry(Exchange.REDELIVERY_COUNTER, 2)
                .containsEntry(Exchange.REDELIVERY_MAX_COUNTER, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void refusesEmptySecret_namingItsSetting(String skey) {
        exchange.setVariable(DuoRequestSigner.QUERY, QUERY);

        assertThatIllegalStateException()
                .isThrownBy(() -> signer(skey, SignatureVersion.V5, CLOCK).process(exchange))
                .withMessageContaining("duo.skey");
    }

    @Test
    void refusesMissingQuery_namingItsVariable() {
        assertThatIllegalStateException()
                .isThrownBy(() -> signer(SKEY, SignatureVersion.V5, CLOCK).process(exchange))
                .withMessageContaining("\"query\"");
    }

    @Test
    void printsHostAndVersion_butNoKey() {
        assertThat(signer(SKEY, SignatureVersion.V5, CLOCK).toString())
                .contains(HOST, "V5")
                .doesNotContain(SKEY, IKEY);
    }

    private void sign(SignatureVersion version) {
        sign(version, CLOCK);
    }

    private void sign(SignatureVersion version, Clock clock) {
        exchange.setVariable(DuoRequestSigner.QUERY, QUERY);
        signer(SKEY, version, clock).process(exchange);
    }

    private static DuoRequestSigner signer(String skey, SignatureVersion version, Clock clock) {
        return new DuoRequestSigner(
                IKEY,
                () -> skey,
                URI.create("https://" + HOST),
                DuoLog.TELEPHONY.path(),
                version,
                clock,
                "collector/1.0",
                Optional.empty());
    }

    private String header(String name) {
        return message.getHeader(name, String.class);
    }

    private String credentials() {
        String authorization = header("Authorization");
        assertThat(authorization).startsWith("Basic ");
        return new String(
                Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
    }
}
