// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.ClockWatch;
import dev.duocollector.run.FirstRun;
import dev.duocollector.run.RunTimes;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * What S3 lets the collector do, by the calls that a run makes. Under the prefixes and on the state nothing is written: a PUT
 * with an {@code If-Match} that cannot match is refused, and how it is refused says whether it was allowed (<a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>: 412, or 404
 * where there is nothing, as against 403). Whether the store honors conditions at all is tried on a probe object beside the
 * state.
 */
public final class S3Checks {

    static final List<String> CONNECTION = List.of("s3-credentials", "s3-endpoint", "s3-region", "s3-bucket");
    private static final String STATE = "state";

    /** One call, its retries included; a preflight should take seconds. */
    private static final Duration CALL_MAX = Duration.ofSeconds(15);

    /** As many keys as S3 lists in one answer. */
    static final int KEYS_MAX = 1000;

    private final S3Client s3;
    private final Settings settings;
    private final Clock clock;
    private final Consumer<Check> tell;

    /**
     * @param settings right ones, as far as S3, the prefixes and the state are concerned
     * @param tell is given each check as soon as it is made
     */
    public S3Checks(S3Client s3, Settings settings, Clock clock, Consumer<Check> tell) {
        this.s3 = s3;
        this.settings = settings;
        this.clock = clock;
        this.tell = tell;
    }

    /** Returns every check, left out for the same reason. */
    public static List<Check> skipped(Settings settings, String because) {
        List<String> names = new ArrayList<>(CONNECTION);
        for (S3Prefix prefix : S3Prefix.of(settings)) {
            names.addAll(List.of(prefix.check("list"), prefix.check("foreign"), prefix.check("read")));
        }
        names.addAll(List.of(STATE, WriteChecks.CONDITIONAL_WRITES));
        S3Prefix.of(settings).forEach(prefix -> names.add(prefix.check("write")));
        names.add(WriteChecks.STATE_WRITE);
        return names.stream().map(name -> Check.skipped(name, because)).toList();
    }

    public void run() {
        List<S3Prefix> prefixes = S3Prefix.of(settings);
        String lost = connection(prefixes.get(0));
        if (!lost.isEmpty()) {
            skipped(settings, lost + " failed").stream().skip(CONNECTION.size()).forEach(tell);
            return;
        }
        ReadChecks reads = new ReadChecks(s3, settings, tell);
        for (S3Prefix prefix : prefixes) {
            reads.list(prefix);
            tell.accept(reads.read(prefix));
        }
        tell.accept(state());
        new WriteChecks(s3, settings, tell).run();
    }

    /** Checks the way to the bucket with one request, and returns the check that failed, if any. */
    private String connection(S3Prefix prefix) {
        try {
            s3.listObjectsV2(listing(settings, prefix).maxKeys(1).build());
            tellConnection(null);
            return "";
        } catch (SdkException e) {
            S3Failure failure =
                    S3Failure.explain("s3:ListBucket", settings.account().bucket(), e);
            if (failure.subject() == S3Failure.Subject.PERMISSION) {
                // The bucket is there, or S3 would not say so; the next request shows it.
                tellConnection(null);
                return "";
            }
            return tellConnection(failure);
        }
    }

    private String tellConnection(@Nullable S3Failure failure) {
        String failed = failure == null ? "" : connectionCheck(failure.subject());
        // Before anything is sent, the SDK looks for credentials, so these come first.
        boolean before = true;
        for (String name : CONNECTION) {
            if (failure != null && name.equals(failed)) {
                before = false;
                tell.accept(Check.failed(name, failure));
            } else if (before && !failed.equals("s3-endpoint")) {
                tell.accept(Check.pass(name, connected(name)));
            } else {
                tell.accept(Check.skipped(name, failed + " failed"));
            }
        }
        return failed;
    }

    private static String connectionCheck(S3Failure.Subject subject) {
        return switch (subject) {
            case CREDENTIALS -> "s3-credentials";
            case REGION -> "s3-region";
            case BUCKET -> "s3-bucket";
            default -> "s3-endpoint";
        };
    }

    private String connected(String name) {
        return switch (name) {
            case "s3-credentials" -> "S3 knows the AWS credentials";
            case "s3-region" -> "the region " + s3.serviceClientConfiguration().region() + " is accepted";
            case "s3-bucket" -> "the bucket " + settings.account().bucket() + " is there";
            default ->
                settings.account()
                        .s3Connection()
                        .endpoint()
                        .map(endpoint -> endpoint + " answers")
                        .orElse("S3 answers");
        };
    }

    private Check state() {
        try {
            List<String> clocks = new ArrayList<>();
            CollectorState state = CollectorState.of(s3, settings, clock);
            new RunTimes(settings, clock, Ticker.system(), new ClockWatch(line -> clocks.add(". " + line))).open(state);
            Optional<Checkpoint> checkpoint = state.current();
            Optional<String> doubt = checkpoint.isPresent() ? Optional.empty() : doubt(state);
            if (doubt.isPresent()) {
                return Check.fail(STATE, doubt.get(), "");
            }
            String place =
                    "s3://" + settings.account().bucket() + "/" + settings.log().stateKey();
            return Check.pass(
                    STATE,
                    checkpoint
                                    .map(found -> place + " says that everything up to " + found.committedThrough()
                                            + " is collected"
                                            + found.pendingBatch()
                                                    .map(batch -> ". A batch is pending, " + batch.objectKey()
                                                            + "; only a run finds out whether it is whole")
                                                    .orElse(""))
                                    .orElse(place + " is not there: the first run will make it")
                            + String.join("", clocks));
        } catch (S3OperationException e) {
            return Check.failed(STATE, e.failure());
        } catch (RefusedException e) {
            return Check.fail(STATE, e.getMessage(), "");
        }
    }

    /** Returns why a run would take no state for a lost one; that the prefix cannot be listed is another check's to say. */
    private Optional<String> doubt(CollectorState state) {
        try {
            return new FirstRun(s3, settings).doubt(state.answer());
        } catch (S3OperationException e) {
            return Optional.empty();
        }
    }

    static ListObjectsV2Request.Builder listing(Settings settings, S3Prefix prefix) {
        return ListObjectsV2Request.builder()
                .bucket(settings.account().bucket())
                .prefix(prefix.key(""))
                .maxKeys(KEYS_MAX)
                .overrideConfiguration(bounded());
    }

    static AwsRequestOverrideConfiguration bounded() {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(CALL_MAX)
                .build();
    }

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
}
