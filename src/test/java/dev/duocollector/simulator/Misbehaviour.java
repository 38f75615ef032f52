// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

/** One way in which Duo, or what lies between, spoils an answer. Several threads may call it. */
@FunctionalInterface
public interface Misbehaviour {
    Answer answer(Call call);
}
