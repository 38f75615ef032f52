// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Optional;

/**
 * Which of the configured streams a command is about; empty for all.
 *
 * @param account an account's name, its API hostname, Duo's account id, or the name of the account that it is below
 */
public record Selection(Optional<String> account, Optional<DuoLog> log) {

    public static final Selection ALL = new Selection(Optional.empty(), Optional.empty());

    boolean takes(Settings each) {
        return account.isEmpty()
                || account.get().equals(each.name())
                || account.get().equals(each.origin().parent())
                || account.get().equalsIgnoreCase(each.account().apiHost())
                || account.get().equalsIgnoreCase(each.account().identity());
    }
}
