// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.duocollector.testing.InLocales;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLocales
class CanonicalQueryTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void encodesAsDuoDoes_inEveryOrder(String name, List<Map.Entry<String, String>> pairs, String canonical) {
        assertThat(permutations(pairs))
                .allSatisfy(order -> assertThat(CanonicalQuery.encode(order)).isEqualTo(canonical));
    }

    static Stream<Arguments> vectors() {
        return Stream.of(
                arguments("nothing", List.of(), ""),
                arguments("one", List.of(pair("realname", "First Last")), "realname=First%20Last"),
                arguments(
                        "two",
                        List.of(pair("realname", "First Last"), pair("username", "root")),
                        "realname=First%20Last&username=root"),
                arguments(
                        "a key that begins another",
                        List.of(pair("foo_bar", "2"), pair("foo", "1")),
                        "foo=1&foo_bar=2"),
                arguments("printable ASCII", PRINTABLE, PRINTABLE_CANONICAL),
                arguments(
                        "several values (duo_api_golang)",
                        List.of(pair("username", "H ell?o"), pair("password", "H-._~i"), pair("password", "A(!'*)")),
                        "password=A%28%21%27%2A%29&password=H-._~i&username=H%20ell%3Fo"),
                arguments("Unicode", List.copyOf(DuoVectors.UNICODE.entrySet()), DuoVectors.UNICODE_CANONICAL),
                arguments(
                        "Unicode values",
                        List.of(
                                pair("bar", "\u2815\uaaa3\u37cf\u4bb7\u36e9\ucc05\u668e\u8162\uc2bd\ua1f1"),
                                pair("baz", "\u0df3\u84bd\u5669\u9985\ub8a4\uac3a\u7be7\u6f69\u934a\ub91c"),
                                pair("foo", "\ud4ce\ud6d6\u7938\u50c0\u8a20\u8f15\ufd0b\u8024\u5cb3\uc655"),
                                pair("qux", "\u8b97\uc846-\u828e\u831a\uccca\ua2d4\u8c3e\ub8b2\u99be")),
                        "bar=%E2%A0%95%EA%AA%A3%E3%9F%8F%E4%AE%B7%E3%9B%A9%EC%B0%85%E6%9A%8E%E8%85%A2%EC%8A%BD%EA%87%B1"
                                + "&baz=%E0%B7%B3%E8%92%BD%E5%99%A9%E9%A6%85%EB%A2%A4%EA%B0%BA%E7%AF%A7%E6%BD%A9%E9%8D%8A%EB%A4%9C"
                                + "&foo=%ED%93%8E%ED%9B%96%E7%A4%B8%E5%83%80%E8%A8%A0%E8%BC%95%EF%B4%8B%E8%80%A4%E5%B2%B3%EC%99%95"
                                + "&qux=%E8%AE%97%EC%A1%86-%E8%8A%8E%E8%8C%9A%EC%B3%8A%EA%8B%94%E8%B0%BE%EB%A2%B2%E9%A6%BE"),
                // The rest is the collector's own.
                arguments("keys, not joined pairs", List.of(pair("a", "1"), pair("a-b", "2")), "a=1&a-b=2"),
                arguments("encoded keys, not keys", List.of(pair("a", "1"), pair("\u00e9", "2")), "%C3%A9=2&a=1"),
                arguments("Turkish i's", List.of(pair("I", "\u0130"), pair("i", "\u0131")), "I=%C4%B0&i=%C4%B1"),
                arguments("beyond the first plane", List.of(pair("k", "\ud83d\ude00")), "k=%F0%9F%98%80"),
                arguments(
                        "a page of the telephony log",
                        List.of(
                                pair("sort", "ts:asc"),
                                pair("next_offset", "1666714065304,5bf1a860-fe39-49e3-be29-217659663a74"),
                                pair("limit", "1000")),
                        "limit=1000&next_offset=1666714065304%2C5bf1a860-fe39-49e3-be29-217659663a74&sort=ts%3Aasc"));
    }

    private static final List<Map.Entry<String, String>> PRINTABLE = List.of(
            pair("digits", "0123456789"),
            pair("letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            pair("punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
            pair("whitespace", "\t\n\u000b\f\r "));

    private static final String PRINTABLE_CANONICAL = "digits=0123456789"
            + "&letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            + "&punctuation=%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~"
            + "&whitespace=%09%0A%0B%0C%0D%20";

    @Test
    void takesMap_asPairs() {
        assertThat(CanonicalQuery.encode(DuoVectors.UNICODE)).isEqualTo(DuoVectors.UNICODE_CANONICAL);
    }

    private static Map.Entry<String, String> pair(String key, String value) {
        return Map.entry(key, value);
    }

    private static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            List<T> others = new ArrayList<>(items);
            T first = others.remove(i);
            for (List<T> rest : permutations(others)) {
                List<T> order = new ArrayList<>(rest);
                order.add(0, first);
                all.add(order);
            }
        }
        return all;
    }
}
