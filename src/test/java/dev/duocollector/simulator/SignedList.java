// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A request for a parent's children that the simulator accepts, until a test changes something about it. */
final class SignedList {
    static final String IKEY = "DIPARENT000000000000";
    static final String SKEY = "a-parent-s-example-of-a-secret-key-00000";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private String method = "POST";
    private String path = SimulatedParent.LIST_PATH;
    private String host = "localhost";
    private String ikey = IKEY;
    private String skey = SKEY;
    private String query = "";
    private String type = "application/json";
    private String signed = "{}";
    private String sent = "{}";
    private boolean v5 = true;
    private boolean authorized = true;

    SignedList method(String newMethod) {
        this.method = newMethod;
        return this;
    }

    SignedList path(String newPath) {
        this.path = newPath;
        return this;
    }

    SignedList signedHost(String newHost) {
        this.host = newHost;
        return this;
    }

    SignedList keys(String newIkey, String newSkey) {
        this.ikey = newIkey;
        this.skey = newSkey;
        return this;
    }

    SignedList unsigned() {
        this.authorized = false;
        return this;
    }

    /** Sets the raw query; version 2 does not sign it. */
    SignedList query(String newQuery) {
        this.query = newQuery;
        return this;
    }

    /** Sets the Content-Type; an empty one is not sent. */
    SignedList type(String newType) {
        this.type = newType;
        return this;
    }

    SignedList body(String newBody) {
        this.signed = newBody;
        this.sent = newBody;
        return this;
    }

    /** Sends another body than the signed one. */
    SignedList bodyAfterSigning(String newBody) {
        this.sent = newBody;
        return this;
    }

    /** Signs with version 2, and has an empty form for a body. */
    SignedList v2() {
        this.v5 = false;
        return type("application/x-www-form-urlencoded").body("");
    }

    SignedList header(String name, String value) {
        headers.add(Map.entry(name, value));
        return this;
    }

    HttpResponse<String> send(DuoSimulator simulator) throws IOException, InterruptedException {
        String date = SignedGet.date(SignedGet.NOW);
        String line = QueryString.parse(v5 ? query : signed).canonical();
        CanonicalRequest lines = new CanonicalRequest(date, method, host, path, line, signed);
        String signature = CanonicalRequest.sign("HmacSHA512", skey, v5 ? lines.v5() : lines.v2());
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(simulator.uri() + path + (query.isEmpty() ? "" : "?" + query)))
                .method(method, HttpRequest.BodyPublishers.ofString(sent))
                .header("Date", date);
        if (authorized) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString((ikey + ":" + signature).getBytes(UTF_8)));
        }
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        headers.forEach(header -> request.header(header.getKey(), header.getValue()));
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
