// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.List;

/** A form of Duo's signature that a simulator accepts. */
public enum SignatureVersion {
    /** Five lines, HMAC-SHA1 or HMAC-SHA512. */
    V2,
    /** Seven lines, HMAC-SHA512. */
    V5;

    /** Returns every signature that this version has for the request. */
    List<String> signatures(CanonicalRequest request, String skey) {
        return switch (this) {
            case V2 ->
                List.of(
                        CanonicalRequest.sign("HmacSHA1", skey, request.v2()),
                        CanonicalRequest.sign("HmacSHA512", skey, request.v2()));
            case V5 -> List.of(CanonicalRequest.sign("HmacSHA512", skey, request.v5()));
        };
    }
}
