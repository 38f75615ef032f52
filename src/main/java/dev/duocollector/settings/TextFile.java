// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** An operator's text file, read strictly: as UTF-8 without its byte order mark, or not at all. */
final class TextFile {

    /** Far more than a file of settings, of a key or of routes has. */
    private static final int BYTES_MAX = 4 * 1024 * 1024;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    /** What keeps a file from being read: the end of a sentence that begins with the file. */
    static final class FlawException extends Exception {

        private static final long serialVersionUID = 1L;

        FlawException(String flaw) {
            super(flaw);
        }

        String flaw() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Tells whether there is something of this name. A broken link exists, and so does a file that must not be read: only
     * absence is absence.
     */
    static boolean exists(Path file) {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Returns the text.
     *
     * @throws FlawException if the file cannot be read, is larger than 4 MiB, is not UTF-8, or is not text
     */
    static String read(Path file) throws FlawException {
        try (InputStream in = open(file)) {
            return decode(in.readNBytes(BYTES_MAX + 1));
        } catch (IOException e) {
            throw new FlawException("cannot be read (" + reason(e) + ")");
        }
    }

    /** A pipe is refused unopened: to open it waits until somebody writes into it, which may be for ever. */
    private static InputStream open(Path file) throws IOException {
        if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
            throw new FileSystemException(
                    file.toString(), null, "it is a pipe, a socket or a device; put a regular file in its place");
        }
        return Files.newInputStream(file);
    }

    /** Says in a few words why something cannot be read. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /** Returns the text that the bytes are; throws as {@link #read} does. */
    static String decode(byte[] bytes) throws FlawException {
        if (bytes.length > BYTES_MAX) {
            throw new FlawException("is larger than 4 MiB");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw new FlawException("is not UTF-8 (line " + line(bytes, in.position()) + "): save it in that encoding");
        }
        String text = out.flip().toString();
        if (text.indexOf('\0') >= 0) {
            throw new FlawException(
                    "is not text in UTF-8 (it has NUL characters, as UTF-16 does): save it in that encoding");
        }
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
    }

    private static int line(byte[] bytes, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        return line;
    }
}
