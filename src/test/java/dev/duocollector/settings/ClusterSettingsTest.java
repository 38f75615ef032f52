// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.duocollector.cluster.ClusterDatabase;
import dev.duocollector.cluster.ClusterFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {

    private static final String URL = "jdbc:postgresql://db.example.com:5432/duo?sslmode=verify-full";

    @TempDir
    private Path folder;

    private Path password(String text) throws IOException {
        return Files.writeString(folder.resolve("password"), text);
    }

    private ClusterSettings right(Path file) {
        return TestSettings.with(
                        "cluster.jdbc-url", URL, "cluster.user", "duo", "cluster.password-file", file.toString())
                .process()
                .cluster()
                .orElseThrow();
    }

    @Test
    void notSet_thereIsNone() {
        assertThat(TestSettings.with().process().cluster()).isEmpty();
    }

    @Test
    void password_isReadAnew_trimmed() throws IOException {
        ClusterSettings cluster = right(password("first\n"));

        assertThat(cluster.url()).isEqualTo(URL);
        assertThat(cluster.user()).isEqualTo("duo");
        assertThat(cluster.password()).isEqualTo("first");
        password(" second ");
        assertThat(cluster.password()).isEqualTo("second");
        password(" ");
        assertThatThrownBy(cluster::password)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("is empty")
                .hasMessageNotContaining("second");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example.com:5432/duo?sslmode=verify-full, jdbc:postgresql://db.example.com:5432/duo",
        "jdbc:postgresql://[::1]:5432/duo?targetServerType=primary&userx=1, jdbc:postgresql://[::1]:5432/duo",
        "jdbc:postgresql:duo%40home, jdbc:postgresql:duo%40home",
    })
    void url_isNamedWithoutItsParameters(String url, String place) {
        ClusterSettings cluster = TestSettings.with("cluster.jdbc-url", url, "cluster.user", "duo")
                .process()
                .cluster()
                .orElseThrow();

        assertThat(cluster.url()).isEqualTo(url);
        assertThat(cluster).hasToString(place);
        assertThat(new ClusterDatabase(cluster)).hasToString(place);
        assertThat(ClusterFailure.of(new SQLException("no"), cluster).what())
                .isEqualTo("The cluster's database " + place + " cannot be used (no).");
    }

    @Test
    void withoutPasswordFile_thereIsNoPassword() {
        assertThat(TestSettings.with("cluster.jdbc-url", URL, "cluster.user", "duo")
                        .process()
                        .cluster()
                        .map(ClusterSettings::password))
                .contains("");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            another database     | cluster.jdbc-url=jdbc:mysql://h/d cluster.user=u          | Setting cluster.jdbc-url is 'jdbc:mysql://h/d'. Allowed: jdbc:postgresql://host:port/database, with neither user nor password in it, and no @.
            no database          | cluster.jdbc-url=db.example.com cluster.user=u            | Setting cluster.jdbc-url is 'db.example.com'. Allowed: jdbc:postgresql://
            a password in it     | cluster.jdbc-url=jdbc:postgresql://h/d?password=geheim cluster.user=u | Allowed: jdbc:postgresql://host:port/database, with neither user nor password in it
            a user in it         | cluster.jdbc-url=jdbc:postgresql://h/d?ssl=true&user=u cluster.user=u | Allowed: jdbc:postgresql://host:port/database, with neither user nor password in it
            another's password   | cluster.jdbc-url=jdbc:postgresql://h/d?sslpassword=geheim cluster.user=u | Setting cluster.jdbc-url is 'jdbc:postgresql://h/d?sslpassword=…'. Allowed: jdbc:postgresql://
            in other letters     | cluster.jdbc-url=jdbc:postgresql://h/d?ssl=true&PassWord=geheim cluster.user=u | PassWord=…'. Allowed: jdbc:postgresql://
            an encoded password  | cluster.jdbc-url=jdbc:postgresql://h/d?p%61ssword=geheim cluster.user=u | p%61ssword=…'. Allowed: jdbc:postgresql://
            an encoded user      | cluster.jdbc-url=jdbc:postgresql://h/d?%75ser=u cluster.user=u | Allowed: jdbc:postgresql://
            a broken name        | cluster.jdbc-url=jdbc:postgresql://h/d?%zz=geheim cluster.user=u | Allowed: jdbc:postgresql://
            before the host      | cluster.jdbc-url=jdbc:postgresql://u:geheim@h:1/d cluster.user=u | Setting cluster.jdbc-url is '…@h:1/d'. Allowed: jdbc:postgresql://host:port/database, with neither user nor password in it, and no @.
            with a slash in it   | cluster.jdbc-url=jdbc:postgresql://u:geheim/geheim?geheim@h/d cluster.user=u | Setting cluster.jdbc-url is '…@h/d'. Allowed:
            no user              | cluster.jdbc-url=jdbc:postgresql://h/d                    | Setting cluster.user is not set. It is the user of the cluster's database
            a user alone         | cluster.user=u                                            | Setting cluster.user is set, and cluster.jdbc-url is not. Set it too, or neither.
            a password alone     | cluster.password-file=/etc/hostname                       | Setting cluster.password-file is set, and cluster.jdbc-url is not.
            no such file         | cluster.jdbc-url=jdbc:postgresql://h/d cluster.user=u cluster.password-file=/no/such | Setting cluster.password-file is '/no/such', a file that cannot be read (no such file). Allowed: a readable file that holds the password, and nothing else.
            shards as well       | cluster.jdbc-url=jdbc:postgresql://h/d cluster.user=u streams.shard=0/2 | Settings cluster.jdbc-url and streams.shard are both set.
            """)
    void wrong_isOneLine_withoutAPassword(String name, String settings, String line) {
        List<String> namesAndValues = new ArrayList<>();
        for (String each : settings.split(" ", -1)) {
            namesAndValues.addAll(List.of(each.split("=", 2)));
        }

        SettingsException refused = catchThrowableOfType(
                SettingsException.class, () -> TestSettings.with(namesAndValues.toArray(String[]::new)));

        assertThat(refused.problems())
                .as(name)
                .singleElement()
                .asString()
                .contains(line)
                .doesNotContain("geheim");
    }

    /** What nodes do in turns is summed up by these, and two installations must not be taken for one. */
    @Test
    void stream_isNamedInMetrics_alsoIfItIsTheOnlyOne() {
        assertThat(TestSettings.with().labels()).isEmpty();
        assertThat(TestSettings.with("cluster.jdbc-url", "jdbc:postgresql://db:5432/duo", "cluster.user", "duo")
                        .labels())
                .isEqualTo(Map.of("account", TestSettings.API_HOST, "log", "telephony"));
    }
}
