// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuoHttpClientConfigurerTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "http://proxy.example:3128", "http://127.0.0.1:3128/", "http://[::1]:3128"})
    void takesProxy_asHostAndPort(@Nullable String proxy) {
        assertThatCode(() -> configurer(proxy)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example:3128",
                "http://proxy.example",
                "https://proxy.example:3128",
                "socks://proxy.example:1080",
                "http://proxy.example:3128/path",
                "http://proxy.example:3128?query",
                "http://proxy.example:70000x",
                "http://proxy example:3128",
            })
    void refusesOtherProxy_namingSettingAndValue(String proxy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configurer(proxy))
                .withMessageContainingAll("duo.proxy", '"' + proxy + '"', "http://host:port");
    }

    @Test
    void refusesProxyWithPassword_withoutSayingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configurer("http://user:pass@word@proxy.example:3128"))
                .withMessageContaining("http://***@proxy.example:3128")
                .withMessageNotContainingAny("user:", "pass", "word");
    }

    @Test
    void answerMayTakeFiveResponseTimeouts_besideTheConnection() {
        assertThat(configurer("").answerMax()).isEqualTo(Duration.ofSeconds(10 + 5 * 60));
    }

    private static DuoHttpClientConfigurer configurer(@Nullable String proxy) {
        return new DuoHttpClientConfigurer(proxy, Duration.ofSeconds(10), Duration.ofSeconds(60));
    }
}
