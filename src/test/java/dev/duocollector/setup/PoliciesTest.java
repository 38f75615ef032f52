// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.deploy.PolicyFiles;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TestSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies of init, compared with the templates that everything else uses, as the tests of those read them. */
class PoliciesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A managed policy may have this many characters without blanks. */
    private static final int CHARACTERS_MAX = 6_144;

    @Test
    void ofTheTelephonyLog_areTheTemplates() throws JsonProcessingException {
        Settings settings = TestSettings.with("s3.bucket", "my-duo-logs");

        assertThat(JSON.readTree(new Policies(settings).collector()))
                .isEqualTo(PolicyFiles.policy("collector", Map.of()));
        assertThat(JSON.readTree(new Policies(settings).reader()))
                .isEqualTo(PolicyFiles.policy("reader-keep", Map.of()));
    }

    @Test
    void ofAllLogs_withUdm_haveEachTemplatesStatements_andNoOther() throws JsonProcessingException {
        Settings settings = TestSettings.with(
                "s3.bucket", "my-duo-logs",
                "duo.logs", "telephony,authentication,activity",
                "udm.prefix", "duo-{log}-udm");
        List<JsonNode> collector = new ArrayList<>();
        List<JsonNode> reader = new ArrayList<>();
        for (String log : List.of("telephony", "authentication", "activity")) {
            Map<String, String> places = Map.of("PREFIX", "duo-" + log, "STATE_FOLDER", "duo-" + log + "-state");
            collector.addAll(statements("collector", places));
            collector.addAll(statements("collector-udm", Map.of("UDM_PREFIX", "duo-" + log + "-udm")));
            reader.addAll(statements("reader-keep", places));
            reader.addAll(statements("reader-keep", Map.of("PREFIX", "duo-" + log + "-udm")));
        }

        assertThat(grants(new Policies(settings).collector())).containsExactlyElementsOf(collector);
        assertThat(grants(new Policies(settings).reader()))
                .containsExactlyElementsOf(reader.stream().distinct().toList());
        for (String policy : List.of(new Policies(settings).collector(), new Policies(settings).reader())) {
            assertThat(JSON.readTree(policy).path("Statement").findValuesAsText("Sid"))
                    .doesNotHaveDuplicates()
                    .allMatch(sid -> sid.matches("[A-Za-z0-9]+"));
            assertThat(policy.replaceAll("\\s", "")).hasSizeLessThan(CHARACTERS_MAX);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "no region, '',            aws",
        "Europe,    eu-central-1,  aws",
        "US Gov,    us-gov-west-1, aws-us-gov",
        "China,     cn-north-1,    aws-cn",
    })
    void partition_isTheRegions(String region, String value, String partition) throws JsonProcessingException {
        Settings settings = TestSettings.with("s3.bucket", "my-duo-logs", "s3.region", value);

        assertThat(JSON.readTree(new Policies(settings).collector()))
                .as(region)
                .isEqualTo(PolicyFiles.policy("collector", Map.of("PARTITION", partition)));
    }

    /** What a name of a place has in it stays in its text. */
    @Test
    void value_endsNoText() throws JsonProcessingException {
        String odd = "ev\"ents\\,{\"x";
        Settings settings = TestSettings.with("s3.bucket", "my-duo-logs", "s3.prefix", odd);

        assertThat(JSON.readTree(new Policies(settings).reader())
                        .at("/Statement/0/Resource")
                        .asText())
                .isEqualTo("arn:aws:s3:::my-duo-logs/" + odd + "/*");
    }

    private static List<JsonNode> statements(String template, Map<String, String> values) {
        return nameless(PolicyFiles.policy(template, values));
    }

    private static List<JsonNode> grants(String policy) throws JsonProcessingException {
        return nameless(JSON.readTree(policy));
    }

    private static List<JsonNode> nameless(JsonNode policy) {
        List<JsonNode> statements = new ArrayList<>();
        policy.path("Statement")
                .forEach(statement -> statements.add(((ObjectNode) statement.deepCopy()).without("Sid")));
        return statements;
    }
}
