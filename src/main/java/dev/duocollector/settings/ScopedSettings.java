// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.settings.Setting.Scope;
import java.util.HashMap;
import java.util.Map;

/** The values of the settings of one scope, each as its type reads it. */
abstract sealed class ScopedSettings permits ProcessSettings, AccountSettings, LogSettings {

    private final Scope scope;
    private final Map<Setting<?>, Object> values = new HashMap<>();

    ScopedSettings(Scope scope, SettingReader reader) {
        this.scope = scope;
        for (Setting<?> setting : SettingTable.all()) {
            if (setting.scope() == scope) {
                values.put(setting, reader.read(setting));
            }
        }
    }

    /** Returns the value of a setting of this scope. */
    @SuppressWarnings("unchecked") // Put in by the reader of the setting's own type.
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(setting + " belongs to " + setting.scope() + ", not to " + scope);
        }
        return (T) value;
    }
}
