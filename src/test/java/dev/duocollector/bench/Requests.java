// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.fault.ProxiedRequest;
import java.util.List;

/** How many requests a run made, as two proxies in front of the servers counted them. */
record Requests(long duoGets, long dataPuts, long statePuts, long stateGets, long others, long statePutBytes) {

    private static final int PRECONDITION_FAILED = 412;

    /** Two PUTs after a program's first state PUT, which a store that keeps to conditional writes refuses. */
    private static final int REFUSED_PUTS = 2;

    /** The state, and two looks into a bucket that has none. */
    private static final int FIRST_GETS = 3;

    /** What a first run of so many pages with new events should make (one window, read to its empty page). */
    static Requests expected(long pages, long statePutBytes) {
        return new Requests(pages + 1, pages, pages + 1, FIRST_GETS, REFUSED_PUTS, statePutBytes);
    }

    /** @param data part of the path of every data object, and of no state */
    static Requests of(List<ProxiedRequest> duo, List<ProxiedRequest> s3, String data) {
        long duoGets =
                duo.stream().filter(request -> request.method().equals("GET")).count();
        long dataPuts = count(s3, "PUT", data, true);
        long statePuts = count(s3, "PUT", data, false);
        long stateGets = count(s3, "GET", data, false);
        long statePutBytes = s3.stream()
                .filter(request ->
                        request.method().equals("PUT") && !request.path().contains(data))
                .mapToLong(ProxiedRequest::contentLength)
                .max()
                .orElse(0);
        long others = duo.size() + s3.size() - duoGets - dataPuts - statePuts - stateGets;
        return new Requests(duoGets, dataPuts, statePuts, stateGets, others, statePutBytes);
    }

    private static long count(List<ProxiedRequest> requests, String method, String data, boolean isData) {
        return requests.stream()
                .filter(request -> request.method().equals(method))
                .filter(request -> request.path().contains(data) == isData)
                .filter(request -> request.status() != PRECONDITION_FAILED)
                .count();
    }
}
