// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.duosecurity.client.Http;
import dev.duocollector.simulator.SignedGet.Reply;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the simulator's signature rules against Duo's own client, which signs but cannot be sent to a local server. */
class OfficialClientTest {
    private static final String PARENT_IKEY = "DIPARENT000000000000";

    private final Clock clock = Clock.systemUTC();
    private final TimeZone zoneBefore = Http.RFC_2822_DATE_FORMAT.getTimeZone();

    /** The client writes its Date in the zone of the JVM; the simulator, unlike Duo, wants UTC. */
    @BeforeEach
    void setZone() {
        Http.RFC_2822_DATE_FORMAT.setTimeZone(TimeZone.getTimeZone("UTC"));
    }

    @AfterEach
    void restoreZone() {
        Http.RFC_2822_DATE_FORMAT.setTimeZone(zoneBefore);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void requestOfDuosClient_isAccepted(int version) throws Exception {
        try (DuoSimulator simulator = simulator()) {
            OfficialGet get = new OfficialGet(simulator.uri().getHost());
            get.signRequest(SignedGet.IKEY, SignedGet.SKEY, version);
            assertThat(get.send(simulator.uri()).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void requestOfDuosClient_isRefusedWithAnotherSecretKey(int version) throws Exception {
        try (DuoSimulator simulator = simulator()) {
            OfficialGet get = new OfficialGet(simulator.uri().getHost());
            get.signRequest(SignedGet.IKEY, SignedGet.SKEY + "x", version);
            assertThat(get.send(simulator.uri()).status()).isEqualTo(401);
            simulator.takeRefusal(40103);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, application/x-www-form-urlencoded, ''", "5, application/json, {}"})
    void listOfDuosClient_isAccepted(int version, String type, String body) throws Exception {
        try (DuoSimulator simulator = simulator()) {
            simulator.addParent(PARENT_IKEY, SignedGet.SKEY, "api-parent.duosecurity.com");
            OfficialList list = new OfficialList(simulator.uri().getHost());
            list.signRequest(PARENT_IKEY, SignedGet.SKEY, version);
            assertThat(list.send(simulator.uri(), type, body).body()).isEqualTo("{\"response\":[],\"stat\":\"OK\"}");

            list.signRequest(PARENT_IKEY, SignedGet.SKEY + "x", version);
            assertThat(list.send(simulator.uri(), type, body).statusCode()).isEqualTo(401);
            simulator.takeRefusal(40103);
        }
    }

    private DuoSimulator simulator() {
        return DuoSimulator.builder()
                .ikey(SignedGet.IKEY)
                .skey(SignedGet.SKEY)
                .clock(clock)
                .events(new MemoryEventStore())
                .start();
    }

    /** Duo's client, signing as it always does, with its headers caught on their way into its own HTTP client. */
    private final class OfficialGet extends Http {
        private final Map<String, String> headers = new TreeMap<>();
        private String signedQuery = "";

        // The builder that should be used instead makes instances of its own, which nothing can be caught from.
        @SuppressWarnings("deprecation")
        OfficialGet(String host) {
            super("GET", host, SimulatedLog.TELEPHONY.path(), DEFAULT_TIMEOUT_SECS);
            Instant now = clock.instant();
            addParam("sort", "ts:asc");
            addParam("mintime", SignedGet.millis(now.minus(Duration.ofHours(24))));
            addParam("maxtime", SignedGet.millis(now.minus(Duration.ofMinutes(2))));
            addParam("limit", "1000");
        }

        @Override
        public void addHeader(String name, String value) {
            headers.put(name, value);
        }

        @Override
        protected String canonRequest(String date, int version) throws UnsupportedEncodingException {
            String lines = super.canonRequest(date, version);
            signedQuery = lines.split("\n", -1)[4];
            return lines;
        }

        Reply send(URI base) throws IOException {
            URI uri = URI.create(base + SimulatedLog.TELEPHONY.path() + "?" + signedQuery);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            headers.forEach(connection::setRequestProperty);
            return Reply.of(connection);
        }
    }
    /** Duo's client, signing the list of a parent's children, which has no parameters. */
    private static final class OfficialList extends Http {
        private final Map<String, String> headers = new TreeMap<>();

        @SuppressWarnings("deprecation")
        OfficialList(String host) {
            super("POST", host, SimulatedParent.LIST_PATH, DEFAULT_TIMEOUT_SECS);
        }

        @Override
        public void addHeader(String name, String value) {
            headers.put(name, value);
        }

        HttpResponse<String> send(URI base, String type, String body) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(SimulatedParent.LIST_PATH))
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            headers.forEach(request::header);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
