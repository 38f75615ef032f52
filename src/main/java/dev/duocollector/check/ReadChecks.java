// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.check.S3Checks.S3Prefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.text.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What is under a prefix, and whether it may be listed and read. */
final class ReadChecks {

    private static final int KEYS_SHOWN = 3;

    /** The collector's own objects, and those of Google's guide's Lambda, which are events as well. */
    private static final String EVENTS = "LOG_[^/]*\\.(ndjson|ndjson\\.gz)|[^/]*telephony_\\d{8}_\\d{6}\\.json";

    private final S3Client s3;
    private final Settings settings;
    private final Consumer<Check> tell;
    private final Pattern events;

    ReadChecks(S3Client s3, Settings settings, Consumer<Check> tell) {
        this.s3 = s3;
        this.settings = settings;
        this.tell = tell;
        this.events =
                Pattern.compile(EVENTS.replace("LOG", settings.log().duoLog().toString()));
    }

    void list(S3Prefix prefix) {
        String folder = prefix.key("");
        String name = prefix.check("list");
        List<String> foreign = new ArrayList<>();
        try {
            s3.listObjectsV2Paginator(S3Checks.listing(settings, prefix).build()).contents().stream()
                    .limit(S3Checks.KEYS_MAX)
                    .forEach(object -> addForeign(object, folder, foreign));
            // What sorts behind the collector's own objects; there may be any number of those.
            s3
                    .listObjectsV2Paginator(S3Checks.listing(settings, prefix)
                            .startAfter(folder + settings.log().duoLog() + "_~")
                            .build())
                    .contents()
                    .stream()
                    .limit(S3Checks.KEYS_MAX)
                    .forEach(object -> addForeign(object, folder, foreign));
        } catch (SdkException e) {
            S3Failure failure =
                    S3Failure.explain("s3:ListBucket", settings.account().bucket(), e);
            tell.accept(
                    failure.subject() == S3Failure.Subject.PERMISSION
                            ? Check.fail(
                                    name,
                                    failure.what(),
                                    "Grant s3:ListBucket on arn:aws:s3:::"
                                            + settings.account().bucket() + " for s3:prefix "
                                            + folder
                                            + "* and " + settings.log().stateKey()
                                            + ": without it S3 says 403 where it means \"not there\".")
                            : Check.failed(name, failure));
            tell.accept(Check.skipped(prefix.check("foreign"), name + " failed"));
            return;
        }
        tell.accept(Check.pass(name, "s3:ListBucket is granted for " + folder + "*"));
        tell.accept(foreign(prefix, foreign));
    }

    private void addForeign(S3Object object, String folder, List<String> foreign) {
        String key = object.key();
        boolean itself = key.equals(folder) && object.size() == 0;
        // Where state.inside-prefix has put it.
        boolean state = key.equals(settings.log().stateKey())
                || key.equals(settings.log().stateKey() + WriteChecks.PROBE_SUFFIX);
        if (!itself
                && !state
                && !foreign.contains(key)
                && !events.matcher(key.substring(folder.length())).matches()) {
            foreign.add(key);
        }
    }

    private static Check foreign(S3Prefix prefix, List<String> foreign) {
        String name = prefix.check("foreign");
        if (foreign.isEmpty()) {
            return Check.pass(name, "nothing but events is under " + prefix.key(""));
        }
        return Check.fail(
                name,
                (foreign.size() >= S3Checks.KEYS_MAX ? "At least " : "") + Count.of(foreign.size(), "object")
                        + " under " + prefix.key("")
                        + " that the collector has not written: "
                        + String.join(", ", foreign.subList(0, Math.min(KEYS_SHOWN, foreign.size())))
                        + (foreign.size() > KEYS_SHOWN ? ", …" : "") + ".",
                "A feed on the prefix takes them for events. Move them away, or set " + prefix.setting()
                        + " to a folder of its own.");
    }

    Check read(S3Prefix prefix) {
        String name = prefix.check("read");
        try {
            s3.getObject(request -> request.bucket(settings.account().bucket())
                            .key(prefix.keyOfNothing())
                            .overrideConfiguration(S3Checks.bounded()))
                    .abort();
        } catch (SdkException e) {
            // That it is not there, S3 says only to those who may read.
            if (!S3Failure.isAbsent(e)) {
                return Check.failed(
                        name,
                        S3Failure.explain("s3:GetObject", settings.account().bucket() + "/" + prefix.key("*"), e));
            }
        }
        return Check.pass(name, "s3:GetObject is granted on " + prefix.key("*"));
    }
}
