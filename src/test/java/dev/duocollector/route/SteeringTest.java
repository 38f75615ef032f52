// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.foreignHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.testing.RawServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes from outside as a header decides nothing: not where requests go, not what is stored where. */
class SteeringTest {

    private static final String STEPS = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct:event-steps
                  steps:
                    - setHeader:
                        id: slip
                        name: %s
                        constant: "%s"
            """;

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    /** Camel's own headers, as an answer of Duo's or of whatever answers in its place may bring them. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "CamelHttpUri, http://127.0.0.1:PORT/elsewhere",
        "camelhttpuri, http://127.0.0.1:PORT/elsewhere",
        "CAmelHttpUri, http://127.0.0.1:PORT/elsewhere",
        "CamelRestHttpUri, http://127.0.0.1:PORT/elsewhere",
        "CamelHttpUri, '{{bean:settings?method=secretKey}}'",
        "CamelHttpPath, /admin/v1/users",
        "CamelHttpQuery, limit=1",
        "CamelHttpMethod, DELETE",
        "CamelAwsS3Key, elsewhere/stolen.ndjson",
        "CAmelAwsS3Key, elsewhere/stolen.ndjson",
        "CamelAwsS3Key, '${bean:settings?method=secretKey}'",
        "CamelAwsS3BucketName, another-bucket",
        "CamelAwsS3OverrideBucketName, another-bucket",
        "CamelAwsS3Operation, deleteBucket",
        "CamelAwsS3ContentEncoding, identity",
        "CamelAwsS3CannedAcl, public-read",
        "CamelBeanMethodName, secretKey",
        "CamelFileName, /tmp/elsewhere",
        "CamelLoopIndex, 1000",
        "Long-Running-Action, http://127.0.0.1:PORT/saga",
        "Location, http://127.0.0.1:PORT/elsewhere",
        "Refresh, 0; url=http://127.0.0.1:PORT/elsewhere"
    })
    void aHeaderOfAnAnswer_steersNothing(String name, String value) {
        try (RawServer elsewhere = RawServer.start()) {
            AtomicInteger answered = new AtomicInteger();
            Misbehavior foreign =
                    foreignHeaders(Map.of(name, value.replace("PORT", Integer.toString(elsewhere.port()))));
            world.duo.misbehave(request -> true, call -> {
                answered.incrementAndGet();
                return foreign.answer(call);
            });

            incident.run(RunOutcome.DONE);

            assertThat(answered).as("answers with it").hasValueGreaterThan(1);
            assertThat(elsewhere.connections()).isZero();
        }
        assertEverythingInItsPlace();
        incident.assertEveryEventOnce();
    }

    /**
     * An operator's step is trusted, but a header that it leaves behind is most likely a slip. (With CamelAwsS3Operation, the put
     * used to list instead, and the events counted as stored.)
     */
    @ParameterizedTest
    @CsvSource({
        "CamelAwsS3Key, elsewhere/slip.ndjson",
        "CamelAwsS3BucketName, another-bucket",
        "CamelAwsS3OverrideBucketName, another-bucket",
        "CamelAwsS3Operation, listBuckets",
        "camelawss3operation, listObjects",
        "CamelAwsS3ContentLength, 1",
        "CamelAwsS3ContentType, text/plain",
        "CamelAwsS3CannedAcl, public-read",
        "CamelAwsS3PrefixKey, elsewhere/",
        "CamelHttpUri, http://127.0.0.1:1/elsewhere",
        "CamelHttpMethod, DELETE"
    })
    void aHeaderThatAStepLeaves_steersNothing(String name, String value) {
        incident.routes(Map.of("event-steps.camel.yaml", STEPS.formatted(name, value)));

        incident.run(RunOutcome.DONE);

        assertEverythingInItsPlace();
        incident.assertEveryEventOnce();
    }

    @Test
    void everyRequest_isOneOfTheUsual() {
        incident.run(RunOutcome.DONE);

        assertEverythingInItsPlace();
        assertThat(world.objects()).isNotEmpty();
    }

    private void assertEverythingInItsPlace() {
        assertThat(world.everything().keySet())
                .isNotEmpty()
                .allMatch(
                        key -> key.matches("duo-telephony/telephony_[\\w.]+\\.ndjson") || key.equals(World.STATE_KEY));
        Map<String, Integer> methods = new LinkedHashMap<>();
        for (ProxiedRequest request : world.duoProxy.requests()) {
            methods.merge(request.method() + " " + request.path(), 1, Integer::sum);
        }
        assertThat(methods).containsOnlyKeys("GET /admin/v2/logs/telephony");
        assertThat(world.s3Proxy.requests())
                // A first run lists what may be there already.
                .allMatch(request -> request.path().startsWith("/" + world.bucket + "/")
                        || (request.method().equals("GET") && request.path().equals("/" + world.bucket)))
                .noneMatch(request -> request.method().equals("DELETE"))
                .noneMatch(request -> request.header("x-amz-acl").isPresent());
        world.objects()
                .keySet()
                .forEach(key -> assertThat(world.contentType(key)).isEqualTo("application/x-ndjson"));
    }
}
