// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule broken by itself, in an event that breaks no other. */
class UdmRulesTest {

    private static final String VALID = """
            {"metadata":{"eventTimestamp":"2026-11-23T08:15:00.123456Z","eventType":"USER_UNCATEGORIZED","vendorName":"Duo",
             "productName":"Telephony","productEventType":"verify","logType":"DUO_TELEPHONY","productLogId":"id"},
             "principal":{"hostname":"api-00000000.duosecurity.com","ip":["192.0.2.1"],
              "user":{"userid":"+12025550100","phoneNumbers":["+12025550100"]}},
             "network":{"sessionId":"txid"},
             "securityResult":[{"action":["ALLOW"],"severity":"INFORMATIONAL","summary":"sms",
              "detectionFields":[{"key":"credits","value":"1"}]}],
             "extensions":{"auth":{"mechanism":["MECHANISM_UNSPECIFIED"]}}}""";

    @Test
    void validEvent_breaksNone() throws JsonProcessingException {
        assertThat(UdmRules.check(read(VALID))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"eventTimestamp\":\"2026-11-23T08:15:00.123456Z\", | `` | metadata.eventTimestamp is missing, and every UDM event needs it",
                "\"eventType\":\"USER_UNCATEGORIZED\", | `` | metadata.eventType is missing, and every UDM event needs it",
                "2026-11-23T08:15:00.123456Z | today | metadata.eventTimestamp must be a time such as 2026-11-23T08:15:00.123456Z",
                "\"2026-11-23T08:15:00.123456Z\" | 1795421700 | metadata.eventTimestamp must be a time such as 2026-11-23T08:15:00.123456Z",
                "USER_UNCATEGORIZED | USER_LOGOUT | metadata.eventType is none of the 21 that these events have",
                "\"value\":\"1\" | \"value\":1 | securityResult[].detectionFields[].value is a number, and must be a text",
                "\"action\":[\"ALLOW\"] | \"action\":\"ALLOW\" | securityResult[].action is a text, and must be an array",
                "\"ALLOW\" | \"PERMIT\" | securityResult[].action[] must be ALLOW or BLOCK",
                "INFORMATIONAL | LOW | securityResult[].severity must be INFORMATIONAL",
                "MECHANISM_UNSPECIFIED | BADGE_READER | extensions.auth.mechanism[] must be MECHANISM_UNSPECIFIED or OTP or HARDWARE_KEY or LOCAL or REMOTE_INTERACTIVE",
                "\"summary\" | \"sumary\" | securityResult[].sumary is not a field of these events",
                "192.0.2.1 | 192.0.2.256 | principal.ip[] is not an IPv4 or IPv6 address",
                "[\"192.0.2.1\"] | \"192.0.2.1\" | principal.ip is a text, and must be an array",
                "\"userid\":\"+12025550100\" | \"userid\":null | principal.user.userid is null, and must be a text",
                "\"user\":{ | \"email\":\"x\",\"user\":{ | principal.email is there, and a principal must not have it",
                "\"user\":{ | \"file\":{},\"user\":{ | principal.file is there, and a principal must not have it",
                "\"user\":{ | \"registry\":{},\"user\":{ | principal.registry is there, and a principal must not have it",
                "\"network\":{\"sessionId\":\"txid\"} | \"network\":[] | network is an array, and must be an object",
            })
    void brokenRule_isOneSentence(String valid, String broken, String sentence) throws JsonProcessingException {
        assertThat(VALID).contains(valid);

        assertThat(UdmRules.check(read(VALID.replace(valid, broken)))).containsExactly(sentence);
    }

