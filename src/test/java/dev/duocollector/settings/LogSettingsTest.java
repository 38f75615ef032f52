// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSettingsTest {

    private static final String THREE = "telephony,authentication,activity";

    private static Settings of(Settings all, DuoLog log) {
        return all.ofEachLog().stream()
                .filter(each -> each.log().duoLog() == log)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> problems(String... namesAndValues) {
        SettingsException refused =
                catchThrowableOfType(SettingsException.class, () -> TestSettings.with(namesAndValues));
        return refused == null ? List.of() : refused.problems();
    }

    @Test
    void eachLog_hasAPlaceOfItsOwn() {
        Settings all = TestSettings.with("duo.logs", THREE);

        assertThat(all.ofEachLog())
                .extracting(each -> each.log().prefix().value())
                .containsExactly("duo-telephony", "duo-authentication", "duo-activity");
        assertThat(all.ofEachLog())
                .extracting(each -> each.log().stateKey())
                .containsExactly(
                        "duo-telephony-state/" + TestSettings.API_HOST + ".json",
                        "duo-authentication-state/" + TestSettings.API_HOST + ".json",
                        "duo-activity-state/" + TestSettings.API_HOST + ".json");
        assertThat(all.ofEachLog())
                .extracting(Settings::owner)
                .containsExactly(
                        TestSettings.API_HOST,
                        TestSettings.API_HOST + "/authentication",
                        TestSettings.API_HOST + "/activity");
        assertThat(all.ofEachLog())
                .extracting(each -> each.log().prefix().value())
                .containsExactly("duo-telephony", "duo-authentication", "duo-activity");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            activity                   | activity
            Activity , TELEPHONY       | activity, telephony
            authentication,authentication | authentication
            """)
    void duoLogs_isRead_inAnyCase_andEachOnce(String written, String read) {
        assertThat(TestSettings.with("duo.logs", written).account().logs())
                .extracting(DuoLog::toString)
                .containsExactly(read.split(", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            administrator             | Duo has retired this log, and its events are in the activity log
            offline_enrollment        | Duo has retired this log, and its events are in the activity log
            offline-enrollment        | Duo has retired this log, and its events are in the activity log
            telephony, trust_monitor  | Duo ends this log on 2027-01-31
            Trust-Monitor             | Duo ends this log on 2027-01-31
            auth                      | Allowed: one or more of telephony, authentication, activity, separated by commas
            telephony;activity        | Allowed: one or more of telephony, authentication, activity, separated by commas
            telephony,                | Allowed: one or more of telephony, authentication, activity, separated by commas
            all                       | Allowed: one or more of telephony, authentication, activity, separated by commas
            telep\u0131hony           | Allowed: one or more of telephony, authentication, activity, separated by commas
            """)
    void duoLogs_isRefused_withTheReason(String written, String reason) {
        assertThat(problems("duo.logs", written))
                .singleElement()
                .asString()
                .startsWith("Setting duo.logs ")
                .contains(reason)
                .endsWith(".");
    }

    @Test
    void duoLogs_isRefused_ifEmpty() {
        assertThat(problems("duo.logs", "")).singleElement().asString().contains("Allowed: one or more of telephony");
    }

    @Test
    void oneLog_mayDiffer_andTheOthersStay() {
        Settings all = TestSettings.with(
                "duo.logs", THREE,
                "duo.lookback", "2h",
                "duo.lookback.authentication", "7d",
                "duo.page.pause.activity", "5s",
                "s3.prefix.activity", "changes/{log}",
                "event.shape.authentication", "raw",
                "duo.schedule.activity", "0 30 * * * ?");

        assertThat(of(all, DuoLog.TELEPHONY).log().lookback()).isEqualTo(Duration.ofHours(2));
        assertThat(of(all, DuoLog.AUTHENTICATION).log().lookback()).isEqualTo(Duration.ofDays(7));
        assertThat(of(all, DuoLog.ACTIVITY).log().lookback()).isEqualTo(Duration.ofHours(2));
        assertThat(of(all, DuoLog.ACTIVITY).log().get(SettingTable.PAGE_PAUSE)).isEqualTo(Duration.ofSeconds(5));
        assertThat(of(all, DuoLog.TELEPHONY).log().get(SettingTable.PAGE_PAUSE)).isEqualTo(Duration.ofSeconds(30));
        assertThat(of(all, DuoLog.ACTIVITY).log().prefix()).hasToString("changes/activity");
        assertThat(of(all, DuoLog.AUTHENTICATION).log().get(SettingTable.EVENT_SHAPE))
                .isEqualTo(EventShape.RAW);
        assertThat(of(all, DuoLog.ACTIVITY).log().get(SettingTable.SCHEDULE)).isEqualTo("0 30 * * * ?");
    }

    @Test
    void udmPrefix_isTakenForEachLog_andForOneAlone() {
        Settings each = TestSettings.with("duo.logs", THREE, "udm.prefix", "duo-{log}-udm");
        assertThat(DuoLog.values())
                .allSatisfy(log -> assertThat(of(each, log).log().udmPrefix().orElseThrow())
                        .hasToString("duo-" + log + "-udm"));
        Settings one = TestSettings.with("duo.logs", THREE, "udm.prefix.activity", "changes-udm");
        assertThat(of(one, DuoLog.ACTIVITY).log().udmPrefix().orElseThrow()).hasToString("changes-udm");
        assertThat(of(one, DuoLog.AUTHENTICATION).log().udmPrefix()).isEmpty();
    }

    /** Two logs in one place would be one log to a feed, and one state to two logs. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3.prefix                  | my-logs                  | Put {log} into it
            s3.prefix                  |                          | Put {log} into it
            s3.prefix.activity         | duo-telephony/activity   | Put {log} into it
            udm.prefix                 | duo-activity             | Put {log} into it
            state.key                  | state.json               | a state is one log's
            state.key.activity         | duo-telephony/state.json | a feed on the prefix would take the state for events
            """)
    void twoLogs_inOnePlace_areRefused(String setting, String value, String reason) {
        assertThat(problems("duo.logs", "telephony,activity", setting, value == null ? "" : value))
                .isNotEmpty()
                .allMatch(problem -> problem.startsWith("Setting "))
                .anyMatch(problem -> problem.contains(reason) && problem.contains(setting));
    }

    /** What is wrong for one log names that log's own setting, where it has one. */
    @ParameterizedTest
    @CsvSource({
        "duo.lookback.activity, 5s, Setting duo.lookback.activity is '5s'. Allowed: 1m to 180d",
        "duo.lag.activity, 30m, 'Setting duo.lookback is ''10m'''",
        "duo.schedule.activity, hourly, Setting duo.schedule.activity is 'hourly'",
        "event.shape.activity, fancy, Setting event.shape.activity is 'fancy'",
        "s3.prefix.activity, '${x}', 'Setting s3.prefix.activity is \"${x}\"'",
    })
    void wrongValue_ofOneLog_isSaidOnce_byItsName(String setting, String value, String said) {
        assertThat(problems("duo.logs", THREE, "duo.lookback", "10m", setting, value))
                .filteredOn(problem -> problem.startsWith(said.replace("''", "'")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"duo.lookback.activity", "s3.prefix.activity", "state.key.activity", "udm.prefix.activity"})
    void settingOfALog_thatIsNotCollected_isRefused(String setting) {
        assertThat(problems("duo.logs", "telephony,authentication", setting, "1h"))
                .singleElement()
                .asString()
                .startsWith("Setting " + setting + " is set, and duo.logs does not name the activity log.");
    }

    /** A name that looks like a log's setting, and is none. */
    @ParameterizedTest
    @ValueSource(strings = {"duo.page.size.activity", "s3.bucket.activity", "duo.lookback.administrator", "duo.log"})
    void otherNames_doNotExist(String name) {
        assertThat(SettingTable.find(name)).isEmpty();
        assertThat(SettingNames.unknown(List.of(name), Map.<String, String>of().keySet(), ""))
                .hasSize(1);
    }

    @Test
    void environmentVariable_ofOneLog_isKnown() {
        assertThat(SettingNames.nearMisses(List.of("DUO_LOOKBACK_ACTIVITY", "S3_PREFIX_AUTHENTICATION")))
                .isEmpty();
        assertThat(SettingNames.nearMisses(List.of("DUO_LOOKBAK")))
                .as("positive control")
                .hasSize(1);
    }

    @Test
    void onlyOneLog_mustBeAmongThem() {
        Settings all = TestSettings.with("duo.logs", "telephony,activity");

        assertThat(selected(all, DuoLog.ACTIVITY)).singleElement().satisfies(only -> {
            assertThat(only.ofEachLog()).hasSize(1);
            assertThat(only.log().duoLog()).isEqualTo(DuoLog.ACTIVITY);
        });
        assertThat(catchThrowableOfType(SettingsException.class, () -> selected(all, DuoLog.AUTHENTICATION))
                        .problems())
                .containsExactly(
                        "Setting duo.logs is 'telephony,activity', and --log is authentication, which is not among"
                                + " them. Add it, or name another log.");
    }

    private static List<Settings> selected(Settings all, DuoLog log) {
        return new Accounts(all, new Selection(Optional.empty(), Optional.of(log)))
                .look()
                .accounts();
    }
}
