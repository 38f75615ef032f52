// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.duocollector.failure.RefusedException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made together: all or none, and never in the place of another. */
class NewFilesTest {

    private static final int BLOCK_BYTES = 1024;

    @TempDir
    private Path folder;

    @Test
    void files_areMade_andASecretIsItsOwnersAlone() throws IOException {
        assertThat(new NewFiles(folder)
                        .with("plain", "ä\n")
                        .withSecret("secret", "key\n")
                        .write())
                .isEmpty();

        assertThat(folder.resolve("plain")).hasContent("ä");
        assertThat(folder.resolve("secret")).hasContent("key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("secret"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("plain"))))
                .as("what the umask leaves of a file without a secret")
                .startsWith("rw-r");
    }

    @Test
    void secret_isItsOwnersAlone_byAnAcl() throws IOException {
        Configuration windows = Configuration.windows().toBuilder()
                .setAttributeViews("basic", "owner", "acl")
                .build();
        try (FileSystem system = Jimfs.newFileSystem(windows)) {
            Path work = system.getPath("C:\\work");

            assertThat(new NewFiles(work).withSecret("secret", "key\n").write()).isEmpty();

            AclFileAttributeView acl = Files.getFileAttributeView(work.resolve("secret"), AclFileAttributeView.class);
            assertThat(acl.getAcl())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.principal()).isEqualTo(acl.getOwner()));
            assertThat(Files.readString(work.resolve("secret"))).isEqualTo("key\n");
        }
    }

    @Test
    void secret_isWarnedOf_whereNoFileIsItsOwnersAlone() throws IOException {
        try (FileSystem system = Jimfs.newFileSystem(Configuration.windows())) {
            Path work = system.getPath("C:\\work");

            assertThat(new NewFiles(work).withSecret("secret", "key\n").write())
                    .singleElement()
                    .asString()
                    .contains("may be able to read secret");
            assertThat(work.resolve("secret")).exists();
        }
    }

    @Test
    void nothing_isMade_whereOneIsThere() throws IOException {
        Files.writeString(folder.resolve("b"), "mine");

        assertThatThrownBy(() -> new NewFiles(folder)
                        .with("a", "1")
                        .with("b", "2")
                        .with("c", "3")
                        .write())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(folder.resolve("b").toString())
                .hasMessageContaining("never overwrites");
        assertThat(folder.resolve("b")).hasContent("mine");
        assertThat(names()).containsExactly("b");
    }

    @Test
    void room_isRefused_alsoForALinkToNothing() throws IOException {
        Files.createSymbolicLink(folder.resolve("b"), folder.resolve("nowhere"));

        assertThatThrownBy(() -> NewFiles.requireRoom(folder, List.of("a", "b")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("already has b, and");
        NewFiles.requireRoom(folder, List.of("a", "c"));
        assertThatThrownBy(() -> NewFiles.requireRoom(folder.resolve("nowhere"), List.of("a")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("there is no folder " + folder.resolve("nowhere"));
    }

    @Test
    void nothing_isLeft_whenTheDiskIsFull() throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setBlockSize(BLOCK_BYTES)
                .setMaxSize(3 * BLOCK_BYTES)
                .build();
        try (FileSystem system = Jimfs.newFileSystem(small)) {
            Path work = system.getPath("/work");
            NewFiles files = new NewFiles(work).with("a", "1").with("b", "2").with("c", "3".repeat(2 * BLOCK_BYTES));

            assertThatThrownBy(files::write)
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> assertThat(refused.outcome().exitCode())
                                    .as("it passes once there is room")
                                    .isEqualTo(1))
                    .hasMessageStartingWith("Nothing was written: /work/c cannot be written (");
            try (Stream<Path> left = Files.list(work)) {
                assertThat(left).isEmpty();
            }
            assertThat(new NewFiles(work).with("a", "1").with("b", "2").write()).isEmpty();
            assertThat(work.resolve("b")).exists();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
