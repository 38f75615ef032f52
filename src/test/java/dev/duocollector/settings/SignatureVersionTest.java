// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVersionTest {
    @Test
    void readsSetting_asDocumented() {
        assertThat(SignatureVersion.parse("v5")).isEqualTo(SignatureVersion.V5);
        assertThat(SignatureVersion.parse("v2")).isEqualTo(SignatureVersion.V2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "V5", "5", "v1", "sha1"})
    void refusesOther_namingSettingValueAndBound(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignatureVersion.parse(value))
                .withMessageContainingAll("duo.signature", '"' + value + '"', "v5", "v2");
    }
}
