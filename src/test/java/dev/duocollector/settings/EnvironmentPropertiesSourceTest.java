// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Ordered;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In Turkish, where an upper-cased "i" is no "I" and Camel's own look-up of the environment misses half the settings. */
class EnvironmentPropertiesSourceTest {

    private final Locale before = Locale.getDefault();

    @BeforeEach
    void speakTurkish() {
        Locale.setDefault(new Locale("tr", "TR"));
    }

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @CsvSource({
        "duo.api.host,          DUO_API_HOST",
        "duo.ikey,              DUO_IKEY",
        "duo.skey-file,         DUO_SKEY_FILE",
        "duo.schedule.auto-startup, DUO_SCHEDULE_AUTO_STARTUP",
        "s3.bucket,             S3_BUCKET",
        "s3.prefix,             S3_PREFIX",
        "state.key,             STATE_KEY",
        "max.iterations,        MAX_ITERATIONS",
    })
    void variable_isTheSettingInCapitals(String setting, String variable) {
        assertThat(EnvironmentPropertiesSource.variable(setting)).isEqualTo(variable);
        assertThat(new EnvironmentPropertiesSource(Map.of(variable, "set")).getProperty(setting))
                .isEqualTo("set");
    }

    @Test
    void property_isAbsent_whenTheVariableIsNotSet() {
        EnvironmentPropertiesSource source = new EnvironmentPropertiesSource(Map.of("DUO_IKEY", "set"));

        assertThat(source.getProperty("duo.ikey")).isEqualTo("set");
        assertThat(source.getProperty("duo.skey")).isNull();
        assertThat(source.getProperty("DUO_İKEY")).isNull();
    }

    @Test
    void environment_overridesTheFile() throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PropertiesComponent properties = context.getPropertiesComponent();
            properties.addLocation("classpath:application.properties");
            assertThat(properties.resolveProperty("max.iterations")).contains("0");

            properties.addPropertiesSource(new EnvironmentPropertiesSource(Map.of("MAX_ITERATIONS", "10")));

            assertThat(properties.resolveProperty("max.iterations")).contains("10");
        }
    }

    @Test
    void source_showsNothingOfTheEnvironment() {
        EnvironmentPropertiesSource source = new EnvironmentPropertiesSource(Map.of("DUO_SKEY", TestSettings.SKEY));

        assertThat(source).hasToString("environment");
        assertThat(source.getName()).isEqualTo("environment");
        assertThat(source.getOrder()).isEqualTo(Ordered.HIGHEST);
    }
}
