// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Map;
import java.util.TreeMap;

/**
 * Names a stream among the others: {@code telephony}, or with the account's name {@code acme/telephony}.
 *
 * @param account the name of its file in the folder of accounts; empty for the account of application.properties
 */
public record StreamName(String account, DuoLog log) {

    /** The metrics' label with the account, where there is a folder of accounts. */
    public static final String ACCOUNT = "account";

    /** The metrics' label with the log, where there are several streams. */
    public static final String LOG = "log";

    /** Returns it as labels of metrics: those that there may be several of. */
    Map<String, String> labels(boolean ofAccounts, boolean ofLogs) {
        Map<String, String> labels = new TreeMap<>();
        if (ofAccounts) {
            labels.put(ACCOUNT, account);
        }
        if (ofLogs) {
            labels.put(LOG, log.toString());
        }
        return labels;
    }

    /**
     * Returns it as labels of metrics that are summed up over several nodes, and so must tell whose it is.
     *
     * @param host names the account of application.properties
     */
    Map<String, String> labels(String host) {
        return new StreamName(account.isEmpty() ? host : account, log).labels(true, true);
    }

    /** Returns the options that name a stream in a command, each after a space; none where there is only one stream. */
    public static String options(Settings settings) {
        return (settings.name().isEmpty() ? "" : " --account " + settings.name())
                + (settings.label().isEmpty() ? "" : " --log " + settings.log().duoLog());
    }

    @Override
    public String toString() {
        return account.isEmpty() ? log.toString() : account + "/" + log;
    }
}
