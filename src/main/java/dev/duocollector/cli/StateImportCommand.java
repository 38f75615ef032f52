// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.operate.LambdaImport;
import dev.duocollector.operate.StatePlan;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.StateSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Takes the place of the Lambda in Google's guide. */
@Command(
        name = "import",
        description = {
            "Continues where the Lambda of Google's guide stopped.",
            "Makes a state of the Lambda's state.json, so that the next run leaves no gap and no duplicates: what the"
                    + " Lambda's objects hold counts as seen. It says what it would do before it asks. Turn the Lambda's"
                    + " schedule off first, and wait for the function to end."
        },
        exitCodeList = {
            "0:done, or said what it would do",
            "1:S3 failed, or a collector wrote meanwhile: the same command again may succeed",
            "2:wrong use, not a state of the Lambda, or no consent; nothing was changed"
        },
        footer = {
            "  state import duo-telephony/state.json --dry-run",
            "  state import s3://old-bucket/duo-telephony/state.json",
            "  state import state.json --lambda-prefix duo-logs"
        })
final class StateImportCommand extends StateCommand.Subcommand {

    private static final Pattern S3_URI = Pattern.compile("s3://([^/]+)/(.+)");

    /** The Lambda's has a hundred; more is something else. */
    private static final int BYTES_MAX = 1 << 20;

    @Parameters(
            paramLabel = "KEY-OR-FILE",
            description = "The Lambda's state: a file here, or else a key in s3.bucket, or s3://BUCKET/KEY.")
    private String source = "";

    @Option(
            names = "--lambda-prefix",
            paramLabel = "PREFIX",
            description =
                    "Where the Lambda's objects are, its S3_PREFIX; s3.prefix by default. In the bucket that its state is"
                            + " from, or in s3.bucket.")
    private @Nullable String lambdaPrefix;

    @Mixin
    private StateCommand.ChangeOptions options = new StateCommand.ChangeOptions();

    /** The Lambda's state, and where it is from. */
    private record Source(SdkBytes json, String place, String bucket) {}

    @Override
    int run(StateCommand.Session session) {
        Settings settings = session.settings();
        if (settings.log().duoLog() != DuoLog.TELEPHONY) {
            throw RefusedException.operator(
                    "Only the state of the guide\'s Lambda for the telephony log can be imported. What"
                            + " Google\'s functions for other logs say is collected need not be; use state set-through with a time from"
                            + " which to read again.");
        }
        KeyPrefix prefix = lambdaPrefix == null ? settings.log().prefix() : prefix(lambdaPrefix);
        Source read = read(session);
        StateSnapshot before = session.state().look();
        BucketEvents lambdas = new BucketEvents(session.s3(), read.bucket(), prefix, DuoLog.TELEPHONY);
        boolean elsewhere = !read.bucket().equals(settings.account().bucket())
                || !prefix.equals(settings.log().prefix());
        Optional<BucketEvents> own =
                elsewhere ? Optional.of(BucketEvents.of(session.s3(), settings)) : Optional.empty();
        StatePlan plan = LambdaImport.plan(
                read.json().asByteArray(),
                read.place(),
                before,
                settings,
                session.time(before),
                new LambdaImport.Places(lambdas, "s3://" + read.bucket() + "/" + prefix, own),
                session.err()::println);
        return change(session, options, before, plan);
    }

    private static KeyPrefix prefix(String value) {
        try {
            return new KeyPrefix(value);
        } catch (IllegalArgumentException e) {
            throw RefusedException.operator("Option --lambda-" + e.getMessage() + ".");
        }
    }

    private Source read(StateCommand.Session session) {
        Matcher uri = S3_URI.matcher(source);
        if (uri.matches()) {
            return object(session, uri.group(1), uri.group(2));
        }
        if (source.isEmpty() || source.startsWith("s3://")) {
            throw RefusedException.operator("'" + source + "' is not s3://BUCKET/KEY, a key, or a file.");
        }
        Optional<Path> file = file();
        return file.isPresent()
                ? new Source(
                        SdkBytes.fromByteArray(bytes(file.get())),
                        source,
                        session.settings().account().bucket())
                : object(session, session.settings().account().bucket(), source);
    }

    private Optional<Path> file() {
        try {
            return Optional.of(Path.of(source)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) <= BYTES_MAX) {
                return Files.readAllBytes(file);
            }
        } catch (IOException e) {
            throw RefusedException.operator(
                    file + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
        throw tooLarge(file.toString());
    }

    private static RefusedException tooLarge(String place) {
        return RefusedException.operator(place + " has over a million bytes: not a state of the Lambda.");
    }

    private Source object(StateCommand.Session session, String bucket, String key) {
        String place = "s3://" + bucket + "/" + key;
        try (ResponseInputStream<GetObjectResponse> object =
                session.s3().getObject(request -> request.bucket(bucket).key(key))) {
            byte[] json = object.readNBytes(BYTES_MAX + 1);
            if (json.length > BYTES_MAX) {
                object.abort();
                throw tooLarge(place);
            }
            return new Source(SdkBytes.fromByteArray(json), place, bucket);
        } catch (SdkException e) {
            if (S3Failure.isAbsent(e)) {
                throw RefusedException.operator(
                        source.startsWith("s3://")
                                ? place + " is not there."
                                : source + " is not there: neither a file here nor " + place + ".");
            }
            throw new S3OperationException("s3:GetObject", bucket, key, e);
        } catch (IOException e) {
            throw new S3OperationException(
                    "s3:GetObject", bucket, key, SdkClientException.create("The connection was lost", e));
        }
    }
}
