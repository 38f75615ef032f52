// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "192.0.2.1",
                "255.255.255.255",
                "::",
                "::1",
                "2001:db8::1",
                "2001:DB8:0:0:1:2:3:4",
                "::ffff:192.0.2.1",
                "fe80::1"
            })
    void address_isOne(String text) {
        assertThat(IpAddress.isLiteral(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "192.0.2",
                "192.0.2.256",
                "192.0.02.1",
                "192.0.2.1.",
                " 192.0.2.1",
                "0x7f.0.0.1",
                "127.1",
                "::1::",
                ":",
                "[::1]",
                "fe80::1%eth0",
                "2001:db8::12345",
                "1:2:3:4:5:6:7:8:9",
                "api-00000000.duosecurity.com",
                "localhost",
                "face:book",
                "::192.0.2.256"
            })
    void anythingElse_isNone(String text) {
        assertThat(IpAddress.isLiteral(text)).isFalse();
    }
}
