// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The decoded parameters of a query, and their one canonical form: names and values encoded as RFC 3986 says (unreserved
 * characters stand, every other byte of the UTF-8 is {@code %XX} with upper-case digits), sorted by name, then by value.
 * See https://duo.com/docs/adminapi#authentication.
 */
record QueryString(List<Parameter> parameters) {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    record Parameter(String name, String value) {}

    /**
     * Decodes as Duo's server does, which takes a {@code +} for a blank.
     *
     * @throws IllegalArgumentException if a {@code %} is not followed by two hexadecimal digits
     */
    static QueryString parse(String raw) {
        List<Parameter> parameters = new ArrayList<>();
        for (String pair : raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.add(new Parameter(URLDecoder.decode(name, UTF_8), URLDecoder.decode(value, UTF_8)));
        }
        return new QueryString(parameters);
    }

    String canonical() {
        return parameters.stream()
                .map(parameter -> new Parameter(encode(parameter.name()), encode(parameter.value())))
                // By name first: as joined pairs "foo_bar=" and "foo=" would compare their "_" and "=".
                .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::value))
                .map(parameter -> parameter.name() + "=" + parameter.value())
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (UNRESERVED.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