    /** The fields that the authentication and the activity log have more, each broken in what their goldens have. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "authentication | \"USER_LOGIN\" | \"USER_LOGON\" | metadata.eventType is none of the 21 that these events have",
                "authentication | \"type\":\"SSO\" | \"type\":\"SAML\" | extensions.auth.type must be SSO",
                "authentication | \"authDetails\":\"duo_push\" | \"authDetails\":[] | extensions.auth.authDetails is an array, and must be a text",
                "authentication | \"platform\":\"WINDOWS\" | \"platform\":\"Windows\" | principal.platform must be UNKNOWN_PLATFORM or WINDOWS or MAC or LINUX or IOS or ANDROID or CHROME_OS",
                "authentication | \"countryOrRegion\":\"Canada\" | \"country\":\"Canada\" | target.location.country is not a field of these events",
                "authentication | [\"+12025550143\"] | \"+12025550143\" | target.user.phoneNumbers is a text, and must be an array",
                "authentication | \"Ops\" | 7 | target.user.groupIdentifiers[] is a number, and must be a text",
                "authentication | \"value\":\"Chrome\" | \"value\":null | target.resource.attribute.labels[].value is null, and must be a text",
                "authentication | \"summary\":\"user_approved\" | \"summary\":{} | securityResult[].summary is an object, and must be a text",
                "activity | \"firstSeenTime\":\"2025-01-02T03:04:05Z\" | \"firstSeenTime\":\"2025\" | principal.user.firstSeenTime must be a time such as 2026-11-23T08:15:00.123456Z",
                "activity | \"hostname\":\"Old Phone\" | \"name\":\"Old Phone\" | about[].asset.name is not a field of these events",
                "activity | \"actionDetails\":\"SUCCESS\" | \"actionDetails\":true | securityResult[].actionDetails is of another kind, and must be a text",
                "activity | \"resourceSubtype\":\"admin\" | \"resourceType\":\"admin\" | principal.resource.resourceType is not a field of these events",
                "activity | \"userDisplayName\":\"Example Admin\" | \"email\":\"x\" | principal.user.email is not a field of these events",
            })
    void brokenRule_ofTheFurtherLogs_isOneSentence(String log, String valid, String broken, String sentence)
            throws IOException {
        String golden = Files.readString(Path.of("src/test/resources/udm", log, "every-row.udm.json"));
        assertThat(UdmRules.check(read(golden))).isEmpty();
        assertThat(golden).contains(valid);

        assertThat(UdmRules.check(read(golden.replace(valid, broken)))).containsExactly(sentence);
    }

    @Test
    void additional_isAnObjectOfTexts() throws JsonProcessingException {
        String with = VALID.replaceFirst("\\{", "{\"additional\":{\"any name\":\"x\"},");

        assertThat(UdmRules.check(read(with))).isEmpty();
        assertThat(UdmRules.check(read(with.replace("\"x\"", "[]"))))
                .containsExactly("additional.any name is an array, and must be a text");
        assertThat(UdmRules.check(read(with.replace("{\"any name\":\"x\"}", "7"))))
                .containsExactly("additional is a number, and must be an object");
    }

    @Test
    void length_isCountedInBytes() throws JsonProcessingException {
        assertThat(UdmRules.check(read(VALID.replace("verify", "é".repeat(32)))))
                .isEmpty();
        assertThat(UdmRules.check(read(VALID.replace("verify", "é".repeat(33)))))
                .containsExactly("metadata.productEventType has 66 bytes, and 64 is the most");
        assertThat(UdmRules.check(read(VALID.replace("\"id\"", '"' + "x".repeat(257) + '"'))))
                .containsExactly("metadata.productLogId has 257 bytes, and 256 is the most");
    }

    @Test
    void statusUpdate_needsAMachine() throws JsonProcessingException {
        String status = VALID.replace("USER_UNCATEGORIZED", "STATUS_UPDATE");

        assertThat(UdmRules.check(read(status))).isEmpty();
        assertThat(UdmRules.check(read(status.replaceFirst("\"hostname\":[^,]*,", ""))))
                .as("an IP is one")
                .isEmpty();
        assertThat(UdmRules.check(read(status.replaceFirst("\"hostname\":[^,]*,\"ip\":[^,]*,", ""))))
                .containsExactly("principal names no machine (hostname or ip), and a STATUS_UPDATE needs one");
    }

    @Test
    void userUncategorized_needsAMachineOrAUser() throws JsonProcessingException {
        assertThat(UdmRules.check(read(VALID.replaceFirst("\"hostname\":[^,]*,\"ip\":[^,]*,", ""))))
                .as("a user")
                .isEmpty();
        assertThat(UdmRules.check(read(VALID.replaceFirst("(?s)\"principal\":.*?\\}\\},", ""))))
                .containsExactly(
                        "principal names neither a machine nor a user, and a USER_UNCATEGORIZED needs one of them");
    }

    @Test
    void genericEvent_needsMetadataOnly_andNoEmptyPrincipal() throws JsonProcessingException {
        String generic = VALID.replace("USER_UNCATEGORIZED", "GENERIC_EVENT");

        assertThat(UdmRules.check(read(generic.replaceFirst("(?s)\"principal\":.*?\\}\\},", ""))))
                .isEmpty();
        assertThat(UdmRules.check(read(generic.replaceFirst("(?s)\"principal\":.*?\\}\\},", "\"principal\":{},"))))
                .containsExactly("principal names neither a machine nor a user");
    }

    @Test
    void missingTarget_isToldApart_andBreaksNoRule() throws JsonProcessingException {
        assertThat(UdmRules.lacksTarget(read(VALID))).isTrue();
        assertThat(UdmRules.lacksTarget(
                        read(VALID.replace("\"network\"", "\"target\":{\"hostname\":\"x\"},\"network\""))))
                .isFalse();
        assertThat(UdmRules.lacksTarget(read(VALID.replace("USER_UNCATEGORIZED", "GENERIC_EVENT"))))
                .isFalse();
    }

    private static Map<?, ?> read(String json) throws JsonProcessingException {
        return new ObjectMapper().readValue(json, Map.class);
    }
}
