// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.util.List;

/** An event that no valid UDM event can be made of. The message names fields and rules, and never an event's content. */
public final class UnmappableEventException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Says what is wrong, one sentence without a full stop for each flaw. */
    UnmappableEventException(List<String> flaws) {
        super(String.join("; ", flaws));
    }
}
