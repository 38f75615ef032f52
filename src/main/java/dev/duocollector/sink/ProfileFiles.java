// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.source.ByteOrderMark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileLocation;

/** The AWS profile files that the SDK reads, for messages that say which one to look at. */
public final class ProfileFiles {

    private ProfileFiles() {}

    /** Returns where they are looked for. */
    public static String places() {
        return ProfileFileLocation.credentialsFilePath() + " and " + ProfileFileLocation.configurationFilePath();
    }

    /** Returns a sentence on the file that cannot be read, empty if both can or are not there. */
    public static Optional<String> flaw() {
        return flaw(ProfileFileLocation.credentialsFilePath(), ProfileFile.Type.CREDENTIALS)
                .or(() -> flaw(ProfileFileLocation.configurationFilePath(), ProfileFile.Type.CONFIGURATION));
    }

    private static Optional<String> flaw(Path file, ProfileFile.Type type) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            ProfileFile.builder().content(file).type(type).build();
            return Optional.empty();
        } catch (RuntimeException e) { // whatever the SDK makes of it
            return Optional.of("The AWS profile file " + file + " cannot be read: "
                    + (hasByteOrderMark(file)
                            ? "it begins with a byte order mark. Save it as UTF-8 without one."
                            : e.getMessage() + ". Correct it."));
        }
    }

    private static boolean hasByteOrderMark(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return ByteOrderMark.without(in.readNBytes(3)).length == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
