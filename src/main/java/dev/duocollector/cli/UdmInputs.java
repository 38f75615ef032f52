// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.AccountSettings.S3Connection;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.sink.S3Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The inputs of the command {@code udm}. All are found before the first line is read, so that a mistake writes nothing. */
final class UdmInputs implements AutoCloseable {

    private static final String STANDARD_INPUT = "-";
    private static final Pattern S3_URI = Pattern.compile("s3://([^/]+)/(.*)");
    private static final Pattern EVENTS = Pattern.compile(".*\\.ndjson(\\.gz)?");

    private final List<Input> all = new ArrayList<>();
    private @Nullable S3Client s3;

    private UdmInputs() {}

    /** One input, opened when its turn comes; by then it may have gone, which is refused. */
    record Input(String name, Supplier<InputStream> opening) {}

    /**
     * Finds the inputs.
     *
     * @param names files, {@code -}, {@code s3://bucket/key} or {@code s3://bucket/prefix/}
     * @throws RefusedException if one is not there
     */
    static UdmInputs of(List<String> names) {
        UdmInputs inputs = new UdmInputs();
        try {
            for (String name : names) {
                inputs.add(name);
            }
            return inputs;
        } catch (RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    List<Input> all() {
        return all;
    }

    private void add(String name) {
        Matcher uri = S3_URI.matcher(name);
        if (name.equals(STANDARD_INPUT)) {
            all.add(new Input("standard input", () -> System.in));
        } else if (uri.matches() && (uri.group(2).isEmpty() || uri.group(2).endsWith("/"))) {
            addPrefix(name, uri.group(1), uri.group(2));
        } else if (uri.matches()) {
            addObject(name, uri.group(1), uri.group(2));
        } else if (name.startsWith("s3://")) {
            throw refused(name, "is neither s3://BUCKET/KEY nor s3://BUCKET/PREFIX/");
        } else {
            addFile(name);
        }
    }

    private void addFile(String name) {
        try {
            Path file = Path.of(name);
            if (Files.isDirectory(file)) {
                throw refused(name, "is a directory. Name the files in it, such as " + file.resolve("*.ndjson.gz"));
            }
            if (!Files.exists(file)) {
                throw refused(name, "is not there");
            }
            if (!Files.isReadable(file)) {
                throw refused(name, "may not be read by this user");
            }
            all.add(new Input(name, () -> open(name, file)));
        } catch (InvalidPathException e) {
            throw refused(name, "is not a file name");
        }
    }

    private void addObject(String name, String bucket, String key) {
        try {
            s3().headObject(request -> request.bucket(bucket).key(key));
            addFound(bucket, key);
        } catch (SdkException e) {
            if (S3Failure.isAbsent(e)) {
                throw refused(name, "is not there. For all objects of a prefix, put a slash at its end");
            }
            throw refused(S3Failure.explain("s3:GetObject", bucket + "/" + key, e));
        }
    }

    private void addPrefix(String name, String bucket, String prefix) {
        int before = all.size();
        try {
            for (S3Object object : s3().listObjectsV2Paginator(
                            request -> request.bucket(bucket).prefix(prefix))
                    .contents()) {
                if (EVENTS.matcher(object.key()).matches()) {
                    addFound(bucket, object.key());
                }
            }
        } catch (SdkException e) {
            throw refused(S3Failure.explain("s3:ListBucket", bucket, e));
        }
        if (all.size() == before) {
            throw refused(name, "has no object with a name that ends in .ndjson or .ndjson.gz");
        }
    }

    private S3Client s3() {
        if (s3 == null) {
            S3Connection connection = CamelSettings.of(System.getenv()).with(Settings::s3Connection);
            s3 = S3Clients.create(connection);
        }
        return s3;
    }

    private static RefusedException refused(S3Failure failure) {
        return new RefusedException(failure.outcome(), failure.message());
    }

    private static RefusedException refused(String name, String flaw) {
        return RefusedException.operator(name + " " + flaw + ".");
    }

    @Override
    public void close() {
        if (s3 != null) {
            s3.close();
        }
    }

    private void addFound(String bucket, String key) {
        S3Client from = s3();
        all.add(new Input("s3://" + bucket + "/" + key, () -> {
            try {
                return from.getObject(request -> request.bucket(bucket).key(key));
            } catch (SdkException e) {
                throw refused(S3Failure.explain("s3:GetObject", bucket + "/" + key, e));
            }
        }));
    }

    private static InputStream open(String name, Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new RefusedException(
                    RunOutcome.FAILED,
                    name + " could not be opened (" + e.getClass().getSimpleName() + ").");
        }
    }
}
