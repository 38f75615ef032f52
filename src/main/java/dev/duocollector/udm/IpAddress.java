// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells an IP address from a host's name, without ever asking a name server. */
final class IpAddress {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern V6_LOOKALIKE = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    private IpAddress() {}

    /** Returns whether the text is an IPv4 address of four decimal numbers, or an IPv6 address without brackets and zone. */
    static boolean isLiteral(String text) {
        return isV4(text) || (V6_LOOKALIKE.matcher(text).matches() && isV6(text));
    }

    /** Returns whether the text is an IPv4 address of four decimal numbers. */
    static boolean isV4(String text) {
        return V4.matcher(text).matches();
    }

    private static boolean isV6(String text) {
        try {
            // With a colon in it, the JDK takes it for an address or refuses it, and looks no name up.
            return InetAddress.getByName(text).getAddress().length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
