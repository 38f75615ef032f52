// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.check.Check;
import dev.duocollector.check.S3Checks;
import dev.duocollector.deploy.AwsCall;
import dev.duocollector.deploy.IamPolicy;
import dev.duocollector.deploy.PolicyFiles;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The shipped IAM policies against every request that the collector makes to S3: each is granted, and a policy with any piece
 * less refuses one. What IAM asks for each request stands in {@link AwsCall}.
 */
class IamPolicyTest {

    private static final String KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000";

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void grantsEveryRequest_andNothingMore() {
        makeEveryKindOfRun();
        check();

        assertSufficientAndMinimal(IamPolicy.of(policy("collector")), calls());
    }

    @Test
    void grantsEveryRequest_andNothingMore_withUdmObjects() {
        incident.set("udm.prefix", World.UDM_PREFIX);
        makeEveryKindOfRun();
        world.assertUdmOfEveryObject();

        check();

        assertSufficientAndMinimal(IamPolicy.of(policy("collector"), policy("collector-udm")), calls());
    }

    @Test
    void grantsWhatACheckAsks_andNothingStays() {
        IamPolicy policy = IamPolicy.of(policy("collector"));
        enforce(policy);

        assertThat(check()).extracting(Check::outcome).containsOnly(Check.Outcome.PASS);

        assertThat(calls()).isNotEmpty().allMatch(policy::allows);
        assertThat(probeDeletions()).hasSize(1);
        assertThat(world.everything()).isEmpty();
    }

    /** A role may be without s3:DeleteObject; then the probe stays, and is good for the next time. */
    @Test
    void withoutTheRightToDelete_aCheckPasses_andItsProbeStays() {
        enforce(IamPolicy.of(policy("collector")).eachWithOnePieceLess().get("statement DeleteProbe"));

        assertThat(check()).extracting(Check::outcome).containsOnly(Check.Outcome.PASS);

        assertThat(probeDeletions()).as("refused").hasSize(1).allMatch(request -> request.fault() == Fault.ANSWER_403);
        assertThat(world.everything()).containsOnlyKeys(World.STATE_KEY + ".check");
    }

    private List<ProxiedRequest> probeDeletions() {
        return world.s3Proxy.requests().stream()
                .filter(request -> request.method().equals("DELETE"))
                .toList();
    }

    @Test
    void grantsWhatTheKeyIsNeededFor_andNothingMore() {
        makeEveryKindOfRun();

        List<AwsCall> calls = new ArrayList<>();
        for (ProxiedRequest request : world.s3Proxy.requests()) {
            calls.addAll(AwsCall.kmsOf(request, request.status() == 404, KEY, true));
            calls.addAll(AwsCall.kmsOf(request, request.status() == 404, KEY, false));
        }
        assertSufficientAndMinimal(IamPolicy.of(policy("collector-kms")), calls);
    }

    /** As S3 would: what the policy does not grant is refused, and what is not there is "forbidden" to who may not list. */
    @ParameterizedTest
    @CsvSource({
        "statement ReadAndWriteObjectsAndState, s3:GetObject",
        "statement TellMissingFromForbidden, s3:ListBucket",
        "ReadAndWriteObjectsAndState: s3:GetObject, s3:GetObject",
        "ReadAndWriteObjectsAndState: s3:PutObject, s3:PutObject"
    })
    void collectorSaysWhatIsMissing_underAPolicyWithLess(String piece, String said) {
        IamPolicy policy = IamPolicy.of(policy("collector"));
        enforce(policy.eachWithOnePieceLess().get(piece));

        incident.run(RunOutcome.OPERATOR)
                .contains("403 AccessDenied")
                .contains("Grant ")
                .contains(said);

        assertThat(world.objects()).isEmpty();
        enforce(policy);
        incident.run(RunOutcome.DONE);
        incident.assertEveryEventOnce();
    }

    /**
     * First run, further run, a bounded run and the next, and recoveries of a batch that had reached the bucket and of one that
     * had not; with and without compression.
     */
    private void makeEveryKindOfRun() {
        fail(Fault.DROP_BEFORE);
        incident.run(RunOutcome.FAILED);
        incident.restart();
        incident.repair();
        fail(Fault.DROP_AFTER);
        incident.run(RunOutcome.FAILED);
        incident.restart();
        incident.repair();
        incident.set("max.iterations", "1").set("s3.compression", "gzip");
        incident.run(RunOutcome.MORE);
        incident.set("max.iterations", "0").restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    /** Asks S3 what the command check asks, as the collector that would run. */
    private List<Check> check() {
        List<Check> checks = new ArrayList<>();
        Registry beans = incident.collector().context().getRegistry();
        new S3Checks(
                        beans.lookupByNameAndType("s3Client", S3Client.class),
                        beans.lookupByNameAndType("settings", Settings.class),
                        world.clock,
                        checks::add)
                .run();
        return checks;
    }

    private void fail(Fault fault) {
        world.s3Proxy.plan(FaultPlan.logical(FaultPlan.at(1, IamPolicyTest::isObject, fault), FaultPlan.Tries.ALL));
    }

    private static boolean isObject(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/duo-telephony/");
    }

    private List<AwsCall> calls() {
        List<AwsCall> calls = new ArrayList<>();
        for (ProxiedRequest request : world.s3Proxy.requests()) {
            calls.addAll(AwsCall.of(request, request.status() == 404));
        }
        return calls;
    }

    private void enforce(IamPolicy policy) {
        world.s3Proxy.plan(request ->
                policy.allows(AwsCall.of(request, !world.everything().containsKey(AwsCall.key(request))))
                        ? Fault.NONE
                        : Fault.ANSWER_403);
    }

    private JsonNode policy(String name) {
        return PolicyFiles.policy(name, Map.of("BUCKET", world.bucket, "KMS_KEY_ARN", KEY));
    }

    private static void assertSufficientAndMinimal(IamPolicy policy, List<AwsCall> calls) {
        assertThat(calls).isNotEmpty().allMatch(policy::allows);
        Map<String, IamPolicy> less = policy.eachWithOnePieceLess();
        assertThat(less).isNotEmpty();
        less.forEach((piece, rest) ->
                assertThat(rest.allows(calls)).as("enough without " + piece).isFalse());
    }
}
