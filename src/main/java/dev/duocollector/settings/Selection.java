// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Optional;

/**
 * Which of the configured streams a command is about; empty for all.
 *
 * @param account an account's name, or its API hostname
 */
public record Selection(Optional<String> account, Optional<DuoLog> log) {

    public static final Selection ALL = new Selection(Optional.empty(), Optional.empty());

    boolean takes(Settings each) {
        return account.isEmpty()
                || account.get().equals(each.name())
                || account.get().equalsIgnoreCase(each.account().apiHost());
    }
}
