// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.cli.ConfigCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How streams are dealt into shards, and what the setting may be. */
class ShardTest {

    @TempDir
    private Path folder;

    /**
     * Nodes of different releases must deal alike. The numbers are not this program's, but from Python 3: {@code max(range(n),
     * key=lambda i: (hashlib.sha256(f"{i}:{owner}".encode()).digest(), -i))}.
     */
    @ParameterizedTest
    @CsvSource({
        "api-00000000.duosecurity.com, 0, 1, 1, 1, 753",
        "api-00000000.duosecurity.com/authentication, 0, 1, 2, 2, 280",
        "api-00000000.duosecurity.com/activity, 0, 0, 0, 0, 484",
        "api-1a2b3c4d.duosecurity.com, 0, 0, 2, 2, 271",
        "api-1a2b3c4d.duofederal.com/activity, 0, 1, 2, 2, 362",
        "DA00000000000000000A, 0, 0, 2, 2, 197",
        "DA00000000000000000A/authentication, 0, 0, 2, 3, 389",
        "DA00000000000000000B/activity, 0, 1, 2, 2, 714",
    })
    void stream_isDealtAsInEveryRelease(String owner, int of1, int of2, int of3, int of5, int of1000) {
        assertThat(List.of(1, 2, 3, 5, 1000))
                .extracting(count -> new Shard(0, count).of(owner))
                .containsExactly(of1, of2, of3, of5, of1000);
        assertThat(IntStream.range(0, 5)
                        .filter(index -> new Shard(index, 5).has(owner))
                        .boxed())
                .as("one shard has it")
                .containsExactly(of5);
    }

