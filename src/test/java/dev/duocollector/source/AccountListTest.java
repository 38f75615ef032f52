// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountListTest {

    private static final String ACCOUNT = """
            {"account_id": "DAAAAAAAAAAAAAAAAAA1", "api_hostname": "api-00000001.duosecurity.com", "name": "one"}""";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{\"next_offset\": 1}                          | false",
                "{\"next_offset\": \"1\"}                      | false",
                "{\"total_objects\": 2}                        | false",
                "{\"next_offset\": null, \"total_objects\": 1} | true",
                "{\"next_offset\": \"\"}                       | true",
                "null                                         | true",
                "-                                            | true",
            })
    void listThatSaysThereIsMore_hasAFlaw(String metadata, boolean whole) throws Exception {
        String more = metadata == null ? "" : ", \"metadata\": " + metadata;
        AccountList list =
                AccountList.read(("{\"stat\": \"OK\", \"response\": [" + ACCOUNT + "]" + more + "}").getBytes(UTF_8));

        assertThat(list.children()).hasSize(1);
        assertThat(list.flaws().isEmpty()).as("%s", list.flaws()).isEqualTo(whole);
    }
}
