// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.run.ClockException;
import dev.duocollector.run.RunRefusedException;
import dev.duocollector.run.RunTimes;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.ConditionalWrites;
import dev.duocollector.state.S3IdempotentRepository;
import dev.duocollector.state.StateRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What S3 lets the collector do, by the calls that a run makes. Under the prefixes and on the state nothing is written: a PUT
 * whose {@code If-Match} cannot match is refused, and tells by how it is refused whether it was allowed (<a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>: 412, or 404 where
 * there is nothing, as against 403). Whether the store keeps to conditions at all is tried on a probe object beside the state.
 */
public final class S3Checks {

    private static final List<String> CONNECTION = List.of("s3-credentials", "s3-endpoint", "s3-region", "s3-bucket");
    private static final String CONDITIONAL_WRITES = "conditional-writes";
    private static final String STATE = "state";
    private static final String STATE_WRITE = "state-write";

    /** The name of an object that is asked for, and never written, under a prefix. */
    private static final String NO_OBJECT = "telephony_check";

    /** What the probe object's key has after the state's. */
    static final String PROBE_SUFFIX = ".check";

    /** No ETag of any object: those of S3 are digests of something. */
    private static final String NO_ETAG = "\"00000000000000000000000000000000\"";

    /** One call, its retries included; a preflight is to take seconds. */
    private static final Duration CALL_MAX = Duration.ofSeconds(15);

    /** As many keys as S3 lists in one answer. */
    private static final int KEYS_MAX = 1000;

    private static final int KEYS_SHOWN = 3;

    /** The collector's own objects, and those of Google's guide's Lambda, which are events as well. */
    private static final Pattern EVENTS =
            Pattern.compile("telephony_[^/]*\\.(ndjson|ndjson\\.gz)|[^/]*telephony_\\d{8}_\\d{6}\\.json");

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

    /** A place for objects, and how its checks are called. */
    private record Place(String setting, KeyPrefix prefix) {

        String check(String what) {
            return setting.replace('.', '-') + "-" + what;
        }

        String key(String name) {
            return prefix.value().isEmpty() ? name : prefix.value() + "/" + name;
        }
    }

    /** Returns every check, left out for the same reason. */
    public static List<Check> skipped(Settings settings, String because) {
        List<String> names = new ArrayList<>(CONNECTION);
        for (Place place : places(settings)) {
            names.addAll(List.of(place.check("list"), place.check("foreign"), place.check("read")));
        }
        names.addAll(List.of(STATE, CONDITIONAL_WRITES));
        places(settings).forEach(place -> names.add(place.check("write")));
        names.add(STATE_WRITE);
        return names.stream().map(name -> Check.skipped(name, because)).toList();
    }

    private static List<Place> places(Settings settings) {
        List<Place> places = new ArrayList<>();
        places.add(new Place("s3.prefix", settings.log().prefix()));
        settings.log().udmPrefix().ifPresent(prefix -> places.add(new Place("udm.prefix", prefix)));
        return places;
    }

    /** Makes the checks. */
    public void run() {
        List<Place> places = places(settings);
        String lost = connection(places.get(0));
        if (!lost.isEmpty()) {
            skipped(settings, lost + " failed").stream().skip(CONNECTION.size()).forEach(tell);
            return;
        }
        for (Place place : places) {
            list(place);
            tell.accept(read(place));
        }
        tell.accept(state());
        Check conditional = conditionalWrites();
        tell.accept(conditional);
        boolean ignored = conditional.outcome().isFailure();
        for (Place place : places) {
            Check write = ignored
                    ? Check.skipped(place.check("write"), CONDITIONAL_WRITES + " failed, and the attempt might write")
                    : write(place.check("write"), place.key(NO_OBJECT), place.key("*"));
            ignored |= write.outcome().isFailure() && write.detail().contains(IGNORED);
            tell.accept(write);
        }
        tell.accept(
                ignored
                        ? Check.skipped(STATE_WRITE, CONDITIONAL_WRITES + " failed, and the attempt might write")
                        : write(
                                STATE_WRITE,
                                settings.log().stateKey(),
                                settings.log().stateKey()));
    }

    // ---- One question tells of the credentials, the endpoint, the region and the bucket.

