// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the Kubernetes manifests, to change files in. */
record Manifests(Path copy) {

    static final Path FOLDER = Path.of("src", "deploy", "kubernetes");

    static Manifests copyTo(Path copy) {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Manifests(copy);
    }

    /** The names of the folders in a folder. */
    static List<String> folders(String name) {
        try (Stream<Path> folders = Files.list(FOLDER.resolve(name))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path overlay(String name) {
        return copy.resolve("overlays").resolve(name);
    }

    List<ObjectNode> render(String overlay) {
        return Kustomization.render(overlay(overlay));
    }

    /** Replaces a text that must be there; in both, {@code \\n} is the end of a line. */
    void change(String file, String right, String wrong) {
        Path path = copy.resolve(file);
        String text = PolicyFiles.read(path);
        String from = right.replace("\\n", "\n");
        assertThat(text).as(file).contains(from);
        try {
            Files.writeString(path, text.replace(from, wrong.replace("\\n", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
