// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Files that are made together in one folder: all of them or, when one cannot be written or the program is stopped meanwhile,
 * none. No file that is there is ever changed. A file that holds a secret is the owner's alone before the secret is in it. Not
 * held against SIGKILL, which may leave some.
 */
public final class NewFiles {

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path folder;
    private final List<NewFile> files = new ArrayList<>();
    private final List<Path> made = new ArrayList<>();
    private boolean done;
    private boolean undone;

    private record NewFile(String name, String text, boolean isSecret) {}

    public NewFiles(Path folder) {
        this.folder = folder;
    }

    public NewFiles with(String name, String text) {
        files.add(new NewFile(name, text, false));
        return this;
    }

    public NewFiles withSecret(String name, String text) {
        files.add(new NewFile(name, text, true));
        return this;
    }

    /**
     * Refuses a folder that cannot take files of these names, before anybody is asked for what is in them.
     *
     * @throws RefusedException for an operator, if one is there already, whatever it is, or the folder may not be written to
     */
    public static void requireRoom(Path folder, List<String> names) {
        if (!Files.isDirectory(folder)) {
            throw RefusedException.operator("Nothing was written: there is no folder " + place(folder)
                    + ", or Java cannot read its name. If it has letters that are not ASCII, start with LANG=C.UTF-8.");
        }
        List<String> there = names.stream()
                .filter(name -> Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS))
                .toList();
        if (!there.isEmpty()) {
            throw RefusedException.operator("Nothing was written: " + place(folder) + " already has "
                    + String.join(", ", there) + ", and init never overwrites. Run it in another folder, or move "
                    + (there.size() == 1 ? "it" : "them") + " away.");
        }
        if (!Files.isWritable(folder)) {
            throw RefusedException.operator("Nothing was written: " + place(folder)
                    + " cannot be written to by this user. Run init in a folder of your own.");
        }
    }

    /**
     * Makes the files.
     *
     * @return what is worth a warning, a line each: a secret that others may be able to read
     * @throws RefusedException if one of them cannot be written; then none is there
     */
    public List<String> write() {
        Thread undo = new Thread(this::undo, "undo");
        Runtime.getRuntime().addShutdownHook(undo);
        try {
            List<String> warnings = new ArrayList<>();
            for (NewFile file : files) {
                write(file, warnings);
            }
            end();
            return warnings;
        } finally {
            remove(undo);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending, and the hook has its turn.
        }
    }

    private synchronized void end() {
        done = true;
    }

    private synchronized void write(NewFile file, List<String> warnings) {
        if (undone) {
            // The program is ending.
            return;
        }
        Path path = folder.resolve(file.name());
        FileAttribute<?>[] mode = file.isSecret() && views().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
        try (FileChannel out =
                FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            made.add(path);
            if (file.isSecret() && !isOwnersAlone(path)) {
                warnings.add(
                        "This file system does not keep files for their owner alone: others on this machine may be able"
                                + " to read " + file.name() + ".");
            }
            ByteBuffer bytes = ByteBuffer.wrap(file.text().getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            // Some file systems notice only now that they are full.
            out.force(true);
        } catch (IOException e) {
            throw refused(path, e, undo());
        }
    }

    /** Takes away what was made, unless all was, and returns what could not be. */
    private synchronized List<Path> undo() {
        List<Path> left = new ArrayList<>();
        undone = !done;
        if (undone) {
            for (Path path : made) {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    left.add(path);
                }
            }
            made.clear();
        }
        return left;
    }

    /** Sees to it, if the file system can, that nobody else may read a file that is still empty; returns whether it is so. */
    private boolean isOwnersAlone(Path path) throws IOException {
        if (views().contains("posix")) {
            // A mount may ignore the mode that it was made with.
            return Files.getPosixFilePermissions(path).equals(OWNER);
        }
        AclFileAttributeView acl = Files.getFileAttributeView(path, AclFileAttributeView.class);
        if (acl == null) {
            return false;
        }
        acl.setAcl(List.of(AclEntry.newBuilder()
                .setType(AclEntryType.ALLOW)
                .setPrincipal(acl.getOwner())
                .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                .build()));
        return acl.getAcl().stream().allMatch(entry -> ownedBy(acl, entry));
    }

    private static boolean ownedBy(AclFileAttributeView acl, AclEntry entry) {
        try {
            return entry.principal().equals(acl.getOwner());
        } catch (IOException e) {
            return false;
        }
    }

    private Set<String> views() {
        return folder.getFileSystem().supportedFileAttributeViews();
    }

    private static RefusedException refused(Path path, IOException failure, List<Path> left) {
        String remains = left.isEmpty()
                ? "Nothing was written: "
                : "Remove " + left.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + ", which could not be taken away again: ";
        String line = remains + place(path) + " ";
        if (failure instanceof FileAlreadyExistsException) {
            return RefusedException.operator(line + "is there already, and init never overwrites.");
        }
        if (failure instanceof AccessDeniedException) {
            return RefusedException.operator(line + "may not be written by this user.");
        }
        String reason = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return new RefusedException(
                RunOutcome.FAILED,
                line + "cannot be written ("
                        + (reason == null ? failure.getClass().getSimpleName() : reason) + ").");
    }

    /** Returns a path as its operator finds it. */
    public static String place(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
