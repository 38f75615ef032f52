// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openrewrite.SourceFile;
import org.openrewrite.hcl.HclParser;
import org.openrewrite.tree.ParseError;

/** The policies as JSON, as Terraform and as CloudFormation: each parses, and all say the same. */
class AwsTemplatesTest {

    private static final Path AWS = Path.of("src", "deploy", "aws");
    private static final List<String> TERRAFORM = List.of("main.tf", "outputs.tf", "variables.tf");

    static List<String> policies() {
        return PolicyFiles.names();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void everyPolicy_isJson_withStatementsOfItsOwn(String name) {
        JsonNode policy = PolicyFiles.policy(name, Map.of());

        assertThat(policy.path("Version").asText()).isEqualTo("2012-10-17");
        List<String> sids = new ArrayList<>();
        policy.path("Statement")
                .forEach(statement -> sids.add(statement.path("Sid").asText()));
        assertThat(sids).isNotEmpty().doesNotHaveDuplicates().allMatch(sid -> sid.matches("[A-Za-z0-9]+"));
    }

    @Test
    void aBrokenPolicy_isRefused() {
        String policy = PolicyFiles.template("collector");

        assertThat(PolicyFiles.parse(policy).path("Statement")).hasSize(3);
        assertThatThrownBy(() -> PolicyFiles.parse(policy.substring(0, policy.length() - 3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IamPolicy.of(PolicyFiles.parse(policy.replace("\"Allow\"", "\"Alow\""))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IamPolicy.of(PolicyFiles.parse(policy.replaceFirst("\"Action\"", "\"Actions\""))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What the feed may, and what not. */
    @ParameterizedTest
    @CsvSource({
        "reader-keep, s3:GetObject, duo-telephony/a.ndjson, true",
        "reader-keep, s3:DeleteObject, duo-telephony/a.ndjson, false",
        "reader-delete, s3:GetObject, duo-telephony/a.ndjson, true",
        "reader-delete, s3:DeleteObject, duo-telephony/a.ndjson, true",
        "reader-keep, s3:GetObject, duo-telephony-state/api.json, false",
        "reader-delete, s3:DeleteObject, duo-telephony-state/api.json, false",
        "reader-delete, s3:PutObject, duo-telephony/a.ndjson, false",
        "collector, s3:DeleteObject, duo-telephony/a.ndjson, false",
        "collector, s3:DeleteObject, duo-telephony-state/api.json, false",
        "collector, s3:DeleteObject, duo-telephony-state/api.json.v2, false",
        "collector, s3:DeleteObject, duo-telephony-state/api.json.check, true",
        "collector, s3:PutObject, duo-telephony-state/api.json.check, true",
        "collector, s3:GetObject, duo-telephony-state/api.json, true",
        "collector, s3:PutObject, duo-telephony-state/api.json.v2, true",
        "collector, s3:PutObject, duo-telephony-state/api_20261123T081500.000Z.json, true",
        "collector, s3:PutObject, elsewhere/a.ndjson, false"
    })
    void policy_grantsThisAndNotThat(String policy, String action, String key, boolean granted) {
        AwsCall call = new AwsCall(action, "arn:aws:s3:::my-duo-logs/" + key, Map.of());

        assertThat(IamPolicy.of(PolicyFiles.policy(policy, Map.of())).allows(call))
                .isEqualTo(granted);
    }

    @ParameterizedTest
    @CsvSource({"duo-telephony/, true", "duo-telephony-state/, false", "'', false"})
    void reader_listsTheFeedsPrefixOnly(String prefix, boolean granted) {
        AwsCall call = new AwsCall("s3:ListBucket", "arn:aws:s3:::my-duo-logs", Map.of("s3:prefix", prefix));

        assertThat(IamPolicy.of(PolicyFiles.policy("reader-keep", Map.of())).allows(call))
                .isEqualTo(granted);
    }

    /** What a first run lists, and a check; and nothing above it. */
    @ParameterizedTest
    @CsvSource({
        "duo-telephony/telephony_, true",
        "duo-telephony/, true",
        "duo-telephony-state/api.json, true",
        "duo-telephony-elsewhere/, false",
        "'', false"
    })
    void collector_listsWhatItLooksFor(String prefix, boolean granted) {
        AwsCall call = new AwsCall("s3:ListBucket", "arn:aws:s3:::my-duo-logs", Map.of("s3:prefix", prefix));

        assertThat(IamPolicy.of(PolicyFiles.policy("collector", Map.of())).allows(call))
                .isEqualTo(granted);
    }

    @Test
    void values_areThoseThatThePoliciesName() {
        assertThat(places()).isEqualTo(PolicyFiles.values().keySet()).contains("BUCKET");
    }

    @Test
    void page_showsTheCollectorsPolicy() {
        Matcher shown = Pattern.compile("```json\\n(\\{\\s+\"Version\".*?)```", Pattern.DOTALL)
                .matcher(PolicyFiles.read(Path.of("src/site/markdown/AWS.md")));

        assertThat(shown.find()).isTrue();
        assertThat(PolicyFiles.parse(shown.group(1))).isEqualTo(PolicyFiles.policy("collector", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', false, ec2",
        "duo-telephony-udm, '', '', false, ecs",
        "duo-telephony-udm, arn:aws:kms:eu-central-1:123456789012:key/k, 000000000000000000000, false, ec2",
        "'', arn:aws:kms:eu-central-1:123456789012:key/k, 000000000000000000000, true, ecs",
    })
    void cloudFormation_holdsThesePolicies(String udm, String key, String subject, boolean deletes, String runsOn) {
        Map<String, JsonNode> resources = CloudFormation.parse(PolicyFiles.read(AWS.resolve("cloudformation.yaml")))
                .resources(
                        Map.of(
                                "Bucket", "my-duo-logs",
                                "UdmPrefix", udm,
                                "KmsKeyArn", key,
                                "ReaderSubjectId", subject,
                                "ReaderDeletes", String.valueOf(deletes),
                                "RunsOn", runsOn),
                        Map.of("AWS::Partition", "aws", "AWS::AccountId", "123456789012"));

        Map<String, String> expected = new TreeMap<>(
                Map.of("LogsPolicy", "bucket", "Collector", "trust-" + runsOn, "CollectorPolicy", "collector"));
        if (!udm.isEmpty()) {
            expected.put("CollectorUdmPolicy", "collector-udm");
        }
        if (!key.isEmpty()) {
            expected.put("CollectorKmsPolicy", "collector-kms");
        }
        if (!subject.isEmpty()) {
            expected.put("Reader", "trust-secops");
            expected.put(
                    deletes ? "ReaderDeletePolicy" : "ReaderKeepPolicy", deletes ? "reader-delete" : "reader-keep");
            expected.put("ReaderKmsPolicy", "reader-kms");
        }
        Map<String, JsonNode> found = new TreeMap<>();
        resources.forEach((name, resource) -> Stream.of("PolicyDocument", "AssumeRolePolicyDocument")
                .map(property -> resource.path("Properties").path(property))
                .filter(JsonNode::isObject)
                .forEach(document -> found.put(name, document)));
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((resource, policy) -> assertThat(found.get(resource))
                .as(resource)
                .isEqualTo(PolicyFiles.policy(policy, key.isEmpty() ? Map.of() : Map.of("KMS_KEY_ARN", key))));
    }

    /** Each further log has the same, in its own places. */
    @ParameterizedTest
    @CsvSource({
        "Authentication, authentication, false",
        "Authentication, authentication, true",
        "Activity, activity, false",
        "Activity, activity, true"
    })
    void cloudFormation_holdsThePolicies_ofAFurtherLog(String parameter, String log, boolean deletes) {
        CloudFormation template = CloudFormation.parse(PolicyFiles.read(AWS.resolve("cloudformation.yaml")));
        Map<String, String> one =
                Map.of("Bucket", "my-duo-logs", "ReaderSubjectId", "1", "ReaderDeletes", String.valueOf(deletes));
        Map<String, String> two = new TreeMap<>(one);
        two.put(parameter, "true");
        Map<String, String> pseudo = Map.of("AWS::Partition", "aws");
        Map<String, JsonNode> further = new TreeMap<>(template.resources(two, pseudo));
        further.keySet().removeAll(template.resources(one, pseudo).keySet());
        Map<String, String> places = Map.of("PREFIX", "duo-" + log, "STATE_FOLDER", "duo-" + log + "-state");
        String reader = "Reader" + parameter + (deletes ? "Delete" : "Keep") + "Policy";

        assertThat(further.keySet()).containsExactlyInAnyOrder("Collector" + parameter + "Policy", reader);
        assertThat(further.get("Collector" + parameter + "Policy").at("/Properties/PolicyDocument"))
                .isEqualTo(PolicyFiles.policy("collector", places));
        assertThat(further.get(reader).at("/Properties/PolicyDocument"))
                .isEqualTo(PolicyFiles.policy(deletes ? "reader-delete" : "reader-keep", places));
        assertThat(template.resources(two, pseudo)
                        .get("Logs")
                        .at("/Properties/LifecycleConfiguration/Rules")
                        .findValuesAsText("Prefix"))
                .contains("duo-" + log + "-state/", "duo-" + log + "/");
        assertThat(template.resources(one, pseudo)
                        .get("Logs")
                        .at("/Properties/LifecycleConfiguration/Rules")
                        .findValuesAsText("Prefix"))
                .doesNotContain("duo-" + log + "-state/");
    }

    @ParameterizedTest
    @CsvSource({"Authentication, duo-authentication-udm", "Activity, duo-activity-udm"})
    void cloudFormation_holdsThePolicy_ofAFurtherLogsUdmObjects(String log, String prefix) {
        CloudFormation template = CloudFormation.parse(PolicyFiles.read(AWS.resolve("cloudformation.yaml")));
        Map<String, String> without = Map.of("Bucket", "my-duo-logs");
        Map<String, String> pseudo = Map.of("AWS::Partition", "aws");
        Map<String, JsonNode> added =
                new TreeMap<>(template.resources(Map.of("Bucket", "my-duo-logs", log + "UdmPrefix", prefix), pseudo));
        added.keySet().removeAll(template.resources(without, pseudo).keySet());

        assertThat(added.keySet()).containsExactly("Collector" + log + "UdmPolicy");
        assertThat(added.get("Collector" + log + "UdmPolicy").at("/Properties/PolicyDocument"))
                .isEqualTo(PolicyFiles.policy("collector-udm", Map.of("UDM_PREFIX", prefix)));
    }

    /** What the policy for all accounts grants to each: their places are inside those of the log. */
    @ParameterizedTest
    @CsvSource({
        "collector, s3:PutObject, duo-telephony/acme/a.ndjson, true",
        "collector, s3:PutObject, duo-telephony-state/api-1a2b3c4d.duosecurity.com.json, true",
        "collector, s3:PutObject, customers/acme/a.ndjson, false",
        "collector-udm, s3:PutObject, duo-telephony-udm/acme/a.ndjson, true",
        "collector-udm, s3:PutObject, duo-activity-udm/acme/a.ndjson, false",
        "reader-keep, s3:GetObject, duo-telephony/acme/a.ndjson, true",
    })
    void policy_coversEachAccountOfTheFolder(String policy, String action, String key, boolean granted) {
        AwsCall call = new AwsCall(action, "arn:aws:s3:::my-duo-logs/" + key, Map.of());

        assertThat(IamPolicy.of(PolicyFiles.policy(policy, Map.of())).allows(call))
                .isEqualTo(granted);
    }

    /** A customer's own reader sees no other customer. */
    @ParameterizedTest
    @CsvSource({"acme, true", "globex, false", "acme-2, false"})
    void readerOfOneAccount_seesNoOther(String account, boolean granted) {
        IamPolicy reader = IamPolicy.of(PolicyFiles.policy("reader-keep", Map.of("PREFIX", "duo-telephony/acme")));
        String folder = "duo-telephony/" + account + "/";

        assertThat(reader.allows(
                        new AwsCall("s3:GetObject", "arn:aws:s3:::my-duo-logs/" + folder + "a.ndjson", Map.of())))
                .isEqualTo(granted);
        assertThat(reader.allows(new AwsCall("s3:ListBucket", "arn:aws:s3:::my-duo-logs", Map.of("s3:prefix", folder))))
                .isEqualTo(granted);
    }

    @Test
    void cloudFormation_neverLetsTheStateExpire() {
        JsonNode bucket = CloudFormation.parse(PolicyFiles.read(AWS.resolve("cloudformation.yaml")))
                .resources(Map.of(), Map.of())
                .get("Logs")
                .path("Properties");

        assertThat(bucket.path("VersioningConfiguration").path("Status").asText())
                .isEqualTo("Enabled");
        assertThat(bucket.path("PublicAccessBlockConfiguration")).hasSize(4).allMatch(JsonNode::asBoolean);
        JsonNode rule = bucket.path("LifecycleConfiguration").path("Rules").path(0);
        assertThat(rule.path("Prefix").asText()).isEqualTo("duo-telephony-state/");
        assertThat(rule.has("NoncurrentVersionExpiration")).isTrue();
        assertThat(rule.has("ExpirationInDays")).isFalse();
        JsonNode copies = CloudFormation.parse(PolicyFiles.read(AWS.resolve("cloudformation.yaml")))
                .resources(Map.of("ApiHost", "api-1a2b3c4d.duosecurity.com"), Map.of())
                .get("Logs")
                .at("/Properties/LifecycleConfiguration/Rules/1");
        assertThat(copies.path("ExpirationInDays").asText()).isEqualTo("30");
        assertThat(copies.path("Prefix").asText())
                .isEqualTo("duo-telephony-state/api-1a2b3c4d.duosecurity.com_2")
                .satisfies(prefix -> assertThat(
                                "duo-telephony-state/api-1a2b3c4d.duosecurity.com_20261123T081000.000Z.json")
                        .as("a copy")
                        .startsWith(prefix))
                .satisfies(prefix -> assertThat(List.of(".json", "_backfill_x_y.json", "_children.json"))
                        .as("the state itself, a back-fill's, and the list of children")
                        .noneMatch(rest ->
                                ("duo-telephony-state/api-1a2b3c4d.duosecurity.com" + rest).startsWith(prefix)));
    }

    /** Each with something wrong in it that the parser, or the lists of what may stand there, must find. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AllowedValues: [ec2, ecs]  | AllowedValues: [ec2, ecs
            !Ref KmsKeyArn             | !Reff KmsKeyArn
            !Ref KmsKeyArn             | !Ref KmsKey
            Type: AWS::S3::Bucket      | Type: AWS::S3::Buckets
            VersioningConfiguration:   | VersionConfiguration:
            Condition: HasUdm          | Condition: HasUDM
            RoleName: !Ref Collector   | Role: !Ref Collector
            """)
    void aBrokenTemplate_isRefused(String right, String wrong) {
        String template = PolicyFiles.read(AWS.resolve("cloudformation.yaml"));

        assertThat(template).contains(right);
        assertThatThrownBy(() -> CloudFormation.parse(template.replace(right, wrong)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void terraform_parses_andABrokenFileIsRefused() {
        for (String file : TERRAFORM) {
            String hcl = terraform(file);
            assertThat(isHcl(hcl)).as(file).isTrue();
            assertThat(isHcl(hcl.substring(0, hcl.lastIndexOf('}'))))
                    .as(file + ", cut off")
                    .isFalse();
        }
        assertThat(isHcl(terraform("main.tf").replace("resource \"aws_iam_role\"", "resource \"aws_iam_role")))
                .isFalse();
    }

    /** Terraform takes the JSON files as templates, so it says the same if it names each of them with each of its values. */
    @Test
    void terraform_usesEveryPolicy_withEveryValue() {
        String main = terraform("main.tf");
        Set<String> used = new TreeSet<>();
        Pattern.compile("templatefile\\(\"\\$\\{local\\.policies}/(.*?)\\.json\", local\\.values\\)")
                .matcher(main)
                .results()
                .map(call -> call.group(1))
                .forEach(name -> used.addAll(expanded(name)));
        Matcher block = Pattern.compile("values = \\{(.*?)}", Pattern.DOTALL).matcher(main);
        assertThat(block.find()).isTrue();

        assertThat(used).containsExactlyElementsOf(PolicyFiles.names());
        assertThat(found(block.group(1), "(?m)^ +([A-Z_]+) +=")).isEqualTo(places());
        assertThat(found(main, "var\\.([a-z_]+)"))
                .isEqualTo(found(terraform("variables.tf"), "(?m)^variable \"([a-z_]+)\""));
    }

    private static Set<String> found(String text, String pattern) {
        Set<String> found = new TreeSet<>();
        Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }

    private static List<String> expanded(String name) {
        if (name.equals("trust-${var.runs_on}")) {
            return List.of("trust-ec2", "trust-ecs", "trust-kubernetes");
        }
        if (name.equals("reader-${var.reader_deletes ? \"delete\" : \"keep\"}")) {
            return List.of("reader-delete", "reader-keep");
        }
        return List.of(name);
    }

    private static Set<String> places() {
        Set<String> places = new TreeSet<>();
        PolicyFiles.names()
                .forEach(name -> PolicyFiles.PLACE
                        .matcher(PolicyFiles.template(name))
                        .results()
                        .forEach(place -> places.add(place.group(1))));
        return places;
    }

    private static boolean isHcl(String text) {
        List<SourceFile> parsed = HclParser.builder().build().parse(text).toList();
        assertThat(parsed).hasSize(1);
        return !(parsed.get(0) instanceof ParseError);
    }

    private static String terraform(String file) {
        assertThat(Files.exists(AWS.resolve("terraform").resolve(file))).isTrue();
        return PolicyFiles.read(AWS.resolve("terraform").resolve(file));
    }
}