    private static List<String> owners(int count) {
        List<String> owners = new ArrayList<>();
        for (int i = 0; owners.size() < count; i++) {
            String host = String.format(Locale.ROOT, "api-%08x.duosecurity.com", i);
            owners.addAll(List.of(host, host + "/authentication", host + "/activity"));
        }
        return owners.subList(0, count);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 10, 30})
    void oneShardMore_movesItsPartOnly_andOneLessGivesItBack(int count) {
        Shard before = new Shard(0, count);
        Shard after = new Shard(0, count + 1);
        List<String> all = owners(1000);
        List<String> moved = all.stream()
                .filter(owner -> before.of(owner) != after.of(owner))
                .toList();

        assertThat(moved).hasSizeBetween(1, 1500 / (count + 1)).allMatch(owner -> after.of(owner) == count);
        assertThat(all).filteredOn(owner -> after.of(owner) == count).isEqualTo(moved);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void eachShard_hasItsShareOf200Streams(int count) {
        Map<Integer, Integer> dealt = new HashMap<>();
        owners(200).forEach(owner -> dealt.merge(new Shard(0, count).of(owner), 1, Integer::sum));

        assertThat(dealt).hasSize(count);
        assertThat(dealt.values()).allMatch(size -> size <= 300 / count);
    }

    @ParameterizedTest
    @CsvSource({
        "0/1,, 0/1",
        "2/3,, 2/3",
        "999/1000,, 999/1000",
        "1/3, collector-2, 1/3",
        "auto/3, duo-telephony-collector-2, 2/3",
        "auto/3, collector-0, 0/3",
        "auto/1000, a-1-999, 999/1000",
    })
    void shard_isRead(String written, String host, String read) throws IOException {
        Settings settings = settings(written, Optional.ofNullable(host));

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.account().shard()).map(Shard::toString).contains(read);
    }

    static Stream<Arguments> wrong() {
        String form = Shard.ALLOWED;
        String pod = "is the name of a StatefulSet's pod, which ends in its ordinal, such as collector-2; it is ";
        return Stream.of(
                Arguments.of("one number", "3", "c-1", form),
                Arguments.of("no shard at all", "0/0", "c-1", form),
                Arguments.of("auto of none", "auto/0", "c-1", form),
                Arguments.of("too many", "0/1001", "c-1", form),
                Arguments.of("far too many", "0/99999999999999999999", "c-1", form),
                Arguments.of("auto of far too many", "auto/99999999999", "c-1", form),
                Arguments.of("index far too high", "99999999999999999999/3", "c-1", form),
                Arguments.of("negative", "-1/3", "c-1", form),
                Arguments.of("spaces", "1 / 3", "c-1", form),
                Arguments.of("leading zero", "01/3", "c-1", form),
                Arguments.of("other digits", "\u0661/\u0663", "c-1", form),
                Arguments.of("AUTO", "AUTO/3", "c-1", form),
                Arguments.of("auto without a number", "auto", "c-1", form),
                Arguments.of("three numbers", "1/2/3", "c-1", form),
                Arguments.of("counted from 1", "3/3", "c-1", "I from 0 to 2 with N 3, as the first shard is 0/3"),
                Arguments.of("no HOSTNAME", "auto/3", null, pod + "not set"),
                Arguments.of("empty HOSTNAME", "auto/3", "", pod + "not set"),
                Arguments.of("a laptop's name", "auto/3", "laptop", pod + "'laptop'"),
                Arguments.of("a container's id", "auto/3", "0f3a9c2b4d5e", pod + "'0f3a9c2b4d5e'"),
                Arguments.of("a number alone", "auto/3", "2", pod + "'2'"),
                Arguments.of("a Deployment's pod", "auto/3", "collector-7d9f8b6c5-x2k4q", pod),
                Arguments.of("ordinal with a zero before it", "auto/3", "collector-02", pod),
                Arguments.of("ordinal with a domain behind it", "auto/3", "collector-2.duo", pod),
                Arguments.of("huge ordinal", "auto/3", "collector-99999999999999999999", pod),
                Arguments.of(
                        "more pods than shards",
                        "auto/3",
                        "collector-3",
                        "HOSTNAME is 'collector-3'. Set N to the replicas of the StatefulSet"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void wrongShard_isOneLine_andForAnOperator(String what, String written, String host, String allowed)
            throws IOException {
        Settings settings = settings(written, Optional.ofNullable(host));

        assertThat(settings.problems())
                .singleElement()
                .asString()
                .startsWith("Setting streams.shard is '" + written + "'. Allowed: ")
                .contains(allowed)
                .endsWith(".");
        assertThat(settings.mayPass()).isFalse();
        assertThat(settings.account().shard())
                .as("not taken for all, as nothing starts")
                .isEmpty();
        assertThat(config(sources(written, Optional.ofNullable(host)))).contains("  WRONG: Setting streams.shard is ");
    }

    /** In Karaf, and in an application of one's own. */
    @Test
    void auto_isRefused_whereTheEnvironmentIsNotRead() {
        SettingSources karaf =
                SettingSources.ofContainer(settings("auto/3"), folder.resolve("routes"), "etc/dev.duocollector.cfg");

        assertThat(new CamelSettings(karaf, Map.of()).examine().problems())
                .containsExactly("Setting streams.shard is 'auto/3'. Allowed: I/N here, such as 0/3: auto takes I from"
                        + " the environment variable HOSTNAME, and the environment is not read.");
        SettingSources fixed =
                SettingSources.ofContainer(settings("1/3"), folder.resolve("routes"), "etc/dev.duocollector.cfg");
        assertThat(new CamelSettings(fixed, Map.of()).examine().account().shard())
                .contains(new Shard(1, 3));
    }

    @Test
    void config_showsWhatAutoComesTo() throws IOException {
        assertThat(config(sources("auto/3", Optional.of("collector-1"))))
                .contains("streams.shard=1/3   (environment variable STREAMS_SHARD, written 'auto/3')")
                .doesNotContain("WRONG");
    }

    /** It would take the account's streams from the shard that all nodes deal them to. */
    @Test
    void accountsFile_mayNotSetIt() throws IOException {
        Path accounts = Files.createDirectory(folder.resolve("accounts.d"));
        Files.writeString(
                accounts.resolve("acme.properties"),
                "duo.api.host=api-00000009.duosecurity.com\nduo.ikey=" + TestSettings.IKEY + "\nduo.skey="
                        + TestSettings.SKEY + "\nstreams.shard=0/2\n");
        Settings shared = settings("1/3", Optional.empty());

        assertThat(new Accounts(shared, Selection.ALL).look().problems())
                .singleElement()
                .asString()
                .contains("acme.properties: Setting streams.shard is one for all accounts");
    }

    private Map<String, String> settings(String shard) {
        return Map.of(
                "duo.api.host", TestSettings.API_HOST,
                "duo.ikey", TestSettings.IKEY,
                "duo.skey", TestSettings.SKEY,
                "s3.bucket", TestSettings.BUCKET,
                "streams.shard", shard);
    }

    private SettingSources sources(String shard, Optional<String> host) {
        Map<String, String> environment = new HashMap<>();
        settings(shard).forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));
        host.ifPresent(name -> environment.put("HOSTNAME", name));
        return SettingSources.of(environment, folder);
    }

    private Settings settings(String shard, Optional<String> host) throws IOException {
        return new CamelSettings(sources(shard, host), Map.of()).examine();
    }

    private static String config(SettingSources sources) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ConfigCommand.print(sources, Map.of(), new PrintStream(printed, true, StandardCharsets.UTF_8), false);
        return printed.toString(StandardCharsets.UTF_8);
    }
}
