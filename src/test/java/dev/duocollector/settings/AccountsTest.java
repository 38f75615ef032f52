// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a folder of accounts comes to: its files, what they share, what is wrong with one of them, and how they change. */
class AccountsTest {

    private static final String KEYS =
            "duo.ikey=DIXXXXXXXXXXXXXXXXXX\nduo.skey=0123456789abcdef0123456789abcdef01234567\n";

    @TempDir
    private Path folder;

    private final Map<String, String> shared = new HashMap<>();

    @BeforeEach
    void share() {
        shared.put("s3.bucket", "shared-bucket");
        shared.put("duo.accounts", folder.toString());
    }

    private Settings settings() {
        Map<String, String> all = new HashMap<>();
        SettingsFile.ofJar().forEach((name, value) -> all.put(String.valueOf(name), String.valueOf(value)));
        all.putAll(shared);
        return Settings.of(all::get, Optional.empty());
    }

    private Accounts accounts() {
        return new Accounts(settings(), Selection.ALL);
    }

    /** Writes an account's file; it was written a while ago. */
    private Path write(String name, String host, String... lines) {
        return writeFile(name + ".properties", "duo.api.host=" + host + "\n" + KEYS + String.join("\n", lines) + "\n");
    }

    private Path writeFile(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.writeString(file, text);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void own() {
        shared.put("duo.api.host", "api-00000000.duosecurity.com");
        shared.put("duo.ikey", "DIOOOOOOOOOOOOOOOOOO");
        shared.put("duo.skey", "fedcba9876543210fedcba9876543210fedcba98");
    }

    private static List<String> streams(Accounts.Found found) {
        return found.ofEachStream().stream()
                .map(each -> each.streamName() + " of " + each.account().apiHost() + " in s3://"
                        + each.account().bucket() + "/" + each.log().prefix() + ", state "
                        + each.log().collectorStateKey())
                .toList();
    }

    @Test
    void eachFile_isAnAccount_withPlacesOfItsOwn() {
        write("acme", "api-0000000a.duosecurity.com");
        write("globex-2", "api-0000000b.duofederal.com", "duo.logs=activity", "s3.bucket=globex-bucket");

        Accounts.Found found = accounts().look();

        assertThat(found.problems()).isEmpty();
        assertThat(streams(found))
                .containsExactly(
                        "acme/telephony of api-0000000a.duosecurity.com in s3://shared-bucket/duo-telephony/acme,"
                                + " state duo-telephony-state/api-0000000a.duosecurity.com.json",
                        "globex-2/activity of api-0000000b.duofederal.com in s3://globex-bucket/duo-activity/globex-2,"
                                + " state duo-activity-state/api-0000000b.duofederal.com.json");
    }

    @Test
    void accountOfApplicationProperties_staysWhatItWas_beside() {
        own();
        write("acme", "api-0000000a.duosecurity.com");

        Accounts.Found found = accounts().look();

        assertThat(streams(found))
                .containsExactly(
                        "telephony of api-00000000.duosecurity.com in s3://shared-bucket/duo-telephony,"
                                + " state duo-telephony-state/api-00000000.duosecurity.com.json",
                        "acme/telephony of api-0000000a.duosecurity.com in s3://shared-bucket/duo-telephony/acme,"
                                + " state duo-telephony-state/api-0000000a.duosecurity.com.json");
        Settings acme = found.accounts().get(1);
        assertThat(acme.account().get(SettingTable.IKEY)).isEqualTo("DIXXXXXXXXXXXXXXXXXX");
        assertThat(found.accounts().get(0).log().schedule()).isEqualTo("0 0 * * * ?");
        assertThat(acme.log().schedule()).as("a second of its own").matches("\\d{1,2} \\d{1,2} \\* \\* \\* \\?");
    }

    @ParameterizedTest(name = "{0} in what all share")
    @CsvSource(delimiter = '|', textBlock = """
            s3.prefix=logs/duo               | logs/duo/acme
            s3.prefix=                       | acme
            s3.prefix={account}/duo/{log}    | acme/duo/telephony
            s3.prefix.telephony=calls        | calls/acme
            """)
    void prefix_isTheSharedOne_withTheAccountsNameInIt(String setting, String prefix) {
        shared.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        write("acme", "api-0000000a.duosecurity.com");

        Accounts.Found found = accounts().look();

        assertThat(found.problems()).isEmpty();
        assertThat(found.accounts().get(0).log().prefix()).hasToString(prefix);
    }

    @Test
    void file_comesBeforeWhatAllShare_alsoBeforeASettingOfOneLog() {
        shared.put("duo.lookback", "2h");
        shared.put("duo.lookback.telephony", "3h");
        shared.put("duo.schedule", "0 */10 * * * ?");
        write("acme", "api-0000000a.duosecurity.com", "duo.lookback=4h", "s3.prefix=mine", "duo.schedule=0 30 * * * ?");
        write("globex", "api-0000000b.duosecurity.com");

        Accounts.Found found = accounts().look();

        assertThat(found.problems()).isEmpty();
        assertThat(found.accounts())
                .extracting(each -> each.log().lookback().toHours() + " "
                        + each.log().prefix() + " " + each.log().schedule())
                .containsExactly("4 mine 0 30 * * * ?", "3 duo-telephony/globex 0 */10 * * * ?");
    }

    /** A wrong file is one line, and spoils no other. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no host            | duo.ikey=DIXXXXXXXXXXXXXXXXXX;duo.skey=s                 | Setting duo.api.host is not set
            another's key      | duo.api.host=api-0000000c.duosecurity.com;duo.skey=s     | Setting duo.ikey is not set. It is the integration key of Duo's Admin API application; set it in
            no secret          | duo.api.host=api-0000000c.duosecurity.com;duo.ikey=D     | Setting duo.skey is not set
            unread secret      | duo.api.host=api-0000000c.duosecurity.com;duo.ikey=D;duo.skey-file=/no/such/file | /no/such/file
            a slip             | HOST;duo.lokback=2h                                      | Setting duo.lokback does not exist. Did you mean duo.lookback?
            S3 of its own      | HOST;s3.region=eu-west-1                                 | Setting s3.region is one for all accounts
            proxy of its own   | HOST;duo.proxy=http://127.0.0.1:3128                     | Setting duo.proxy is one for all accounts
            the program's      | HOST;observe.port=9877                                   | Setting observe.port is one for all accounts
            Camel's            | HOST;camel.main.name=x                                   | Setting camel.main.name is one for all accounts
            a folder within    | HOST;duo.accounts=more                                   | Setting duo.accounts is one for all accounts
            retired            | HOST;range.from=2026-01-01                               | Setting range.from is retired
            out of bounds      | HOST;duo.lag=1s                                          | Setting duo.lag is '1s'. Allowed: 2m to 1h
            no log             | HOST;duo.logs=administrator                              | Setting duo.logs names administrator
            not its log        | HOST;duo.lookback.activity=2h                            | Setting duo.lookback.activity is set, and duo.logs does not name the activity log
            host of another    | duo.api.host=api-0000000a.duosecurity.com;duo.ikey=D;duo.skey=s | Setting duo.api.host is api-0000000a.duosecurity.com, as in the account acme
            host of the own    | duo.api.host=api-00000000.duosecurity.com;duo.ikey=D;duo.skey=s | Setting duo.api.host is api-00000000.duosecurity.com, as in application.properties
            prefix of another  | HOST;s3.prefix=duo-telephony/acme                        | overlaps s3.prefix 'duo-telephony/acme/' of the telephony log of acme
            inside another's   | HOST;s3.prefix=duo-telephony/acme/more                   | overlaps s3.prefix 'duo-telephony/acme/' of the telephony log of acme
            around all         | HOST;s3.prefix=/;state.inside-prefix=true                | overlaps
            UDM in another's   | HOST;udm.prefix=duo-telephony/acme/udm                   | overlaps s3.prefix
            state of another   | HOST;state.key=duo-telephony-state/api-0000000a.duosecurity.com.json | overlaps state.key
            state in another's | HOST;state.key=duo-telephony/acme/state.json             | overlaps s3.prefix
            around a state     | HOST;s3.prefix=duo-telephony-state;state.key=x/y.json    | overlaps state.key
            some children      | HOST;duo.children=some                                   | Setting duo.children is 'some'. Allowed: none or all
            no placeholder     | HOST;duo.lookback={{no.such}}                            | Setting duo.lookback has the placeholder {{no.such}}
            nothing's name     | KEY{{}}                                       | Setting duo.skey has the placeholder {{}}, which names nothing
            a blank's name     | KEY{{ }}                                      | Setting duo.skey has the placeholder {{ }}, which names nothing
            a default alone    | KEY{{:x}}                                     | Setting duo.skey has the placeholder {{:x}}, which names nothing
            no name            | HOST;=x                                                  | has a line without a name
            """)
    void wrongFile_isOneLine_andSpoilsNoOther(String what, String lines, String problem) {
        own();
        write("acme", "api-0000000a.duosecurity.com");
        String key = "duo.api.host=api-0000000c.duosecurity.com;duo.ikey=DIXXXXXXXXXXXXXXXXXX;duo.skey=";
        Path wrong = writeFile(
                "initech.properties",
                lines.replace("HOST", key + "s").replace("KEY", key).replace(";", "\n"));
        write("zenith", "api-0000000d.duosecurity.com");

        Accounts.Found found = accounts().look();

        assertThat(found.problems())
                .as(what)
                .allSatisfy(line -> assertThat(line)
                        .startsWith(wrong + ": ")
                        .endsWith(" This account is not collected.")
                        .hasLineCount(1))
                .first()
                .asString()
                .contains(problem);
        assertThat(found.accounts()).extracting(Settings::name).containsExactly("", "acme", "zenith");
    }

    private static final Child CHILD = new Child("DA0000000000000000ON", "api-000000aa.duosecurity.com");

    /** Takes what is below the parent {@code msp}, and looks. */
    private static Accounts.Found below(Accounts accounts, Child... children) {
        accounts.look();
        accounts.parents().forEach(parent -> accounts.take(parent, List.of(children)));
        return accounts.look();
    }

    @Test
    void child_hasTheSettingsOfItsParentsFile_andPlacesOfItsOwn() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all", "s3.prefix=below", "duo.lookback=2h");
        write("msp-itself", "api-0000000f.duosecurity.com");

        Accounts.Found found = below(accounts(), CHILD);

        assertThat(found.problems()).isEmpty();
        assertThat(found.accounts())
                .extracting(Settings::name)
                .containsExactly("msp-itself", "msp-da0000000000000000on");
        Settings child = found.accounts().get(1);
        assertThat(child.account().apiHost()).isEqualTo(CHILD.apiHost());
        assertThat(child.account().baseUrl()).hasToString("https://" + CHILD.apiHost());
        assertThat(child.account().accountId()).contains(CHILD.accountId());
        assertThat(child.account().get(SettingTable.IKEY)).isEqualTo("DIXXXXXXXXXXXXXXXXXX");
        assertThat(child.log().lookback()).hasHours(2);
        assertThat(child.log().prefix()).hasToString("below/msp-da0000000000000000on");
        assertThat(child.log().stateKey()).isEqualTo("duo-telephony-state/" + CHILD.accountId() + ".json");
        assertThat(child.owner()).isEqualTo(CHILD.accountId());
    }

