// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** TLS in front of a plain server on this machine, with a certificate for localhost that its own authority only vouches for. */
final class TlsRelay implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final URI server;
    private final Path keyStore;
    private final SSLServerSocket listener;
    private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();

    private TlsRelay(URI server, Path keyStore) throws IOException, GeneralSecurityException {
        this.server = server;
        this.keyStore = keyStore;
        KeyStore keys = KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        listener = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Starts a relay on a free port, with a key made for it in the folder. */
    static TlsRelay inFrontOf(URI server, Path folder) {
        try {
            return new TlsRelay(server, makeKey(folder.resolve("localhost.p12")));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("No TLS in front of " + server, e);
        }
    }

    /** Returns the address, with the name that the certificate is for. */
    URI uri() {
        return URI.create("https://localhost:" + listener.getLocalPort());
    }

    /** Returns what makes a JVM trust the certificate, and no other. */
    List<String> trustOptions() {
        return List.of("-Djavax.net.ssl.trustStore=" + keyStore, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    private static Path makeKey(Path file) throws IOException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "localhost",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0 && Files.exists(file)) {
                return file;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keytool.destroyForcibly();
        throw new IOException("keytool has made no key");
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket plain = new Socket(server.getHost(), server.getPort());
                open.add(client);
                open.add(plain);
                daemon(() -> relay(client, plain));
                daemon(() -> relay(plain, client));
            }
        } catch (IOException e) {
            // The relay was closed.
        }
    }

    private static void relay(Socket from, Socket to) {
        try (from;
                to;
                InputStream bytes = from.getInputStream()) {
            bytes.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side has hung up: a client that does not trust the certificate does.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tls-relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        open.add(listener);
        try {
            for (Closeable each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
