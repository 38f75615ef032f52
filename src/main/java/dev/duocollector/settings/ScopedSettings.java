// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.settings.Setting.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of the settings of one scope, each as its type reads it. */
abstract sealed class ScopedSettings permits ProcessSettings, AccountSettings, LogSettings {

    private final Scope scope;
    private final Map<Setting<?>, Object> values = new HashMap<>();
    private final Map<Setting<?>, Setting<?>> written = new HashMap<>();

    ScopedSettings(Scope scope, SettingReader reader) {
        this(scope, reader, null);
    }

    /** @param log whose own settings come before those of all logs; null for none */
    ScopedSettings(Scope scope, SettingReader reader, @Nullable DuoLog log) {
        this.scope = scope;
        for (Setting<?> setting : SettingTable.all()) {
            if (setting.scope() == scope) {
                Setting<?> read = log == null ? setting : reader.written(setting, log);
                written.put(setting, read);
                values.put(setting, reader.read(read));
            }
        }
    }

    /** Whether the log has a value of its own for a setting, beside that of all logs. */
    public boolean hasOwn(Setting<?> setting) {
        return !written(setting).equals(setting);
    }

    /** Returns the setting that a value comes from: itself, or the one of the log. */
    Setting<?> written(Setting<?> setting) {
        return written.getOrDefault(setting, setting);
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
