// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.duocollector.settings.AccountSettings.S3Connection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final String API_HOST_ALLOWED = "api-….duosecurity.com or api-….duofederal.com, without https://";
    private static final String URL_ALLOWED =
            "http(s)://host or http(s)://host:port, nothing after it; port 1 to 65535";

    @TempDir
    Path folder;

    // ---- What is shipped.

    @Test
    void defaults_areAccepted_andSayWhatTheFileSays() {
        Settings settings = TestSettings.with();

        assertThat(settings.account().baseUrl()).isEqualTo(URI.create("https://" + TestSettings.API_HOST));
        assertThat(settings.account().get(SettingTable.DUO_PROXY)).isEmpty();
        assertThat(settings.account().get(SettingTable.SIGNATURE)).isEqualTo(SignatureVersion.V5);
        assertThat(settings.account().get(SettingTable.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.account().get(SettingTable.RESPONSE_TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.account().get(SettingTable.RETRY_DELAY_MAX)).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.account().get(SettingTable.RETRY_ELAPSED_MAX)).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.log().get(SettingTable.SCHEDULE_JITTER)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.log().get(SettingTable.LAG)).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.log().get(SettingTable.OVERLAP)).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.log().lookback()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.log().get(SettingTable.PAGE_SIZE)).isEqualTo(1000);
        assertThat(settings.log().get(SettingTable.PAGE_PAUSE)).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.log().get(SettingTable.ITERATIONS_MAX)).isZero();
        assertThat(settings.log().prefix()).hasToString("duo-telephony");
        assertThat(settings.account().s3Connection().region()).isEmpty();
        assertThat(settings.account().s3Connection().endpoint()).isEmpty();
        assertThat(settings.account().s3Connection().pathStyle()).isFalse();
        assertThat(settings.account().s3Connection().proxy()).isEmpty();
        assertThat(settings.log().get(SettingTable.COMPRESSION)).isFalse();
        assertThat(settings.account().s3Connection().checksumsWhenRequired()).isFalse();
        assertThat(settings.log().stateKey()).isEqualTo("duo-telephony-state/" + TestSettings.API_HOST + ".json");
        assertThat(settings.log().get(SettingTable.EVENT_SHAPE)).isEqualTo(EventShape.DUO_CLIENT);
        assertThat(settings.log().udmPrefix()).isEmpty();
        assertThat(settings.log().get(SettingTable.UDM_IDS)).isFalse();
        assertThat(settings.process().get(SettingTable.OBSERVE_ENABLED)).isTrue();
        assertThat(settings.process().get(SettingTable.OBSERVE_HOST)).isEqualTo("127.0.0.1");
        assertThat(settings.process().get(SettingTable.OBSERVE_PORT)).isEqualTo(9876);
        assertThat(settings.process().metricsTextfile()).isEmpty();
        assertThat(settings.process().get(SettingTable.PUSH)).isEmpty();
    }

    // ---- Each setting, just inside and just outside.

    @ParameterizedTest
    @CsvSource({
        "duo.api.host,             api-1a2b3c4d.duosecurity.com",
        "duo.api.host,             API-1A2B3C4D.DUOSECURITY.COM",
        "duo.api.host,             api-1a2b3c4d.duofederal.com",
        "duo.ikey,                 ' DIXXXXXXXXXXXXXXXXXX '",
        "duo.base-url,             https://duo.example.org",
        "duo.base-url,             https://duo.example.org:8443",
        "duo.base-url,             http://localhost:8080",
        "duo.base-url,             http://127.0.0.1:8080",
        "duo.base-url,             http://127.255.0.1",
        "duo.base-url,             http://[::1]:8080",
        "duo.proxy,                http://proxy.example.org:3128",
        "duo.signature,            v2",
        "duo.signature,            V5",
        "duo.connect-timeout,      1ms",
        "duo.connect-timeout,      10m",
        "duo.response-timeout,     1ms",
        "duo.response-timeout,     600s",
        "duo.retry.delay-max,      0s",
        "duo.retry.delay-max,      1h",
        "duo.retry.max-elapsed,    0",
        "duo.retry.max-elapsed,    24h",
        "duo.schedule,             0 0/15 * * * ?",
        "duo.schedule,             0 0 8 ? * MON-FRI",
        "duo.schedule-jitter,      0s",
        "duo.schedule-jitter,      60m",
        "duo.schedule.auto-startup, False",
        "duo.lag,                  2m",
        "duo.lag,                  1h",
        "duo.overlap,              1m",
        "duo.overlap,              1d",
        "duo.lookback,             131s",
        "duo.lookback,             180d",
        "duo.page.size,            1",
        "duo.page.size,            1000",
        "duo.page.pause,           0s",
        "duo.page.pause,           1h",
        "max.iterations,           0",
        "max.iterations,           2147483647",
        "s3.bucket,                a.b-c_D1",
        "s3.prefix,                ''",
        "s3.prefix,                /a//b/",
        "s3.region,                eu-central-1",
        "s3.endpoint,              https://s3.example.org",
        "s3.endpoint,              http://minio:1",
        "s3.endpoint,              http://minio:65535",
        "s3.path-style,            TRUE",
        "s3.proxy,                 http://proxy.example.org:3128",
        "s3.compression,           gzip",
        "s3.checksums,             when-required",
        "s3.unconditional-writes,  allow",
        "s3.clock,                 ignore",
        "state.first-run,          allow",
        "state.key,                elsewhere/state.json",
        "state.inside-prefix,      true",
        "event.shape,              raw",
        "observe.enabled,          FALSE",
        "observe.host,             0.0.0.0",
        "observe.host,             '::1'",
        "observe.port,             1",
        "observe.port,             65535",
        "metrics.textfile,         target/duo.prom",
        "metrics.push,             https://push.example.org:9091",
        "log.format,               JSON",
    })
    void value_isAccepted(String name, String value) {
        boolean statePlaced = !name.equals("s3.prefix");

        assertThat(TestSettings.with(name, value, "state.inside-prefix", statePlaced ? "false" : "true"))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "duo.connect-timeout       | 0s             | 1ms to 10m, written as 30s, 10m, 1d or PT30S",
                "duo.connect-timeout       | 601s           | 1ms to 10m, written as 30s, 10m, 1d or PT30S",
                "duo.response-timeout      | PT0.0009S      | 1ms to 10m, written as 30s, 10m, 1d or PT30S",
                "duo.response-timeout      | 600001ms       | 1ms to 10m, written as 30s, 10m, 1d or PT30S",
                "duo.retry.delay-max       | PT-1S          | 0s to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.retry.delay-max       | 61m            | 0s to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.retry.max-elapsed     | -1s            | 0s to 1d, written as 30s, 10m, 1d or PT30S",
                "duo.retry.max-elapsed     | 25h            | 0s to 1d, written as 30s, 10m, 1d or PT30S",
                "duo.schedule              | ''             | a Quartz cron expression, such as 0 0 * * * ? for each hour",
                "duo.schedule              | * * * * *      | a Quartz cron expression, such as 0 0 * * * ? for each hour",
                "duo.schedule              | hourly         | a Quartz cron expression, such as 0 0 * * * ? for each hour",
                "duo.schedule-jitter       | 3601s          | 0s to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.schedule.auto-startup | yes            | false or true",
                "duo.signature             | v3             | v5 or v2",
                "duo.lag                   | 119s           | 2m to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.lag                   | 3601s          | 2m to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.lag                   | ''             | 2m to 1h, written as 30s, 10m, 1d or PT30S",
                "duo.overlap               | 59999ms        | 1m to 1d, written as 30s, 10m, 1d or PT30S",
                "duo.overlap               | 86401s         | 1m to 1d, written as 30s, 10m, 1d or PT30S",
                "duo.lookback              | 59s            | 1m to 180d, written as 30s, 10m, 1d or PT30S",
                "duo.lookback              | 181d           | 1m to 180d, written as 30s, 10m, 1d or PT30S",
                "duo.lookback              | 130s           | at least 11s longer than duo.lag, which is 2m",
                "duo.page.size             | 0              | a whole number, 1 to 1000",
                "duo.page.size             | 1001           | a whole number, 1 to 1000",
                "duo.page.size             | 10.0           | a whole number, 1 to 1000",
                "duo.page.pause            | 3601s          | 0s to 1h, written as 30s, 10m, 1d or PT30S",
                "max.iterations            | -1             | a whole number, 0 or more",
                "max.iterations            | 2147483648     | a whole number, 0 or more",
                "max.iterations            | ten            | a whole number, 0 or more",
                "s3.bucket                 | s3://logs      | a bucket's name, without s3:// and without a path",
                "s3.bucket                 | logs/duo       | a bucket's name, without s3:// and without a path",
                "s3.path-style             | 1              | false or true",
                "s3.compression            | zip            | none or gzip",
                "s3.checksums              | never          | when-supported or when-required",
                "s3.unconditional-writes   | maybe          | refuse or allow",
                "s3.clock                  | no             | check or ignore",
                "state.first-run           | true           | check or allow",
                "state.key                 | /state.json    | an object key without a slash at either end and without ${",
                "state.key                 | state/         | an object key without a slash at either end and without ${",
                "state.key                 | state/${x}     | an object key without a slash at either end and without ${",
                "state.inside-prefix       | maybe          | false or true",
                "event.shape               | udm            | duo-client or raw",
                "observe.enabled           | on             | false or true",
                "observe.host              | ''             | an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
                "observe.host              | http://here    | an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
                "observe.port              | 0              | a whole number, 1 to 65535",
                "observe.port              | 65536          | a whole number, 1 to 65535",
                "metrics.textfile          | target         | a file in a folder that is there, such as /var/lib/node_exporter/duo.prom",
                "metrics.textfile          | /dev/null      | a file in a folder that is there, such as /var/lib/node_exporter/duo.prom",
                "metrics.textfile          | nowhere/a.prom | a file in a folder that is there, such as /var/lib/node_exporter/duo.prom",
                "log.format                | xml            | human or json",
            })
    void value_isRefused_withItsBound(String name, String value, String bound) {
        assertThat(problems(name, value))
                .containsExactly("Setting " + name + " is '" + value + "'. Allowed: " + bound + ".");
    }

    @Test
    void range_hasAStateOfItsOwn() {
        Settings settings = TestSettings.with("range.from", "2026-11-01", "range.to", "2026-11-02T03:04:05.678Z");
        String folder = "duo-telephony-state/" + TestSettings.API_HOST;

        assertThat(settings.log().range())
                .hasValueSatisfying(
                        range -> assertThat(range).hasToString("2026-11-01T00:00:00Z..2026-11-02T03:04:05.678Z"));
        assertThat(settings.log().stateKey())
                .isEqualTo(folder + "_backfill_20261101T000000.000Z_20261102T030405.678Z.json");
        assertThat(settings.log().collectorStateKey()).isEqualTo(folder + ".json");
        assertThat(settings.log().rangeOfState(settings.log().stateKey()))
                .isEqualTo(settings.log().range());
        assertThat(settings.log().rangeOfState(settings.log().collectorStateKey()))
                .isEmpty();
        assertThat(TestSettings.with(
                                "range.from",
                                "2026-11-01",
                                "range.to",
                                "2026-11-02",
                                "range.skip-existing",
                                "false",
                                "state.key",
                                "state")
                        .log()
                        .stateKey())
                .isEqualTo("state_backfill_20261101T000000.000Z_20261102T000000.000Z_all.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api-1a2b3c4d.duosecurity.com",
                "api-1a2b3c4d.duosecurity.com.",
                "api-1a2b3c4d.duosecurity.com:443",
                "api-1a2b3c4d.duosecurity.com/admin",
                "admin-1a2b3c4d.duosecurity.com",
                "api-.duosecurity.com.example.org",
                "api-x.example.org",
                "api-x.y.duosecurity.com",
                "duosecurity.com",
            })
    void apiHost_isRefused(String host) {
        assertThat(problems("duo.api.host", host))
                .containsExactly("Setting duo.api.host is '" + host + "'. Allowed: " + API_HOST_ALLOWED + ".");
    }

    @Test
    void apiHost_isLowerCased_inAnyLanguage() {
        Settings settings = TestSettings.with("duo.api.host", "API-IIII.DUOSECURITY.COM");

        assertThat(settings.account().apiHost()).isEqualTo("api-iiii.duosecurity.com");
        assertThat(settings.account().baseUrl()).isEqualTo(URI.create("https://api-iiii.duosecurity.com"));
        assertThat(settings.log().stateKey()).isEqualTo("duo-telephony-state/api-iiii.duosecurity.com.json");
    }

    @ParameterizedTest
    @CsvSource({
        "duo.base-url, duo.example.org",
        "duo.base-url, ftp://duo.example.org",
        "duo.base-url, https://duo.example.org/admin",
        "duo.base-url, https://duo.example.org?a=b",
        "duo.base-url, https://duo.example.org#a",
        "duo.base-url, https://:443",
        "duo.base-url, https:opaque",
        "duo.base-url, https://a b",
        "s3.endpoint,  minio:9000",
        "s3.endpoint,  http://minio:9000/bucket",
        "s3.endpoint,  http://minio:0",
        "s3.endpoint,  http://minio:65536",
        "s3.endpoint,  http://[::1]:65536",
        "s3.endpoint,  http://minio:2147483648",
        "duo.base-url, https://duo.example.org:65536",
        "metrics.push, http://127.0.0.1:0",
        "metrics.push, http://127.0.0.1:70000",
    })
    void url_isRefused_whenItIsMoreOrLessThanAHost(String name, String value) {
        assertThat(problems(name, value))
                .containsExactly("Setting " + name + " is '" + value + "'. Allowed: " + URL_ALLOWED + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://duo.example.org/", "https://duo.example.org//"})
    void baseUrl_isRefused_whenNoPathFitsBehindIt(String value) {
        assertThat(problems("duo.base-url", value))
                .singleElement()
                .asString()
                .startsWith("Setting duo.base-url is '" + value + "'. Allowed: " + URL_ALLOWED);
    }

    @ParameterizedTest
    @CsvSource({
        "duo.proxy, proxy.example.org:3128",
        "s3.proxy,  proxy.example.org:3128",
        "duo.proxy, https://proxy.example.org:3128",
        "duo.proxy, http://proxy.example.org",
        "duo.proxy, socks://proxy.example.org:1080",
        "duo.proxy, http://proxy.example.org:3128/path",
        "duo.proxy, http://proxy.example.org:3128?query",
        "duo.proxy, http://proxy.example.org:70000x",
        "duo.proxy, http://proxy example.org:3128",
        "s3.proxy,  https://proxy.example.org:3128",
        "s3.proxy,  http://proxy.example.org",
        "s3.proxy,  http://proxy.example.org:0",
        "duo.proxy, http://proxy.example.org:65536",
    })
    void proxy_isRefused_withoutPlainHttpAndAPort(String name, String value) {
        assertThat(problems(name, value))
                .containsExactly(
                        "Setting " + name + " is '" + value + "'. Allowed: http://host:port, port 1 to 65535.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://duo.example.org",
                "http://192.168.0.1:8080",
                "http://localhost.example.org",
                "http://127.0.0.1.example.org",
                "http://[::2]"
            })
    void plainHttp_isRefused_beyondThisMachine(String value) {
        assertThat(problems("duo.base-url", value))
                .containsExactly("Setting duo.base-url is '" + value
                        + "'. Allowed: https://…; plain http is allowed to a loopback address only.");
    }

    @Test
    void prefix_isRefused_whenCamelWouldEvaluateIt() {
        assertThat(problems("s3.prefix", "duo/${date:now}"))
                .singleElement()
                .asString()
                .startsWith("Setting s3.prefix is \"duo/${date:now}\": it must not contain ${")
                .endsWith("Write the prefix out.");
    }

    @ParameterizedTest
    @CsvSource({
        "s3.prefix,  s3://logs/duo,     leave out s3:// and the bucket",
        "udm.prefix, duo-udm/..,        leave out the folder ..",
        "state.key,  state/./a.json,    leave out the folder .",
        "state.key,  'state/{acount}.json', there are {account} and {log}",
    })
    void placeThatIsAnother_isRefused(String setting, String value, String said) {
        assertThat(problems(setting, value))
                .singleElement()
                .asString()
                .startsWith("Setting " + setting + " is '" + value + "': ")
                .contains(said);
    }

    @Test
    void udmPrefix_isTaken_besideTheOthers() {
        assertThat(TestSettings.with("udm.prefix", "/duo-telephony-udm/").log().udmPrefix())
                .hasValueSatisfying(prefix -> assertThat(prefix).hasToString("duo-telephony-udm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"duo-telephony", "duo-telephony/udm", "/duo-telephony//"})
    void udmPrefix_isRefused_insideTheObjectsPrefix(String prefix) {
        assertThat(problems("udm.prefix", prefix))
                .singleElement()
                .asString()
                .startsWith("Setting udm.prefix is '")
                .contains("and s3.prefix is 'duo-telephony', and one is inside the other")
                .endsWith("such as duo-telephony and duo-telephony-udm.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", " / "})
    void udmPrefix_isRefused_atTheTopOfTheBucket(String prefix) {
        assertThat(problems("udm.prefix", prefix))
                .containsExactly("Setting udm.prefix is '" + prefix.strip() + "'. Allowed: a folder beside s3.prefix,"
                        + " such as duo-telephony-udm, or nothing for no UDM events.");
    }

    @Test
    void udmPrefix_isRefused_aroundTheObjectsPrefixAndTheState() {
        assertThat(problems("udm.prefix", "duo", "s3.prefix", "duo/raw"))
                .singleElement()
                .asString()
                .startsWith("Setting udm.prefix is 'duo' and s3.prefix is 'duo/raw', and one is inside the other");
        assertThat(problems("udm.prefix", "duo-telephony-state"))
                .singleElement()
                .asString()
                .startsWith("Setting state.key is duo-telephony-state/" + TestSettings.API_HOST
                        + ".json and is inside udm.prefix, which is 'duo-telephony-state'");
        assertThat(problems("udm.prefix", "udm/${date:now}"))
                .singleElement()
                .asString()
                .startsWith("Setting udm.prefix is \"udm/${date:now}\": it must not contain ${");
    }

    @Test
    void s3Connection_isReadAlone_withoutDuosSettings() throws IOException {
        Properties properties = TestSettings.shipped();
        properties.setProperty("s3.region", "eu-central-1");

        assertThat(s3Connection(properties).region()).contains("eu-central-1");

        properties.setProperty("s3.path-style", "maybe");
        assertThatThrownBy(() -> s3Connection(properties))
                .isInstanceOf(SettingsException.class)
                .hasMessage("Setting s3.path-style is 'maybe'. Allowed: false or true.");
    }

    private static S3Connection s3Connection(Properties properties) throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setInitialProperties(properties);
            return Settings.s3Connection(context);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500ms,     PT0.5S",
        "30s,       PT30S",
        "10m,       PT10M",
        "2h,        PT2H",
        "0,         PT0S",
        "PT90S,     PT1M30S",
        "pt1m,      PT1M",
        "PT0.5S,    PT0.5S",
        "PT1.0009S, PT1S",
    })
    void duration_isReadInItsForms_toTheMillisecond(String value, Duration duration) {
        assertThat(TestSettings.with("duo.retry.max-elapsed", value).account().get(SettingTable.RETRY_ELAPSED_MAX))
                .isEqualTo(duration);
    }

    @Test
    void duration_isReadInDays() {
        assertThat(TestSettings.with("duo.lookback", "7d").log().lookback()).isEqualTo(Duration.ofDays(7));
        assertThat(TestSettings.with("duo.lookback", "P7D").log().lookback()).isEqualTo(Duration.ofDays(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "30 s", "30S", "1w", "1.5h", "9999999999s", "٣s", "PT", "PT99999999999999999999S"})
    void duration_isRefused_inAnyOtherForm(String value) {
        assertThat(problems("duo.page.pause", value)).singleElement().asString().contains("is '" + value + "'");
    }

    @Test
    void lookback_of180Days_meansWhatDuoAnswers() {
        assertThat(TestSettings.with("duo.lookback", "180d").log().lookback())
                .isEqualTo(Duration.ofDays(180).minusHours(1))
                .isEqualTo(LogSettings.RETENTION);
    }

    // ---- Settings that belong together.

    @ParameterizedTest
    @ValueSource(strings = {"duo.api.host", "duo.ikey", "duo.skey", "s3.bucket"})
    void requiredSetting_isAskedForByName_andVariable(String name) {
        assertThat(problems(name, " "))
                .singleElement()
                .asString()
                .startsWith("Setting " + name + " is not set. It is the ")
                .endsWith("; set it in application.properties or in the environment as "
                        + EnvironmentPropertiesSource.variable(name) + ".");
    }

    @Test
    void severalProblems_areToldAtOnce_oneLineEach() {
        SettingsException refused = catchThrowableOfType(
                SettingsException.class,
                () -> TestSettings.with(
                        "duo.ikey", "",
                        "duo.lag", "1m",
                        "duo.page.size", "0",
                        "s3.bucket", "s3://logs",
                        "state.inside-prefix", "maybe"));

        assertThat(refused.problems())
                .extracting(line -> line.replaceAll("^Setting (\\S+) .*", "$1"))
                .containsExactly("s3.bucket", "duo.ikey", "duo.lag", "duo.page.size", "state.inside-prefix");
        assertThat(refused.getMessage().lines()).containsExactlyElementsOf(refused.problems());
    }

    @Test
    void lookback_isHeldAgainstTheLag_besideOtherProblems() {
        SettingsException refused = catchThrowableOfType(
                SettingsException.class,
                () -> TestSettings.with("duo.ikey", "", "duo.lag", "30m", "duo.lookback", "30m"));

        assertThat(refused.problems())
                .hasSize(2)
                .last()
                .isEqualTo("Setting duo.lookback is '30m'. Allowed: at least 11s longer than duo.lag, which is 30m.");
    }

    @Test
    void stateInsideThePrefix_isRefused_withTheGuidesOwnValues() {
        SettingsException refused = catchThrowableOfType(
                SettingsException.class,
                () -> TestSettings.with("s3.prefix", "duo-telephony/", "state.key", "duo-telephony/state.json"));

        assertThat(refused.problems())
                .containsExactly("Setting state.key is duo-telephony/state.json and is inside s3.prefix, which is"
                        + " 'duo-telephony': a SecOps feed on the prefix would take the state for a log, and delete it if"
                        + " set to delete sources. Set state.key to a key outside, such as"
                        + " duo-telephony-state/state.json, or state.inside-prefix=true to keep it there.");
    }

    @Test
    void stateInsideThePrefix_isRefused_whenThereIsNoPrefix() {
        assertThat(problems("s3.prefix", "/"))
                .singleElement()
                .asString()
                .contains("is inside s3.prefix, which is ''")
                .contains("and s3.prefix to a folder, such as duo-telephony, or state.inside-prefix=true");
    }

    @Test
    void stateInsideThePrefix_isAccepted_whenSaidSo() {
        Settings settings = TestSettings.with(
                "s3.prefix", "duo-telephony/",
                "state.key", "duo-telephony/state.json",
                "state.inside-prefix", "true");

        assertThat(settings.log().stateKey()).isEqualTo("duo-telephony/state.json");
    }

    // ---- The secret key.

    @Test
    void secretKey_comesFromTheSetting() {
        assertThat(TestSettings.with().account().secretKey()).isEqualTo(TestSettings.SKEY);
    }

    @Test
    void secretKey_comesTrimmedFromTheFile_readAnewEachTime() throws IOException {
        Path file = folder.resolve("skey");
        Files.writeString(file, "\n first-key \r\n");
        Settings settings = TestSettings.with("duo.skey", "", "duo.skey-file", file.toString());
        assertThat(settings.account().secretKey()).isEqualTo("first-key");

        Files.writeString(file, "second-key\n");

        assertThat(settings.account().secretKey()).isEqualTo("second-key");
    }

    @Test
    void secretKey_isMissed_whenTheFileGoesOrEmpties() throws IOException {
        Path file = Files.writeString(folder.resolve("skey"), "first-key");
        Settings settings = TestSettings.with("duo.skey", "", "duo.skey-file", file.toString());

        Files.writeString(file, " \n");
        assertThatThrownBy(settings.account()::secretKey)
                .isInstanceOf(SettingsException.class)
                .hasMessage("The secret key's file " + file
                        + " (duo.skey-file) is empty. Put the secret key of Duo's Admin API application there.");

        Files.delete(file);
        assertThatThrownBy(settings.account()::secretKey)
                .isInstanceOf(SettingsException.class)
                .hasMessage(
                        "The secret key's file " + file
                                + " (duo.skey-file) cannot be read (no such file). Put the secret key of Duo's Admin API application there.");
    }

    @Test
    void secretKeyFile_isRefused_whenItIsMissingOrEmpty() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");

        for (Path file : List.of(empty, folder.resolve("missing"), folder)) {
            assertThatThrownBy(() -> TestSettings.with("duo.skey", "", "duo.skey-file", file.toString()))
                    .hasMessageStartingWith("Setting duo.skey-file is '" + file + "', a file that ")
                    .hasMessageEndingWith(". Allowed: a readable file that holds the secret key, and nothing else.");
        }
    }

    @Test
    void secretKeyAndItsFile_areNotBothAccepted() throws IOException {
        Path file = Files.writeString(folder.resolve("skey"), "first-key");

        assertThat(problems("duo.skey-file", file.toString()))
                .containsExactly("Settings duo.skey and duo.skey-file are both set. Keep one of them.");
    }

    @Test
    void secrets_areInNoMessage_andNotInWhatIsPrinted() {
        assertThat(TestSettings.with())
                .hasToString("Settings[api-00000000.duosecurity.com -> s3://logs/duo-telephony]");

        Properties wrong = new Properties();
        SettingTable.active().forEach(setting -> wrong.setProperty(setting.name(), "\u0000wrong"));
        wrong.setProperty("duo.skey", TestSettings.SKEY);
        wrong.setProperty("duo.skey-file", "");
        assertThatThrownBy(() -> TestSettings.of(wrong))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("duo.signature")
                .message()
                .doesNotContain(TestSettings.SKEY);
    }

    @ParameterizedTest
    @CsvSource({
        "duo.proxy,    http://user:pass-word@proxy.example.org:3128",
        "duo.proxy,    http://user:pass-word/more@proxy.example.org:3128",
        "duo.proxy,    http://user:pass-word@more@proxy.example.org:3128",
        "duo.proxy,    user:pass-word@proxy.example.org:3128",
        "s3.proxy,     http://user:pass-word@proxy.example.org:3128",
        "s3.endpoint,  https://user:pass-word@proxy.example.org",
        "duo.base-url, https://user:pass-word@proxy.example.org",
        "duo.base-url, https://user:pass-word@proxy.example.org/",
    })
    void passwordInAUrl_isNotRepeated(String name, String value) {
        assertThat(problems(name, value))
                .singleElement()
                .asString()
                .startsWith("Setting " + name + " is '")
                .contains("…@proxy.example.org")
                .doesNotContain("pass-word")
                .doesNotContain("more");
    }

    // ---- As a bean.

    @Test
    void bean_readsTheContextsProperties() throws IOException {
        try (DefaultCamelContext context = context(Map.of("duo.page.size", "{{half}}", "half", "500"))) {
            Settings settings = new Settings();
            settings.setCamelContext(context);

            assertThat(settings.log().get(SettingTable.PAGE_SIZE)).isEqualTo(500);
            assertThat(settings.account().apiHost()).isEqualTo(TestSettings.API_HOST);
            assertThat(settings.getCamelContext()).isSameAs(context);
        }
    }

    @Test
    void bean_refusesASettingThatDoesNotExist() throws IOException {
        try (DefaultCamelContext context = context(Map.of("duo.pagesize", "1", "duo.overlapp", "1m"))) {
            Settings settings = new Settings();

            assertThatThrownBy(() -> settings.setCamelContext(context))
                    .isInstanceOfSatisfying(
                            SettingsException.class,
                            refused -> assertThat(refused.problems())
                                    .containsExactly(
                                            "Setting duo.overlapp does not exist. Did you mean duo.overlap?",
                                            "Setting duo.pagesize does not exist. Did you mean duo.page.size?"));
        }
    }

    private static DefaultCamelContext context(Map<String, String> more) {
        DefaultCamelContext context = new DefaultCamelContext();
        Properties properties = TestSettings.properties();
        properties.putAll(more);
        context.getPropertiesComponent().setInitialProperties(properties);
        return context;
    }

    private static List<String> problems(String... namesAndValues) {
        return catchThrowableOfType(SettingsException.class, () -> TestSettings.with(namesAndValues))
                .problems();
    }
}