    /** What cannot be collected is told of by the account's id, and spoils no other. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            its name is a file's    | ''                        | msp-da0000000000000000tw | Its name, msp-da0000000000000000tw, is that of another account
            one state for all       | state.key=states/one.json | acme                     | overlaps state.key 'states/one.json'
            the same with one letter| ''                        | acme                     | Its name, msp-da0000000000000000on, is that of another account
            """)
    void childThatIsWrong_isOneLine_andSpoilsNoOther(String what, String line, String file, String problem) {
        Path msp = write("msp", "api-0000000f.duosecurity.com", "duo.children=all", line);
        write(file, "api-0000000e.duosecurity.com");
        boolean isAlike = what.startsWith("the same");
        Child second =
                new Child(isAlike ? "DA0000000000000000oN" : "DA0000000000000000TW", "api-000000bb.duosecurity.com");

        Accounts.Found found = below(accounts(), CHILD, second);

        assertThat(found.problems())
                .singleElement()
                .asString()
                .startsWith(msp + ", account " + second.accountId() + ": ")
                .contains(problem)
                .endsWith(" It is not collected.");
        assertThat(found.accounts()).extracting(Settings::name).containsExactly(file, "msp-da0000000000000000on");
    }

    @Test
    void child_belowTwoParents_isCollectedOnce() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        write("other", "api-0000000e.duosecurity.com", "duo.children=all");
        Path again = write("again", "api-0000000f.duosecurity.com", "duo.children=all");

        Accounts.Found found = below(accounts(), CHILD);

        assertThat(found.accounts()).hasSize(1);
        assertThat(found.problems())
                .hasSize(2)
                .anyMatch(line -> line.contains("It is an account of again-da0000000000000000on already."))
                .anyMatch(line -> line.contains("as in the account again. An account is collected once"));
        assertThat(again).exists();
    }

    @Test
    void child_withAFileOfItsOwn_isCollectedByThat() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        Accounts accounts = accounts();
        assertThat(below(accounts, CHILD).accounts()).hasSize(1);

        write("acme", CHILD.apiHost());
        Accounts.Found found = accounts.look();

        assertThat(found.problems()).isEmpty();
        assertThat(found.accounts()).extracting(Settings::name).containsExactly("acme");
    }

    /** Else it would be stored in two places, once the file is right. */
    @Test
    void child_withAFileThatIsWrong_isNotCollectedByItsParent() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        write("acme", CHILD.apiHost().toUpperCase(Locale.ROOT), "duo.lag=soon");

