// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunOutcome;
import dev.duocollector.simulator.MadeUpEvents;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With {@code udm.prefix}: a UDM object beside each object of events, whatever happens between the two writes. */
class UdmObjectTest {

    private static final String MASKING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - split:
                        simple: "${body}"
                        steps:
                          - script:
                              simple: "${body.put('phone', 'masked')}"
            """;

    private static final String DROPPING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - setBody:
                        jsonpath: "$[?(@.context == 'nothing')]"
            """;

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @BeforeEach
    void switchOn() {
        incident.set("udm.prefix", World.UDM_PREFIX);
    }

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void eachObject_isThereAsUdm_underTheSameName() {
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 0 dropped by your steps, 5 stored in 3 objects (3 as UDM, too)");

        world.assertUdmOfEveryObject();
        assertThat(world.udmObjects()).hasSize(3);
        assertThat(world.udmObjects().firstKey()).endsWith(".ndjson");
        assertThat(world.contentType(world.udmObjects().firstKey())).isEqualTo("application/x-ndjson");
        assertThat(String.join("", world.udmLines()))
                .contains("USER_UNCATEGORIZED")
                .doesNotContain("eventtype\":\"telephony");
    }

    @Test
    void nothing_isThereAsUdm_withoutThePrefix() {
        incident.set("udm.prefix", "");
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 0 dropped by your steps, 5 stored in 3 objects, 0 seen before");

        assertThat(world.everything()).hasSize(4);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void udmObject_isCompressed_asTheOther() {
        incident.set("s3.compression", "gzip");
        incident.run(RunOutcome.DONE);

        world.assertUdmOfEveryObject();
        assertThat(world.udmObjects().firstKey()).endsWith(".ndjson.gz");
        assertThat(world.contentType(world.udmObjects().firstKey())).isEqualTo("application/gzip");
    }

    @Test
    void pending_namesBoth_andTheObjectComesFirst() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);

        assertThat(world.state()).contains("\"udmObjectKey\":\"" + World.UDM_PREFIX + "/telephony_");
        assertThat(world.objects()).hasSize(1);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void udmObject_isMadeOfWhatIsStored_whenARecoveryFindsThatAlone() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        incident.routes(Map.of("event-steps.camel.yaml", MASKING)).restart();
        incident.mend();

        incident.run(RunOutcome.DONE);

        world.assertUdmOfEveryObject();
        assertThat(world.udmLines().get(0)).as("stored before the steps masked").doesNotContain("masked");
        assertThat(world.udmLines().get(2)).as("stored after").contains("\"phoneNumbers\":[\"masked\"]");
        assertThat(world.lines()).hasSize(5);
    }

    @Test
    void udmObject_isMade_asDeclared_onceTheSettingIsBackThatWentMeanwhile() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        incident.set("udm.prefix", "").restart();
        incident.run(RunOutcome.OPERATOR)
                .contains("has a batch pending under the prefix 'duo-telephony-udm', and udm.prefix is 'not set'")
                .contains("Set udm.prefix=duo-telephony-udm back for one run");
        incident.set("udm.prefix", "duo-telephony-udm").restart();

        incident.mendsWithoutLossOrDouble();

        world.assertUdmOfEveryObject();
    }

    @Test
    void udmObjectThatIsThere_countsAsWritten_whenARecoveryMakesItAgain() {
        world.s3Proxy.plan(
                FaultPlan.logical(FaultPlan.at(1, UdmObjectTest::isUdm, Fault.DROP_AFTER), FaultPlan.Tries.ALL));
        incident.run(RunOutcome.FAILED);
        assertThat(world.udmObjects()).hasSize(1);

        incident.mendsWithoutLossOrDouble();

        world.assertUdmOfEveryObject();
    }

    @Test
    void unmappableEvent_isLeftOut_andStaysInTheObject() {
        world.events.add(new MadeUpEvents(3).withoutTs(World.START.minus(Duration.ofMinutes(6))));

        assertThat(incident.collector().run().outcome()).isEqualTo(RunOutcome.DONE);

        assertThat(world.lines()).hasSize(6);
        assertThat(world.udmLines()).hasSize(5);
        assertThat(incident.logs.lines(Level.WARN))
                .filteredOn(line -> line.contains("cannot be mapped to UDM"))
                .singleElement()
                .asString()
                .startsWith("1 of the ")
                .contains("left out of " + World.UDM_PREFIX + "/telephony_")
                .endsWith(
                        "the first because no time can be read from ts, timestamp or isotimestamp, and none is made up.");
    }

    @Test
    void noUdmObject_isMade_whenNothingCanBeMapped_orNothingIsStored() {
        incident.routes(Map.of("event-steps.camel.yaml", DROPPING));
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 5 dropped by your steps, 0 stored in 0 objects, 0 seen before");
        assertThat(world.everything()).hasSize(1);

        incident.routes(Map.of()).restart();
        world.events.add(new MadeUpEvents(3).withoutTs(world.clock.instant()));
        world.clock.advance(Duration.ofMinutes(20));
        assertThat(incident.collector().run().outcome()).isEqualTo(RunOutcome.DONE);
        assertThat(world.objects()).hasSize(1);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void says_whatAnOperatorMustGrant_whenUdmObjectsCannotBeWritten() {
        world.s3Proxy.plan(request -> isUdm(request) ? Fault.ANSWER_403 : Fault.NONE);

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:PutObject on s3://" + world.bucket + "/" + World.UDM_PREFIX + "/*")
                .contains("Grant s3:PutObject on arn:aws:s3:::" + world.bucket + "/" + World.UDM_PREFIX + "/*");

        incident.mendsWithoutLossOrDouble();
        world.assertUdmOfEveryObject();
    }

    @Test
    void storesBothAgain_whenSomebodyDeletesTheObjectBetween() {
        world.s3Proxy.onRequest(request -> {
            if (request.method().equals("GET") && request.path().contains("/duo-telephony/")) {
                world.deleteObjects();
            }
        });

        incident.run(RunOutcome.FAILED)
                .contains("Somebody deleted an object under s3://" + world.bucket
                        + "/duo-telephony/* before its UDM events")
                .contains("Nothing is lost");

        world.s3Proxy.onRequest(request -> {});
        incident.mendsWithoutLossOrDouble();
        world.assertUdmOfEveryObject();
    }

    private void failUdmWrites() {
        world.s3Proxy.plan(request -> isUdm(request) ? Fault.DROP_BEFORE : Fault.NONE);
    }

    private static boolean isUdm(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/" + World.UDM_PREFIX + "/");
    }
}
