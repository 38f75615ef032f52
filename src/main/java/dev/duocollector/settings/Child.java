// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An account below a parent, as Duo's Accounts API lists it (<a href="https://duo.com/docs/accountsapi">Accounts API</a>, read
 * 2026-11-27).
 *
 * @param accountId Duo's own name of it, which goes into each request and is signed: letters and digits, up to 40
 * @param apiHost where its logs are read, with the keys of the parent
 */
public record Child(String accountId, String apiHost) {

    private static final Pattern ACCOUNT_ID = Pattern.compile("[A-Za-z0-9]{1,40}");

    /** @throws IllegalArgumentException if one has another form; the message names it, and not the value */
    public Child {
        if (!ACCOUNT_ID.matcher(accountId).matches()) {
            throw new IllegalArgumentException("account_id is not 1 to 40 letters and digits");
        }
        Optional<String> host = SettingTable.API_HOST.type().reader().apply(apiHost);
        apiHost = host.orElseThrow(
                () -> new IllegalArgumentException("api_hostname is not " + SettingTable.API_HOST.type()));
    }

    /** Names it among the accounts. */
    String name(String parent) {
        return parent + "-" + accountId.toLowerCase(Locale.ROOT);
    }
}
