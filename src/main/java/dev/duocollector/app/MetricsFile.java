// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.text.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The metrics in a file, for the textfile collector of Prometheus' node exporter. It is written under another name beside it
 * and renamed, so a reader finds the old figures or the new ones, never half of them. What goes wrong is a WARN.
 */
final class MetricsFile {

    private static final Log LOG = Log.of(MetricsFile.class);

    private final Path file;

    MetricsFile(Path file) {
        this.file = file;
    }

    /** Goes on from the figures that the file holds. */
    void resume(RunMetrics metrics) {
        try {
            MetricsText.resume(Files.readAllLines(file), metrics);
        } catch (NoSuchFileException e) {
            LOG.debug("The metrics begin at 0: there is no {} yet", file);
        } catch (IOException e) {
            warn("read from", e);
        }
    }

    /** One at a time: the runs of several logs may end together. */
    synchronized void write(String text) {
        // Not a temporary file of the JDK's, which only its owner may read. Its ending is one that the node exporter
        // passes over.
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            warn("written to", e);
        }
    }

    private void warn(String what, IOException failure) {
        LOG.warn(
                "The metrics could not be {} {} ({}). The run is not affected. Check metrics.textfile and who may write there.",
                what,
                file,
                failure.getClass().getSimpleName());
    }
}
