// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPrefixTest {

    @ParameterizedTest
    @CsvSource({
        "duo-telephony,        duo-telephony",
        "/duo-telephony/,      duo-telephony",
        "///a//b///c//,        a/b/c",
        "' duo / telephony ',  duo / telephony",
        "' /duo/ ',            duo",
        "'',                   ''",
        "'  ',                 ''",
        "/,                    ''",
        "//,                   ''",
        "tenant=İI/日本,        tenant=İI/日本",
        "a..b/.c/d.,           a..b/.c/d.",
    })
    void slashes_arePutRight(String setting, String value) {
        assertThat(new KeyPrefix(setting).value()).isEqualTo(value);
        assertThat(new KeyPrefix(setting)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${date:now}", "a/${", "a/$simple{body}/b", "a\u0000", "a\nb", "\u0085a"})
    void prefix_isRefused_whenCamelWouldEvaluateItOrLogsWouldBreak(String setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyPrefix(setting))
                .withMessageStartingWith("prefix ");
    }

    @ParameterizedTest
    @CsvSource({
        "s3://logs/duo,   leave out s3:// and the bucket",
        "' s3:/logs/duo', leave out s3:// and the bucket",
        "duo/{acount},    there are {account} and {log}",
        "{Log},           there are {account} and {log}",
        "$a{b},           there are {account} and {log}",
        "..,              leave out the folder ..",
        "a/../b,          leave out the folder ..",
        "a/./b,           leave out the folder .",
    })
    void prefix_isRefused_whenItIsAnotherPlaceThanItSays(String setting, String said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyPrefix(setting))
                .withMessageStartingWith("prefix is '" + setting + "': ")
                .withMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource({"900, true", "901, false"})
    void prefix_leavesRoomForTheName(int bytes, boolean accepted) {
        String setting = "a".repeat(bytes);
        if (accepted) {
            assertThat(new KeyPrefix(setting).value()).hasSize(bytes);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeyPrefix(setting))
                    .withMessage("prefix has 901 bytes: shorten it to 900 at most");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "duo-telephony, duo-telephony/state.json,        true",
        "duo-telephony, duo-telephony/deep/state.json,   true",
        "duo-telephony, duo-telephony-state/state.json,  false",
        "duo-telephony, state.json,                      false",
        "duo-telephony, duo-telephony,                   false",
        "'',            state.json,                      true",
    })
    void prefix_containsWhatLiesBelowIt(String prefix, String key, boolean contained) {
        assertThat(new KeyPrefix(prefix).contains(key)).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({
        "duo-telephony, duo-telephony,       true",
        "duo-telephony, duo-telephony/udm,   true",
        "duo-telephony/raw, duo-telephony,   true",
        "'',            duo-telephony,       true",
        "duo-telephony, duo-telephony-udm,   false",
        "duo/raw,       duo/udm,             false",
    })
    void prefixes_overlap_whenOneLiesInTheOther(String one, String other, boolean overlap) {
        assertThat(new KeyPrefix(one).overlaps(new KeyPrefix(other))).isEqualTo(overlap);
        assertThat(new KeyPrefix(other).overlaps(new KeyPrefix(one))).isEqualTo(overlap);
    }
}
