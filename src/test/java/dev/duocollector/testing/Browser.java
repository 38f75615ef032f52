// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.htmlunit.WebClient;
import org.htmlunit.html.HtmlPage;

/** A browser without scripts, which shows an error's page as any other. */
public final class Browser implements AutoCloseable {

    private final WebClient client = new WebClient();

    public Browser() {
        client.getOptions().setJavaScriptEnabled(false);
        client.getOptions().setCssEnabled(true);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
    }

    public HtmlPage open(URI address) {
        try {
            return client.getPage(address.toURL());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shows a page that no server has. */
    public HtmlPage show(String html) {
        try {
            return client.loadHtmlCodeIntoCurrentWindow(html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
