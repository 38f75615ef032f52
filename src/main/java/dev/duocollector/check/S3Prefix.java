// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * A place for objects in the bucket, and how its checks are called.
 *
 * @param setting the setting that names it
 */
record S3Prefix(String setting, KeyPrefix prefix) {

    /** Returns those that are written to, the events' own first. */
    static List<S3Prefix> of(Settings settings) {
        List<S3Prefix> prefixes = new ArrayList<>();
        prefixes.add(new S3Prefix("s3.prefix", settings.log().prefix()));
        settings.log().udmPrefix().ifPresent(prefix -> prefixes.add(new S3Prefix("udm.prefix", prefix)));
        return prefixes;
    }

    String check(String what) {
        return setting.replace('.', '-') + "-" + what;
    }

    String key(String name) {
        return prefix.resolve(name);
    }

    /** Returns the key of an object that is asked for, and never written. */
    String keyOfNothing() {
        return key("telephony_check");
    }
}
