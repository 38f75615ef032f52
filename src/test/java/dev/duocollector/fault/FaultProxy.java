// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.utils.DateUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 reverse proxy on 127.0.0.1 between the collector and one server, which makes requests fail as a
 * {@link FaultPlan} says.
 *
 * <p>It holds a request whole before it forwards it, and an answer whole before it relays it, both byte for byte; the Host
 * header stays what the client sent, since it is signed. It answers {@code Expect: 100-continue} itself. Each of the
 * client's connections has one of its own to the server. Plain http only. Safe for use by several threads.
 */
public final class FaultProxy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);

    /** How long a client may keep a connection without a request, or take over sending one; above any pool's idle time. */
    private static final Duration CLIENT_TIMEOUT = Duration.ofMinutes(5);

    /** Connections that wait to be accepted; above the number of threads that any test starts. */
    private static final int BACKLOG = 256;

    private static final int BUFFER_BYTES = 64 * 1024;

    /** How often a byte goes out with {@link Fault#TRICKLE_BODY}: well within a client's own time-out for the next byte. */
    public static final Duration TRICKLE_EVERY = Duration.ofMillis(100);

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Lock> turns = new ConcurrentHashMap<>();
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final RequestLog log = new RequestLog();
    private final ExecutorService threads;

    private volatile Consumer<ProxiedRequest> hook = request -> {};
    private volatile Predicate<ProxiedRequest> serialized = request -> false;
    private volatile Function<ProxiedRequest, Optional<Instant>> serverTime = request -> Optional.empty();
    private volatile boolean dating;
    private volatile Function<ProxiedRequest, Map<String, String>> moreFields = request -> Map.of();
    private final Map<String, Instant> written = new ConcurrentHashMap<>();
    private volatile Storage storage = (request, change) -> {
        throw new IllegalStateException("This proxy was given no storage to change " + request.path() + " in");
    };
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean closed;

    /** Where a store that lies keeps what it was sent. */
    @FunctionalInterface
    public interface Storage {

        /** Replaces what a request has just stored by something else. */
        void replace(ProxiedRequest request, UnaryOperator<byte[]> change);
    }

    private record Held(ProxiedRequest request, HttpMessage message) {}

    private FaultProxy(URI upstream) throws IOException {
        server = new InetSocketAddress(upstream.getHost(), upstream.getPort());
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "fault-proxy-" + listener.getLocalPort());
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::accept);
    }

    /** A proxy on a free port that relays everything to the given server, {@code http://host:port}. */
    public static FaultProxy inFrontOf(URI upstream) {
        if (!"http".equals(upstream.getScheme()) || upstream.getPort() == -1) {
            throw new IllegalArgumentException("upstream is " + upstream + "; give it as http://host:port");
        }
        try {
            return new FaultProxy(upstream);
        } catch (IOException e) {
            throw new UncheckedIOException("No port to listen on, in front of " + upstream, e);
        }
    }

    /** What the client takes for the server. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Decides from the next request on. */
    public void plan(FaultPlan plan) {
        log.plan(plan);
    }

    /**
     * Is told of each request when it has come whole and its fault is decided, before anything is done about it, on the
     * connection's own thread: as long as the hook blocks, that request waits. One hook; the last one set counts.
     */
    public void onRequest(Consumer<ProxiedRequest> hook) {
        this.hook = hook;
    }

    /**
     * Lets only one of the matching requests at a time through to the server, for each path.
     *
     * <p>The embedded S3 needs this where writers race with {@code If-Match}: S3Proxy 4.1.0 checks the ETag and then writes,
     * so that several of them can win, which S3 itself rules out
     * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). All writers must come through this
     * proxy.
     */
    public void serializing(Predicate<ProxiedRequest> matching) {
        serialized = matching;
    }

    /**
     * Answers as a server with that clock would: the {@code Date} of each answer is the clock's, and the
     * {@code Last-Modified} of what was written through this proxy is its time then.
     */
    public void dateAnswers(Clock clock) {
        dateAnswers(request -> Optional.of(clock.instant()));
    }

    /** Does the same for each answer by itself; empty leaves the {@code Date} out. */
    public void dateAnswers(Function<ProxiedRequest, Optional<Instant>> time) {
        serverTime = time;
        dating = true;
    }

    /** Says where {@link Fault#STORE_EMPTY} and {@link Fault#STORE_CUT} find what the server has stored. */
    public void storage(Storage storage) {
        this.storage = storage;
    }

    /** Adds header fields to the answers. */
    public void addFields(Function<ProxiedRequest, Map<String, String>> fields) {
        moreFields = fields;
    }

    /** Every request since the start or the last {@link #reset()}, in the order of their numbers. */
    public List<ProxiedRequest> requests() {
        return log.requests();
    }

    /** Those of {@link #requests()} that a fault hit: none of them when a plan never came to its request. */
    public List<ProxiedRequest> faulted() {
        return requests().stream()
                .filter(request -> request.fault() != Fault.NONE)
                .toList();
    }

    /** Forgets the requests and counts from 1 again; the plan, the hook and what waits for {@link #deliverLate()} stay. */
    public void reset() {
        log.reset();
    }

    /** Forwards what {@link Fault#DELIVER_LATE} held back, oldest first, and returns it with the server's answers. */
    public List<ProxiedRequest> deliverLate() {
        List<ProxiedRequest> delivered = new ArrayList<>();
        Upstream upstream = new Upstream(server);
        open.add(upstream);
        try (upstream) {
            for (Held late = held.poll(); late != null; late = held.poll()) {
                int status = forward(late.request(), late.message(), upstream).status();
                delivered.add(late.request().answeredWith(status));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The server at " + server + " did not answer a late request", e);
        } finally {
            open.remove(upstream);
        }
        return delivered;
    }

    /** Ends every connection and thread; a request that waits for an answer gets none. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        closeQuietly(listener);
        open.forEach(FaultProxy::closeQuietly);
        threads.shutdownNow();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException | RejectedExecutionException e) {
                if (!closed) {
                    throw new IllegalStateException("The proxy cannot accept connections any more", e);
                }
                open.forEach(FaultProxy::closeQuietly);
            }
        }
    }

    private void serve(Socket client) {
        Upstream upstream = new Upstream(server);
        open.add(upstream);
        try (client;
                upstream) {
            client.setTcpNoDelay(true);
            client.setSoTimeout((int) CLIENT_TIMEOUT.toMillis());
            HttpReader in = new HttpReader(client.getInputStream());
            OutputStream out = new BufferedOutputStream(client.getOutputStream(), BUFFER_BYTES);
            boolean more = !closed;
            while (more) {
                Optional<HttpMessage> message = readRequest(in, out);
                more = message.isPresent() && answer(message.get(), upstream, in, out);
            }
        } catch (IOException e) {
            LOG.debug("A connection through the proxy in front of {} broke.", server, e);
        } finally {
            open.remove(client);
            open.remove(upstream);
        }
    }

    private static Optional<HttpMessage> readRequest(HttpReader in, OutputStream out) throws IOException {
        Optional<HttpMessage> head = in.readHead();
        if (head.isEmpty()) {
            return head;
        }
        if (head.get().expectsContinue()) {
            out.write(CONTINUE);
            out.flush();
        }
        return Optional.of(in.readRequestBody(head.get()));
    }

    /** Does what the plan says; false when this was the connection's last request. */
    private boolean answer(HttpMessage message, Upstream upstream, HttpReader in, OutputStream out) throws IOException {
        ProxiedRequest request = log.add(message);
        hook.accept(request);
        return switch (request.fault()) {
            case NONE -> relay(forward(request, message, upstream), request, out);
            case DROP_BEFORE -> false;
            case DROP_AFTER -> {
                forward(request, message, upstream);
                yield false;
            }
            case ANSWER_503 -> relay(Refusals.of(503, request), request, out);
            case ANSWER_403 -> relay(Refusals.of(403, request), request, out);
            case ANSWER_500_AFTER -> {
                forward(request, message, upstream);
                yield relay(Refusals.of(500, request), request, out);
            }
            case DELIVER_LATE -> {
                held.add(new Held(request, message));
                yield false;
            }
            case CUT_BODY -> {
                HttpMessage whole = forward(request, message, upstream);
                whole.writeHeadTo(out);
                out.write(whole.body(), 0, whole.body().length / 2);
                out.flush();
                yield false;
            }
            case TRICKLE_BODY -> {
                trickle(forward(request, message, upstream), out);
                yield false;
            }
            case STORE_EMPTY -> relay(storedAs(request, message, upstream, whole -> new byte[0]), request, out);
            case STORE_CUT ->
                relay(
                        storedAs(request, message, upstream, whole -> Arrays.copyOf(whole, whole.length / 2)),
                        request,
                        out);
            case ANSWER_FOUND, SWALLOW -> relay(Refusals.success(request), request, out);
            case ANSWER_ERROR_IN_200 -> relay(Refusals.errorInSuccess(request), request, out);
            case ANSWER_412 -> relay(Refusals.of(412, request), request, out);
            case ANSWER_WITHOUT_ETAG ->
                relay(forward(request, message, upstream).withoutField("ETag"), request, out);
            case ANSWER_WITHOUT_DATE ->
                relay(forward(request, message, upstream).withoutField("Date"), request, out);
            case HANG -> {
                in.awaitEnd();
                yield false;
            }
        };
    }

    private HttpMessage storedAs(
            ProxiedRequest request, HttpMessage message, Upstream upstream, UnaryOperator<byte[]> change)
            throws IOException {
        HttpMessage answer = forward(request, message, upstream);
        if (answer.status() / 100 == 2) {
            storage.replace(request, change);
        }
        return answer;
    }

    private void trickle(HttpMessage answer, OutputStream out) throws IOException {
        answer.writeHeadTo(out);
        out.flush();
        try {
            for (byte next : answer.body()) {
                if (closing.await(TRICKLE_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                out.write(next);
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpMessage forward(ProxiedRequest request, HttpMessage message, Upstream upstream) throws IOException {
        if (!serialized.test(request)) {
            return exchange(request, message, upstream);
        }
        Lock turn = turns.computeIfAbsent(request.path(), path -> new ReentrantLock());
        turn.lock();
        try {
            return exchange(request, message, upstream);
        } finally {
            turn.unlock();
        }
    }

    /** The answer is noted before the client can have it, so that a test that has an answer finds it noted. */
    private HttpMessage exchange(ProxiedRequest request, HttpMessage message, Upstream upstream) throws IOException {
        if (closed) {
            throw new IOException("The proxy is closed");
        }
        HttpMessage answer = upstream.exchange(message);
        log.answered(request, answer.status());
        return dating && !isRefusal(answer.status()) ? dated(request, answer) : answer;
    }

    private HttpMessage dated(ProxiedRequest request, HttpMessage undated) throws IOException {
        HttpMessage answer = undated;
        for (Map.Entry<String, String> field : moreFields.apply(request).entrySet()) {
            answer = answer.withField(field.getKey(), field.getValue());
        }
        Optional<Instant> now = serverTime.apply(request);
        if (request.isWrite() && answer.status() == 200 && now.isPresent()) {
            written.put(request.path(), now.get());
        }
        HttpMessage dated = now.isPresent()
                ? answer.withField("Date", DateUtils.formatStandardDate(now.get()))
                : answer.withoutField("Date");
        Instant modified = written.get(request.path());
        return modified != null && dated.fields().containsKey("last-modified")
                ? dated.withField("Last-Modified", DateUtils.formatStandardDate(modified))
                : dated;
    }

    /** From the Date of a refused signature the SDK learns what time it is, for good and for every client of this JVM. */
    private static boolean isRefusal(int status) {
        return status >= 400 && status != 404 && status != 412;
    }

    private static boolean relay(HttpMessage answer, ProxiedRequest request, OutputStream out) throws IOException {
        answer.writeHeadTo(out);
        answer.writeBodyTo(out);
        out.flush();
        return !answer.endsConnection(request.method());
    }

    private static void closeQuietly(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("A connection of the proxy did not close cleanly.", e);
        }
    }
}
