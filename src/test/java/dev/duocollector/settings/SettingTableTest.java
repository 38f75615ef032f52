// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The one table of settings, and what is written by hand after it: application.properties and the tables in SETTINGS.md. */
class SettingTableTest {

    private static final Pattern SETTING = Pattern.compile("(?m)^([a-z0-9.-]+)=(.*)$");

    @Test
    void names_areUnique_andVariablesToo() {
        assertThat(SettingTable.all()).extracting(Setting::name).doesNotHaveDuplicates();
        assertThat(SettingTable.all()).extracting(Setting::variable).doesNotHaveDuplicates();
    }

    @Test
    void eachSetting_hasASentence_andARetiredOneWhatReplacesIt() {
        assertThat(SettingTable.active()).hasSizeGreaterThan(40).allSatisfy(setting -> {
            assertThat(setting.sentence()).as(setting.name()).isNotBlank();
            assertThat(setting.sentence() + setting.bound() + setting.unset())
                    .as(setting.name())
                    .doesNotContain("|", "\n");
        });
        assertThat(SettingTable.all())
                .filteredOn(setting -> setting.retirement().isPresent())
                .isNotEmpty()
                .allSatisfy(
                        setting -> assertThat(setting.retirement().orElseThrow().replacement())
                                .isNotBlank());
    }

    @Test
    void applicationProperties_hasEachSetting_inThisOrder_withItsDefault() throws IOException {
        List<Map.Entry<String, String>> written = new ArrayList<>();
        Matcher line = SETTING.matcher(Files.readString(Path.of("application.properties")));
        while (line.find()) {
            if (!line.group(1).startsWith("camel.")) {
                written.add(Map.entry(line.group(1), line.group(2)));
            }
        }

        List<Map.Entry<String, String>> defined = new ArrayList<>();
        SettingTable.active().forEach(setting -> defined.add(Map.entry(setting.name(), setting.standard())));
        assertThat(written).containsExactlyElementsOf(defined);
    }

    @Test
    void defaults_areAllowed_andNothingElseIsTaken() {
        Properties properties = TestSettings.properties();
        assertThat(TestSettings.of(properties)).isNotNull();

        for (Setting<?> setting : SettingTable.active()) {
            if (!setting.standard().isEmpty() && !setting.standard().contains("{{")) {
                assertThat(setting.type().reader().apply(setting.standard()).isPresent())
                        .as(setting.name())
                        .isTrue();
            }
        }
    }

    @Test
    void page_hasARowForEachSetting() throws IOException {
        String page = Files.readString(Path.of("src/site/markdown/SETTINGS.md"));

        assertThat(SettingTable.active())
                .extracting(Setting::row)
                .allSatisfy(row -> assertThat(page).contains(row + "\n"));
    }

    @Test
    void onlyTheKeys_areSecret() {
        assertThat(SettingTable.all())
                .filteredOn(setting -> setting.type().isSecret())
                .extracting(Setting::name)
                .containsExactly("duo.ikey", "duo.skey");
    }
}
