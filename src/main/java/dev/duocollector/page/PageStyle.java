// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page's style sheet, {@code page.css} of the jar.
 *
 * @param css the text between the page's style tags
 * @param source names it in a Content-Security-Policy: by its hash, so that no other counts
 */
record PageStyle(String css, String source) {

    private static final String FILE = "page.css";

    static PageStyle load() {
        try (InputStream file = PageStyle.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException("The jar lacks " + FILE + " of " + PageStyle.class.getPackageName());
            }
            String css = new String(file.readAllBytes(), UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(css.getBytes(UTF_8));
            return new PageStyle(css, "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
