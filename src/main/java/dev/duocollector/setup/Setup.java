// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.setup;

import dev.duocollector.settings.NewSettings;
import dev.duocollector.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the command init makes of the answers: files in a folder, and what an operator does next. */
public final class Setup {

    private static final String SETTINGS = "application.properties";
    private static final String KEY = "skey";
    private static final String COLLECTOR = "collector-policy.json";
    private static final String READER = "reader-policy.json";

    private final Path folder;
    private final NewSettings answers;
    private final String secretKey;
    private final String keyFile;
    private final Settings settings;

    private Setup(Path folder, NewSettings answers, String secretKey, String keyFile) {
        this.folder = folder;
        this.answers = answers;
        this.secretKey = secretKey;
        this.keyFile = keyFile;
        settings = answers.read();
    }

    /** Returns one that also makes a file for the secret key. */
    public static Setup withKey(Path folder, NewSettings answers, String secretKey) {
        return new Setup(folder, answers, secretKey, KEY);
    }

    /** Returns one that names a file which has the secret key already. */
    public static Setup withKeyFile(Path folder, NewSettings answers, String keyFile) {
        return new Setup(folder, answers, "", keyFile);
    }

    /** Returns the names of the files that are made. */
    public static List<String> files(boolean hasKeyFile) {
        return hasKeyFile ? List.of(SETTINGS, COLLECTOR, READER) : List.of(SETTINGS, KEY, COLLECTOR, READER);
    }

    /**
     * Makes the files, all or none.
     *
     * @return what is worth a warning, a line each
     * @throws dev.duocollector.failure.RefusedException if one cannot be made
     */
    public List<String> write() {
        Policies policies = new Policies(settings);
        NewFiles files = new NewFiles(folder).with(SETTINGS, answers.text(keyFile));
        if (!secretKey.isEmpty()) {
            files.withSecret(KEY, secretKey + "\n");
        }
        return files.with(COLLECTOR, policies.collector())
                .with(READER, policies.reader())
                .write();
    }

    /** Says what was written and what comes next, in lines. */
    public List<String> report() {
        List<String> lines = new ArrayList<>();
        lines.add("Written to " + NewFiles.place(folder) + ":");
        lines.add("  " + SETTINGS + "   the settings");
        if (!secretKey.isEmpty()) {
            lines.add("  " + KEY + "                     the secret key");
        }
        lines.add("  " + COLLECTOR + "    what the collector may do in the bucket");
        lines.add("  " + READER + "       what a SecOps feed may do there");
        lines.add("");
        lines.add("Next:");
        lines.addAll(List.of(
                "  1. Duo Admin Panel, the Admin API application of this integration key: under Permissions,",
                "     leave only \"Grant read log\" checked. Under Networks for API Access, list the address that",
                "     requests come from here, or leave it empty. Save.",
                "  2. AWS: create the bucket " + settings.account().bucket()
                        + " with versioning and without public access.",
                "     Give " + COLLECTOR + " to the role or user that the collector runs as, and let the",
                "     AWS SDK find its credentials, as by AWS_PROFILE.",
                "  3. Google SecOps, if it reads the bucket: give " + READER + " to the role or user of",
                "     its feed (AWS.md, \"The SecOps feed\"). A feed for each log:"));
        settings.ofEachLog()
                .forEach(each -> lines.add("       s3://" + each.account().bucket() + "/"
                        + each.log().prefix().resolve("")));
        lines.addAll(List.of(
                "     With a KMS key of your own, both need one policy more: collector-kms.json, reader-kms.json.",
                "  4. In this folder, run check, which says what is still missing; once, the first run, which",
                "     reaches back " + settings.shown("duo.lookback")
                        + "; and run, which stays and makes one every hour."));
        return lines;
    }
}