    /** Tells the checks of the way to the bucket, and returns the one that failed, if any. */
    private String connection(Place place) {
        try {
            s3.listObjectsV2(listing(place).maxKeys(1).build());
            tellConnection(null);
            return "";
        } catch (SdkException e) {
            S3Failure failure =
                    S3Failure.explain("s3:ListBucket", settings.account().bucket(), e);
            if (failure.subject() == S3Failure.Subject.PERMISSION) {
                // The bucket is there, or S3 would not say so; the next question tells.
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

    // ---- What lies under a prefix, and whether it may be read.

    private void list(Place place) {
        String prefix = place.key("");
        String name = place.check("list");
        List<String> foreign = new ArrayList<>();
        try {
            s3.listObjectsV2(listing(place).build()).contents().forEach(object -> addForeign(object, prefix, foreign));
            // What sorts behind the collector's own objects, of which there may be any number.
            s3.listObjectsV2(listing(place).startAfter(prefix + "telephony_~").build())
                    .contents()
                    .forEach(object -> addForeign(object, prefix, foreign));
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
                                            + prefix
                                            + "* and " + settings.log().stateKey()
                                            + ": without it S3 says 403 where it means \"not there\".")
                            : Check.failed(name, failure));
            tell.accept(Check.skipped(place.check("foreign"), name + " failed"));
            return;
        }
        tell.accept(Check.pass(name, "s3:ListBucket is granted for " + prefix + "*"));
        tell.accept(foreign(place, foreign));
    }

    private ListObjectsV2Request.Builder listing(Place place) {
        return ListObjectsV2Request.builder()
                .bucket(settings.account().bucket())
                .prefix(place.key(""))
                .maxKeys(KEYS_MAX)
                .overrideConfiguration(bounded());
    }

    private void addForeign(S3Object object, String prefix, List<String> foreign) {
        String key = object.key();
        boolean folder = key.equals(prefix) && object.size() == 0;
        // Where state.inside-prefix has put it.
        boolean state = key.equals(settings.log().stateKey())
                || key.equals(settings.log().stateKey() + PROBE_SUFFIX);
        if (!folder
                && !state
                && !foreign.contains(key)
                && !EVENTS.matcher(key.substring(prefix.length())).matches()) {
            foreign.add(key);
        }
    }

    private static Check foreign(Place place, List<String> foreign) {
        String name = place.check("foreign");
        if (foreign.isEmpty()) {
            return Check.pass(name, "nothing but events lies under " + place.key(""));
        }
        return Check.fail(
                name,
                (foreign.size() >= KEYS_MAX ? "At least " : "") + foreign.size()
                        + (foreign.size() == 1 ? " object" : " objects") + " under " + place.key("")
                        + " that the collector has not written: "
                        + String.join(", ", foreign.subList(0, Math.min(KEYS_SHOWN, foreign.size())))
                        + (foreign.size() > KEYS_SHOWN ? ", …" : "") + ".",
                "A feed on the prefix takes them for events. Move them away, or set " + place.setting()
                        + " to a folder of its own.");
    }

    private Check read(Place place) {
        String name = place.check("read");
        try {
            s3.getObject(request -> request.bucket(settings.account().bucket())
                            .key(place.key(NO_OBJECT))
                            .overrideConfiguration(bounded()))
                    .abort();
        } catch (NoSuchKeyException e) {
            // Which is what S3 says only to those who may read.
        } catch (SdkException e) {
            return Check.failed(
                    name, S3Failure.explain("s3:GetObject", settings.account().bucket() + "/" + place.key("*"), e));
        }
        return Check.pass(name, "s3:GetObject is granted on " + place.key("*"));
    }

    // ---- The state.

    private Check state() {
        try {
            Optional<Checkpoint> checkpoint = new RunTimes(settings, clock, Ticker.system())
                    .open(S3IdempotentRepository.of(s3, settings, clock), time -> {});
            String place =
                    "s3://" + settings.account().bucket() + "/" + settings.log().stateKey();
            return Check.pass(
                    STATE,
                    checkpoint
                            .map(found ->
                                    place + " says that everything up to " + found.committedThrough() + " is collected")
                            .orElse(place + " is not there: the first run will make it"));
        } catch (StateRefusedException | ClockException | RunRefusedException e) {
            return Check.fail(STATE, e.getMessage(), "");
        } catch (S3OperationException e) {
            return Check.failed(STATE, S3Failure.explain(e.action(), e.bucket() + "/" + e.key(), e.getCause()));
        }
    }

    // ---- What may be written, without writing.

    private static final String IGNORED = "ignores If-Match";

    private Check write(String name, String key, String resource) {
        try {
            put(key, Condition.IF_MATCH);
        } catch (SdkException e) {
            return ConditionalWrites.isRefused(e)
                    ? Check.pass(name, "s3:PutObject is granted on " + resource)
                    : Check.failed(
                            name,
                            S3Failure.explain("s3:PutObject", settings.account().bucket() + "/" + resource, e));
        }
        return Check.fail(
                name,
                "The store " + IGNORED + " and has written " + key + ", an empty object.",
                "Delete it, and use a store that keeps to conditional writes: without, events are lost or doubled.");
    }

    /** A condition that does not hold for an object that is there. */
    private enum Condition {
        IF_NONE_MATCH("If-None-Match"),
        IF_MATCH("If-Match");

        private final String header;

        Condition(String header) {
            this.header = header;
        }
    }

    private Check conditionalWrites() {
        String key = settings.log().stateKey() + PROBE_SUFFIX;
        String resource = settings.account().bucket() + "/" + key;
        try {
            put(key, Condition.IF_NONE_MATCH);
        } catch (SdkException e) {
            S3Failure failure = S3Failure.explain("s3:PutObject", resource, e);
            if (failure.subject() == S3Failure.Subject.PERMISSION) {
                return Check.skipped(
                        CONDITIONAL_WRITES,
                        "the credentials may not write the probe object " + key,
                        failure.remedy() + " AWS itself keeps to conditional writes; other stores are to be tried.");
            }
            if (!ConditionalWrites.isRefused(e)) {
                return refusedConditions(e, failure);
            }
        }
        for (Condition condition : Condition.values()) {
            try {
                put(key, condition);
            } catch (SdkException e) {
                if (ConditionalWrites.isRefused(e)) {
                    continue;
                }
                return refusedConditions(e, S3Failure.explain("s3:PutObject", resource, e));
            }
            delete(key);
            return Check.fail(
                    CONDITIONAL_WRITES,
                    "The store ignores " + condition.header + " on PUT: it replaced " + key
                            + " although that was to be refused.",
                    "Use a store that keeps to conditional writes: without, events are lost or doubled when a write is in"
                            + " doubt or two collectors meet.");
        }
        return Check.pass(
                CONDITIONAL_WRITES,
                "If-None-Match and If-Match are kept to"
                        + (delete(key) ? "" : "; the probe object " + key + " stays, for want of s3:DeleteObject"));
    }

    /** 501 is what a store says of a header that it does not know. */
    private static Check refusedConditions(SdkException e, S3Failure failure) {
        return e instanceof S3Exception refused && refused.statusCode() == 501
                ? Check.fail(
                        CONDITIONAL_WRITES,
                        failure.what(),
                        "Use a store that knows conditional writes: without, events are lost or doubled.")
                : Check.failed(CONDITIONAL_WRITES, failure);
    }

    private void put(String key, Condition condition) {
        PutObjectRequest.Builder put = PutObjectRequest.builder()
                .bucket(settings.account().bucket())
                .key(key)
                .contentType("text/plain")
                .overrideConfiguration(bounded());
        if (condition == Condition.IF_MATCH) {
            put.ifMatch(NO_ETAG);
        } else {
            put.ifNoneMatch("*");
        }
        s3.putObject(put.build(), RequestBody.empty());
    }

    /** Deletes the probe object; the collector needs no such permission, so whether it may is no fault. */
    private boolean delete(String key) {
        try {
            s3.deleteObject(request ->
                    request.bucket(settings.account().bucket()).key(key).overrideConfiguration(bounded()));
            return true;
        } catch (SdkException e) {
            return false;
        }
    }

    private static AwsRequestOverrideConfiguration bounded() {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(CALL_MAX)
                .build();
    }
}
