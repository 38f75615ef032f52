// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.Optional;

/**
 * Where an account comes from.
 *
 * @param name the account's; empty for the one of application.properties
 * @param file the file that has its keys; empty for the one of application.properties
 * @param parent the name of the account that it is below; empty if it has a file of its own
 * @param child how its parent's list has it
 */
record Origin(String name, Optional<SettingsFile> file, String parent, Optional<Child> child) {

    /** That of the account of application.properties. */
    static final Origin SHARED = new Origin("", Optional.empty(), "", Optional.empty());

    static Origin file(String name, SettingsFile file) {
        return new Origin(name, Optional.of(file), "", Optional.empty());
    }

    /** Returns that of an account below the one of this. */
    Origin child(Child below) {
        return new Origin(
                below.name(name),
                file.map(keys -> keys.with(SettingTable.API_HOST, below.apiHost())),
                name,
                Optional.of(below));
    }

    /** The file's place, for messages; empty if there is none. */
    String place() {
        return file.map(SettingsFile::path).map(Object::toString).orElse("");
    }
}
