// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.InBucket;
import dev.duocollector.source.DuoEvent;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

class InBucketTest {

    private static final String BUCKET = "in-bucket";
    private static final String OBJECT = "duo-telephony/telephony_20261120T120000.000Z_00001_25c056ba8eb4.ndjson";

    private final EmbeddedS3 s3 = World.s3();
    private final DuoEvent stored = event(1);
    private final DuoEvent twin = event(2);

    @BeforeEach
    void oneEventInTheBucket() {
        s3.createBucket(BUCKET);
        s3.client()
                .putObject(
                        request -> request.bucket(BUCKET).key(OBJECT),
                        RequestBody.fromString(new String(stored.json(), UTF_8)));
    }

    @Test
    void twinsOnOnePage_areTwoEvents() {
        InBucket inBucket = read();

        assertThat(inBucket.among(List.of(twin, stored))).containsExactly(stored.eventKey());
    }

    @Test
    void eventThatDuoHasChanged_isThere() {
        assertThat(read().among(List.of(twin))).containsExactly(twin.eventKey());
    }

    /** Whether the next page has the stored one as it is, nobody knows. */
    @Test
    void twinsOnTwoPages_areTold() {
        InBucket inBucket = read();

        try (Logs logs = Logs.capture()) {
            assertThat(inBucket.among(List.of(twin))).hasSize(1);
            assertThat(logs.lines(Level.WARN)).isEmpty();
            assertThat(inBucket.among(List.of(stored))).hasSize(1);
            assertThat(logs.lines(Level.WARN)).singleElement().asString().contains("2026-11-20T10:00:00Z", "verify");
        }
    }

    private InBucket read() {
        InBucket inBucket = InBucket.of(
                s3.client(),
                TestSettings.with("s3.bucket", BUCKET, "range.from", "2026-11-20", "range.to", "2026-11-20T23:00:00Z"));
        inBucket.read();
        return inBucket;
    }

    private static DuoEvent event(int credits) {
        try {
            return DuoEvent.of(
                    ("{\"telephony_id\":\"a\",\"ts\":\"2026-11-20T10:00:00Z\",\"credits\":" + credits + "}")
                            .getBytes(UTF_8),
                    DuoLog.TELEPHONY);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
