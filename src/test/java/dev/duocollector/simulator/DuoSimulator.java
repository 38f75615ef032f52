// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/**
 * Duo's GET of the telephony, authentication and activity logs of one or more accounts, and the Accounts API's list of
 * children, on 127.0.0.1. It is stricter than Duo: it recomputes the signature over what came, and refuses whatever Duo is
 * known or said to refuse, with Duo's error envelope. A refusal that no test takes makes {@link #close()} fail, unless a
 * misbehavior made it; so no test passes by luck over a request that Duo would not take.
 *
 * <p>A request is for the account whose integration key it comes with; with a parent's, for the child of its account_id. All
 * go to {@link #uri()}, so which of Duo's hosts a client would have sent them to is not seen here.
 */
public final class DuoSimulator implements AutoCloseable {
    private final String apiHost;
    private final Clock clock;
    private final SignatureRules signatures;
    private final Applications applications = new Applications();
    private final RequestLog log = new RequestLog();
    private final AtomicInteger requestCount = new AtomicInteger();
    private final List<Installed> misbehaviors = new CopyOnWriteArrayList<>();
    private final HttpListener listener;

    private record Installed(Predicate<Request> when, Misbehavior misbehavior) {}

    private DuoSimulator(Builder settings) throws IOException {
        this.apiHost = settings.apiHost;
        this.clock = Objects.requireNonNull(settings.clock, "clock");
        this.signatures = new SignatureRules(settings.signatures, settings.skewTolerance);
        if (settings.ikey != null || settings.skey != null) {
            add(settings.ikey, settings.skey, settings.apiHost, settings.logs);
        }
        this.listener = HttpListener.start(settings.port, this::answer);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns the base of the URLs; the host in it, without the port, is the one to sign. */
    public URI uri() {
        return URI.create("http://localhost:" + port());
    }

    public int port() {
        return listener.port();
    }

    /** Returns the first account's name, which is not the host that requests go to. */
    public String apiHost() {
        return apiHost;
    }

    /**
     * Adds an account with an Admin API application, also while the simulator runs.
     *
     * @param ikey no other application's
     * @param apiHost the account's name, which a {@link Request} and a {@link RecordedRequest} tell
     * @throws IllegalArgumentException if there is an application with that ikey
     */
    public SimulatedAccount addAccount(
            String ikey, String skey, String apiHost, Consumer<SimulatedAccount.Builder> logs) {
        SimulatedAccount.Builder settings = new SimulatedAccount.Builder();
        logs.accept(settings);
        return add(ikey, skey, apiHost, settings);
    }

    /**
     * Removes an account: its integration key is unknown from now on.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public void removeAccount(SimulatedAccount account) {
        applications.removeOf(account);
    }

    /**
     * Adds an account with an Accounts API application, also while the simulator runs: its children can be listed, and
     * their logs read, with its keys.
     *
     * @param ikey no other application's
     * @throws IllegalArgumentException if there is an application with that ikey
     */
    public SimulatedParent addParent(String ikey, String skey, String newApiHost) {
        SimulatedParent parent = new SimulatedParent(newApiHost);
        applications.add(new AccountsApplication(
                Objects.requireNonNull(ikey, "ikey"), Objects.requireNonNull(skey, "skey"), parent));
        return parent;
    }

    /**
     * Removes a parent: its integration key is unknown from now on, and so its children cannot be read with it.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public void removeParent(SimulatedParent parent) {
        applications.removeOf(parent);
    }

    /**
     * Misbehaves at some requests; where several misbehaviors meet, the one installed last wins.
     *
     * @param from the number of the first request, counted from 1 over the simulator's life
     * @param count how many requests
     */
    public void misbehave(int from, int count, Misbehavior misbehavior) {
        misbehave(request -> request.number() >= from && request.number() - from < count, misbehavior);
    }

    /** Misbehaves at every request that the predicate takes. */
    public void misbehave(Predicate<Request> when, Misbehavior misbehavior) {
        misbehaviors.add(0, new Installed(when, misbehavior));
    }

    /** Takes every misbehavior away. */
    public void behave() {
        misbehaviors.clear();
    }

    /** Returns the requests so far, in the order in which they were answered. */
    public List<RecordedRequest> requests() {
        return log.requests();
    }

    /**
     * Accounts for one refusal, the oldest with that code.
     *
     * @throws AssertionError if no request was refused with it
     */
    public RecordedRequest takeRefusal(int code) {
        return log.takeRefusal(code);
    }

    /**
     * Accounts for all refusals of that kind so far, such as those of one account.
     *
     * @return one or more
     * @throws AssertionError if there are none
     */
    public List<RecordedRequest> takeRefusals(Predicate<RecordedRequest> which) {
        return log.takeRefusals(which);
    }

    /**
     * Fails if a refusal is left that no {@link #takeRefusal} has accounted for.
     *
     * @throws AssertionError with the refusals that are left
     */
    public void assertEveryRefusalTaken() {
        log.assertEveryRefusalTaken();
    }

    /**
     * Stops the server. The port can be given to another simulator on the same events, which then accepts this one's
     * offsets.
     *
     * @throws AssertionError if a refusal has not been taken, or if the simulator itself failed
     */
    @Override
    public void close() {
        listener.close();
        assertEveryRefusalTaken();
    }

    private SimulatedAccount add(
            @Nullable String ikey, @Nullable String skey, String apiHost, SimulatedAccount.Builder logs) {
        SimulatedAccount account = new SimulatedAccount(apiHost, logs);
        applications.add(new AdminApplication(
                Objects.requireNonNull(ikey, "ikey"), Objects.requireNonNull(skey, "skey"), account));
        return account;
    }

    private Answer answer(ReceivedRequest raw) {
        Request received = Request.of(requestCount.incrementAndGet(), clock.instant(), raw);
        Optional<Endpoint> found = applications.endpoint(received);
        if (found.isEmpty()) {
            return record(
                    received, true, Refusal.noSuchResource(received.path()).answer());
        }
        Endpoint endpoint = found.get();
        Request request = received.of(endpoint.apiHost());
        Optional<Answer> tooMany = endpoint.tooMany(request.at());
        if (tooMany.isPresent()) {
            return record(request, true, tooMany.get());
        }
        Call call = new Call(request, endpoint, signatures, request.at());
        Optional<Misbehavior> misbehavior = misbehaviors.stream()
                .filter(installed -> installed.when().test(request))
                .findFirst()
                .map(Installed::misbehavior);
        if (misbehavior.isEmpty()) {
            return record(request, call.refusal().isPresent(), call.answer());
        }
        // What the rules refuse stays a refusal, also when the client gets to see something else.
        call.refusal().ifPresent(refusal -> log.addRefusal(recorded(request, refusal.answer())));
        return record(request, false, misbehavior.get().answer(call));
    }

    /** Notes the request before its answer leaves, so that whoever has the answer finds the request noted. */
    private Answer record(Request request, boolean refused, Answer answer) {
        RecordedRequest recorded = recorded(request, answer);
        log.add(recorded);
        if (refused) {
            log.addRefusal(recorded);
        }
        return withCommonHeaders(request.at(), answer);
    }

    private static RecordedRequest recorded(Request request, Answer answer) {
        int status = answer.transfer() == Answer.Transfer.DROPPED ? 0 : answer.status();
        return new RecordedRequest(
                request.number(),
                request.at(),
                request.apiHost(),
                request.path(),
                request.query(),
                status,
                answer.code(),
                answer.detail());
    }

    /** Adds the simulator's time, and headers that must not come back with the next request. */
    private static Answer withCommonHeaders(Instant now, Answer answer) {
        Answer dated = answer.headers().containsKey("Date")
                ? answer
                : answer.withHeader("Date", DateUtils.formatStandardDate(now));
        return dated.withHeader("Server", "Duo/1.0")
                .withHeader("Set-Cookie", "session=must-not-come-back; Path=/")
                .withHeader("X-Something", "must-not-come-back");
    }

    /** The settings of a simulator and of its first account, which there is if it has keys; the clock has no default. */
    public static final class Builder {
        private String apiHost = "api-00000000.duosecurity.com";
        private @Nullable String ikey;
        private @Nullable String skey;
        private @Nullable Clock clock;
        private final SimulatedAccount.Builder logs = new SimulatedAccount.Builder();
        private Duration skewTolerance = Duration.ofMinutes(5);
        private Set<CanonicalRequest.Version> signatures = EnumSet.allOf(CanonicalRequest.Version.class);
        private int port;

        private Builder() {}

        public Builder apiHost(String newApiHost) {
            this.apiHost = newApiHost;
            return this;
        }

        public Builder ikey(String newIkey) {
            this.ikey = newIkey;
            return this;
        }

        public Builder skey(String newSkey) {
            this.skey = newSkey;
            return this;
        }

        public Builder clock(Clock newClock) {
            this.clock = newClock;
            return this;
        }

        public Builder events(EventStore newEvents) {
            return events(SimulatedLog.TELEPHONY, newEvents);
        }

        /** The events of a log; a log without is empty. */
        public Builder events(SimulatedLog log, EventStore newEvents) {
            logs.events(log, newEvents);
            return this;
        }

        /** Refuses a log with 403, as to an application, or an edition of Duo, that may not read it. */
        public Builder forbid(SimulatedLog log) {
            logs.forbid(log);
            return this;
        }

        /** How far a request's Date may lie from the clock, both ways; 5 minutes by default. */
        public Builder skewTolerance(Duration newSkewTolerance) {
            this.skewTolerance = newSkewTolerance;
            return this;
        }

        /** The signature versions that are accepted; all by default. */
        Builder signatures(Set<CanonicalRequest.Version> newSignatures) {
            this.signatures = Set.copyOf(newSignatures);
            return this;
        }

        /** Refuses with 42901 what exceeds this number (1 or more) in any minute, for each log; no limit by default. */
        public Builder rateLimit(int requestsPerMinute, boolean withRetryAfter) {
            logs.rateLimit(requestsPerMinute, withRetryAfter);
            return this;
        }

        /** The port to listen at; any free one by default. */
        public Builder port(int newPort) {
            this.port = newPort;
            return this;
        }

        /**
         * Starts to listen.
         *
         * @throws UncheckedIOException if the port is taken
         */
        public DuoSimulator start() {
            try {
                return new DuoSimulator(this);
            } catch (IOException e) {
                throw new UncheckedIOException("The simulator cannot listen at port " + port, e);
            }
        }
    }
}