        Accounts.Found found = below(accounts(), CHILD);

        assertThat(found.accounts()).isEmpty();
        assertThat(found.problems()).singleElement().asString().contains("acme.properties: Setting duo.lag is 'soon'");
    }

    /** What is below one parent is never read with the keys of another. */
    @Test
    void parentOfAnotherHost_hasNoneOfTheChildrenOfBefore() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        Accounts accounts = accounts();
        assertThat(below(accounts, CHILD).accounts()).hasSize(1);

        write("msp", "api-0000000e.duosecurity.com", "duo.children=all");
        assertThat(accounts.look().accounts()).isEmpty();

        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        assertThat(accounts.look().accounts()).hasSize(1);
    }

    @Test
    void children_stayTheSame_untilTheirParentsFileChanges() {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        Accounts accounts = accounts();
        Settings first = below(accounts, CHILD).accounts().get(0);
        assertThat(below(accounts, CHILD).accounts()).containsExactly(first);

        write("msp", "api-0000000f.duosecurity.com", "duo.children=all", "duo.lookback=2h");
        assertThat(accounts.look().accounts()).doesNotContain(first).hasSize(1);

        write("msp", "api-0000000f.duosecurity.com");
        assertThat(accounts.look().accounts()).extracting(Settings::name).containsExactly("msp");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parentBesideTheFolder_isRefused(boolean withFolder) {
        own();
        shared.put("duo.children", "all");
        if (!withFolder) {
            shared.remove("duo.accounts");
        }
        assertThat(catchThrowableOfType(SettingsException.class, this::settings).problems())
                .singleElement()
                .asString()
                .startsWith("Setting duo.children is 'all'. Allowed: all in the file of an account");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ACME.properties",
                "acme corp.properties",
                "a_b.properties",
                ".x.properties.properties",
                "ä.properties",
                "acme.PROPERTIES",
                "acme.properties.txt",
                "acme.properties "
            })
    void nameThatIsNoAccounts_isToldOf(String name) {
        writeFile(name, KEYS);
        writeFile("acme.properties~", "passed over");
        writeFile("acme.properties.bak", "passed over");
        writeFile("..data", "passed over");
        writeFile(".acme.properties.swp", "passed over");
        writeFile("README.md", "passed over");
        write("acme", "api-0000000a.duosecurity.com");

        Accounts.Found found = accounts().look();

        if (name.startsWith(".")) {
            assertThat(found.problems()).isEmpty();
        } else {
            assertThat(found.problems()).singleElement().asString().contains(name, "1 to 40 of a to z");
        }
        assertThat(found.accounts()).extracting(Settings::name).containsExactly("acme");
    }

    @Test
    void fileThatCannotBeRead_isNotAbsent() throws Exception {
        Path file = folder.resolve("acme.properties");
        Files.write(file, "duo.api.host=\u00e4".getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectory(folder.resolve("globex.properties"));
        Files.createSymbolicLink(folder.resolve("initech.properties"), Path.of("nowhere"));

        assertThat(accounts().look().problems())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("acme.properties", "is not UTF-8"),
                        line -> assertThat(line).contains("globex.properties", "cannot be read"),
                        line -> assertThat(line).contains("initech.properties", "cannot be read (no such file)"));
    }

    /** One of them is a copy whose place was left as it was; its events would be among another customer's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3.prefix=customers/core",
                "s3.prefix.telephony=customers/core/more",
                "state.key=states/core.json"
            })
    void placeThatTwoFilesSet_isNeithers_whenNothingSaysWhoseItIs(String line) {
        Path copy = write("acme", "api-0000000a.duosecurity.com", line);
        write("bolt", "api-0000000b.duosecurity.com");
        Path core =
                write("core", "api-0000000c.duosecurity.com", "s3.prefix=customers/core", "state.key=states/core.json");

        Accounts.Found found = accounts().look();

        assertThat(found.accounts()).extracting(Settings::name).containsExactly("bolt");
        assertThat(found.problems())
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).startsWith(copy + ": ").contains("core"),
                        problem -> assertThat(problem).startsWith(core + ": ").contains("acme"));
        Accounts one = new Accounts(settings(), new Selection(Optional.of("acme"), Optional.empty()));
        assertThatExceptionOfType(SettingsException.class).isThrownBy(one::look).withMessageContaining(copy.toString());

        Accounts known = accounts();
        write("acme", "api-0000000a.duosecurity.com");
        assertThat(known.look().accounts()).hasSize(3);
        write("acme", "api-0000000a.duosecurity.com", line);
        for (String look : List.of("at once", "and later")) {
            Accounts.Found edited = known.look();
            assertThat(edited.accounts())
                    .as(look)
                    .extracting(each -> each.name() + " " + each.log().prefix())
                    .containsExactly("acme duo-telephony/acme", "bolt duo-telephony/bolt", "core customers/core");
            assertThat(edited.problems())
                    .singleElement()
                    .asString()
                    .startsWith(copy + ": ")
                    .endsWith(" of before.");
        }
    }

    @Test
    void newFile_takesNothingFromAChild() throws Exception {
        write("msp", "api-0000000f.duosecurity.com", "duo.children=all");
        Accounts accounts = accounts();
        List<Settings> before = below(accounts, CHILD).accounts();
        assertThat(before).extracting(Settings::name).containsExactly("msp-da0000000000000000on");

        String prefix = "s3.prefix=" + before.get(0).log().prefix();
        Path file = write("new", "api-0000000e.duosecurity.com", prefix);
        for (String look : List.of("at once", "and later")) {
            Accounts.Found found = accounts.look();
            assertThat(found.accounts()).as(look).isEqualTo(before);
            assertThat(found.problems()).singleElement().asString().startsWith(file + ": Setting s3.prefix");
        }

        Files.delete(file);
        write("itself", CHILD.apiHost(), prefix);
        assertThat(accounts.look().accounts())
                .as("a file for the child itself")
                .extracting(Settings::name)
                .containsExactly("itself");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            duo.lookback=2h;duo.lookback=3h  | Line 4 sets duo.lookback, but line 5 sets it to another value
            s3.prefix=x\\;duo.lookback=3h    | The settings' file FILE has a backslash at the end of line 4, so that the next
            """)
    void fileInWhichASettingIsLost_isRefused_andHoldsUpNoOther(String lines, String said) {
        write("acme", "api-0000000a.duosecurity.com", "duo.lookback=2h", "duo.lookback=2h");
        Path wrong = write("globex", "api-0000000b.duosecurity.com", lines.split(";"));

        Accounts.Found found = accounts().look();

        assertThat(found.problems())
                .singleElement()
                .asString()
                .startsWith(wrong + ": " + said.replace("FILE", wrong.toString()))
                .endsWith(" This account is not collected.");
        assertThat(found.accounts()).extracting(Settings::name).containsExactly("acme");
    }

    @Test
    void fileThatIsAPipe_isRefused_andHoldsUpNoOther() throws Exception {
        write("acme", "api-0000000a.duosecurity.com");
        Path pipe = TestSettings.pipe(folder.resolve("zz.properties"));

        Accounts.Found found = assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> accounts().look());

        assertThat(found.problems())
                .singleElement()
                .asString()
                .startsWith(pipe + ": The settings' file " + pipe + " cannot be read (it is a pipe, ");
        assertThat(found.accounts()).extracting(Settings::name).containsExactly("acme");
    }

    @Test
    void filesThatChange_countAtTheNextLook_andAWrongEditKeepsWhatWas() throws Exception {
        write("acme", "api-0000000a.duosecurity.com");
        Path globex = write("globex", "api-0000000b.duosecurity.com");
        Accounts accounts = accounts();
        Accounts.Found first = accounts.look();
        assertThat(accounts.look().accounts()).as("unchanged").isEqualTo(first.accounts());

        write("acme", "api-0000000a.duosecurity.com", "duo.lookback=soon");
        Accounts.Found wrong = accounts.look();
        assertThat(wrong.accounts()).as("as before").isEqualTo(first.accounts());
        assertThat(wrong.problems())
                .singleElement()
                .asString()
                .contains("duo.lookback is 'soon'")
                .endsWith(" This account is collected with its settings of before.");

        write("acme", "api-0000000a.duosecurity.com", "duo.lookback=5h");
        Accounts.Found changed = accounts.look();
        assertThat(changed.problems()).isEmpty();
        assertThat(changed.accounts().get(0).log().lookback()).hasHours(5);
        assertThat(changed.accounts().get(1)).isSameAs(first.accounts().get(1));

        write("aaa", "api-0000000b.duosecurity.com");
        Accounts.Found taken = accounts.look();
        assertThat(taken.accounts())
                .extracting(Settings::name)
                .as("who was there first")
                .containsExactly("acme", "globex");
        assertThat(taken.problems()).singleElement().asString().contains("aaa.properties", "as in the account globex");

        Files.delete(globex);
        Accounts.Found removed = accounts.look();
        assertThat(removed.problems()).isEmpty();
        assertThat(removed.accounts()).extracting(Settings::name).containsExactlyInAnyOrder("acme", "aaa");
    }

    @Test
    void fileThatIsWrong_isReadAgain_sinceWhatItPointsToMayBePutRight() throws Exception {
        Path key = folder.resolve(".key");
        writeFile(
                "acme.properties",
                "duo.api.host=api-0000000a.duosecurity.com\nduo.ikey=DIXXXXXXXXXXXXXXXXXX\nduo.skey-file=" + key
                        + "\n");
        Accounts accounts = accounts();
        assertThat(accounts.look().problems()).singleElement().asString().contains(".key", "no such file");

        Files.writeString(key, "0123456789abcdef0123456789abcdef01234567");
        Accounts.Found right = accounts.look();
        assertThat(right.problems()).isEmpty();
        assertThat(right.accounts()).extracting(Settings::name).containsExactly("acme");
    }

    /** The clock that dates the files may be ahead. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 50})
    void fileThatIsBeingWritten_waitsForTheNextLook(int secondsAhead) throws Exception {
        write("acme", "api-0000000a.duosecurity.com");
        Accounts accounts = accounts();
        Accounts.Found first = accounts.look();
        Path half = write("globex", "api-0000000b.duosecurity.com");
        Files.setLastModifiedTime(half, FileTime.from(Instant.now().plusSeconds(secondsAhead)));

        assertThat(accounts.look().accounts()).isEqualTo(first.accounts());

        Files.setLastModifiedTime(half, FileTime.from(Instant.now().minusSeconds(6)));
        assertThat(accounts.look().accounts()).extracting(Settings::name).containsExactly("acme", "globex");
    }

    @Test
    void fileOfADayToCome_isTaken() throws Exception {
        write("acme", "api-0000000a.duosecurity.com");
        Accounts accounts = accounts();
        accounts.look();
        Path file = write("globex", "api-0000000b.duosecurity.com");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(86400)));

        assertThat(accounts.look().accounts()).extracting(Settings::name).containsExactly("acme", "globex");
    }

    /** Kubernetes swaps one link for all files at once, so that each file has another time, whether it was changed or not. */
    @Test
    void mountedSecret_isFollowed_whenItsLinkIsSwapped() throws Exception {
        mount("..2026_11_27_07_00_00.1", Map.of("acme", "1h", "globex", "2h", "initech", "3h"));
        Accounts accounts = accounts();
        Accounts.Found first = accounts.look();
        assertThat(lookbacks(first)).containsExactly("acme 1h", "globex 2h", "initech 3h");

        mount("..2026_11_27_08_00_00.2", Map.of("acme", "9h", "globex", "2h", "umbrella", "4h"));
        assertThat(lookbacks(accounts.look()))
                .as("what was written a moment ago waits; what is gone is gone")
                .containsExactly("acme 1h", "globex 2h");

        settle("..2026_11_27_08_00_00.2");
        Accounts.Found swapped = accounts.look();
        assertThat(swapped.problems()).isEmpty();
        assertThat(lookbacks(swapped)).containsExactly("acme 9h", "globex 2h", "umbrella 4h");
        assertThat(swapped.accounts().get(1))
                .as("not changed by the swap")
                .isSameAs(first.accounts().get(1));
        assertThat(swapped.accounts().get(0)).isNotSameAs(first.accounts().get(0));
    }

    @Test
    void mountedSecretThatIsNotThere_isAnEmptyFolder() throws Exception {
        own();
        mount("..2026_11_27_07_00_00.1", Map.of());
        Accounts accounts = accounts();
        assertThat(streams(accounts.look())).singleElement().asString().startsWith("telephony of api-00000000.");

        mount("..2026_11_27_08_00_00.2", Map.of("acme", "1h"));
        settle("..2026_11_27_08_00_00.2");
        assertThat(accounts.look().accounts()).extracting(Settings::name).containsExactly("", "acme");
    }

    private static List<String> lookbacks(Accounts.Found found) {
        return found.accounts().stream()
                .map(each -> each.name() + " " + each.log().lookback().toHours() + "h")
                .toList();
    }

    /** Does what the kubelet does, in its order: folder, link to it, a link for each new file, none for one that is gone. */
    private void mount(String version, Map<String, String> lookbacks) throws IOException {
        Path data = Files.createDirectory(folder.resolve(version));
        for (Map.Entry<String, String> each : lookbacks.entrySet()) {
            Files.writeString(
                    data.resolve(each.getKey() + ".properties"),
                    "duo.api.host=api-" + each.getKey() + ".duosecurity.com\n" + KEYS + "duo.lookback="
                            + each.getValue() + "\n");
        }
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String name : lookbacks.keySet()) {
            Path link = folder.resolve(name + ".properties");
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", name + ".properties"));
            }
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(folder, "*.properties")) {
            for (Path link : links) {
                if (!Files.exists(link)) {
                    Files.delete(link);
                }
            }
        }
    }

    /** Lets some time go by since a version was written. */
    private void settle(String version) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve(version))) {
            for (Path file : files) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            }
        }
    }

    @Test
    void folderThatIsGoneFromTheFirstLookOn_leavesTheAccountBesideIt() throws Exception {
        own();
        Accounts accounts = accounts();
        Files.delete(folder);
        try {
            Accounts.Found gone = accounts.look();
            assertThat(gone.accounts()).extracting(Settings::name).containsExactly("");
            assertThat(gone.problems()).singleElement().asString().contains("cannot be listed");
        } finally {
            Files.createDirectory(folder);
        }
    }

    @Test
    void folderThatIsGone_orCannotBeListed_changesNothing() throws Exception {
        write("acme", "api-0000000a.duosecurity.com");
        Accounts accounts = accounts();
        Accounts.Found first = accounts.look();
        Path elsewhere = folder.resolveSibling("elsewhere-" + System.nanoTime());
        Files.move(folder, elsewhere);
        try {
            Accounts.Found gone = accounts.look();
            assertThat(gone.accounts()).isEqualTo(first.accounts());
            assertThat(gone.problems())
                    .singleElement()
                    .asString()
                    .contains("(duo.accounts) cannot be listed (no such file). Its accounts are collected as before.");
            Files.writeString(folder, "a file in its place");
            assertThat(accounts.look().problems()).singleElement().asString().contains("is not a folder");
            Files.delete(folder);
        } finally {
            Files.move(elsewhere, folder);
        }
        assertThat(accounts.look().problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-folder", "pom.xml", "a\u0000b"})
    void folderThatIsSet_mustBeThere(String set) {
        shared.put("duo.accounts", set);
        assertThat(catchThrowableOfType(SettingsException.class, this::settings).problems())
                .singleElement()
                .asString()
                .startsWith("Setting duo.accounts ");
    }

    @Test
    void nameOfTheAccount_hasNoPlaceInSettingsOfAnAccountWithoutOne() {
        own();
        shared.put("s3.prefix", "{account}/duo");
        assertThat(catchThrowableOfType(SettingsException.class, this::settings).problems())
                .singleElement()
                .asString()
                .startsWith("Setting s3.prefix is '{account}/duo', and the account that is set beside it has no name");
    }

    @Test
    void commandAboutOneAccount_isRefusedWithTheNames_ifThereIsNone() {
        write("acme", "api-0000000a.duosecurity.com", "duo.logs=telephony,activity");
        write("globex", "api-0000000b.duosecurity.com");

        assertThat(selected("acme", null)).containsExactly("acme/telephony", "acme/activity");
        assertThat(selected("API-0000000B.duosecurity.com", null)).containsExactly("globex/telephony");
        assertThat(selected(null, DuoLog.ACTIVITY)).containsExactly("acme/activity");
        assertThat(catchThrowableOfType(SettingsException.class, () -> selected("initech", null))
                        .problems())
                .containsExactly("There is no account 'initech'. There are acme, globex.");
        assertThat(catchThrowableOfType(SettingsException.class, () -> selected("globex", DuoLog.ACTIVITY))
                        .problems())
                .singleElement()
                .asString()
                .contains("--log is activity");
    }

    private List<String> selected(String account, DuoLog log) {
        return new Accounts(settings(), new Selection(Optional.ofNullable(account), Optional.ofNullable(log)))
                .look().ofEachStream().stream()
                        .map(each -> each.streamName().toString())
                        .toList();
    }
}
