// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a request is for.
 *
 * @param apiHost the API host of the account that is asked, empty if no account is
 * @param skey the secret key that must have signed, absent if no application has the request's integration key
 * @param method the only one allowed
 * @param rateLimit how many requests like this one may be made in a minute, absent if any number
 * @param resource what is behind the signature
 */
record Endpoint(
        String apiHost, Optional<String> skey, String method, Optional<RateLimit> rateLimit, Resource resource) {

    /** What a request with the right signature asks for. */
    @FunctionalInterface
    interface Resource {
        /** Returns the answer, which has several forms if it is a page. */
        Function<PageForm, Answer> answer(Request request) throws Refusal;
    }

    /** Returns the endpoint at one of Duo's paths for whoever has the keys, without a rate limit. */
    static Endpoint at(String path, String apiHost, Optional<String> skey, Resource resource) {
        String method = path.equals(SimulatedParent.LIST_PATH) ? "POST" : "GET";
        return new Endpoint(apiHost, skey, method, Optional.empty(), resource);
    }

    /** Returns an endpoint that refuses every request, after its signature. */
    static Endpoint refusing(String path, String apiHost, Optional<String> skey, Refusal refusal) {
        return at(path, apiHost, skey, request -> {
            throw refusal;
        });
    }

    Optional<Answer> tooMany(Instant now) {
        return rateLimit.flatMap(limit -> limit.refuse(now));
    }
}
