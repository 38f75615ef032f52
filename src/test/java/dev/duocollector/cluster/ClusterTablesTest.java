// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quartz.impl.jdbcjobstore.Constants;

/** That the statements make what a cluster needs is tried on PostgreSQL, by the tests of nodes. */
class ClusterTablesTest {

    private static final String DDL = ClusterTables.ddl("duo \"x\"");

    @Test
    void names_areThoseThatQuartzUses_andTheOneOfAnotherOfItsClasses() {
        List<String> all = Arrays.stream(Constants.class.getFields())
                .filter(field -> field.getName().startsWith("TABLE_"))
                .map(field -> {
                    try {
                        return ClusterDatabase.TABLE_PREFIX + field.get(null);
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();

        assertThat(all).hasSize(10);
        assertThat(ClusterTables.names())
                .hasSize(11)
                .contains("QRTZ_SIMPROP_TRIGGERS")
                .containsAll(all);
    }

    @Test
    void ddl_dropsNothing_andChangesNothingThatIsThere() {
        assertThat(DDL).contains("CREATE TABLE IF NOT EXISTS QRTZ_LOCKS", "CREATE INDEX IF NOT EXISTS");
        assertThat(DDL.replace("IF NOT EXISTS ", ""))
                .doesNotContainPattern("(?i)\\b(drop|alter|delete from|truncate)\\b");
        assertThat(DDL.lines().filter(line -> line.startsWith("CREATE ")))
                .isNotEmpty()
                .allMatch(line -> line.contains(" IF NOT EXISTS "));
    }

    @Test
    void ddl_quotesTheUser() {
        assertThat(DDL).contains("TO \"duo \"\"x\"\"\";").startsWith("--").endsWith("COMMIT;\n");
    }
}
