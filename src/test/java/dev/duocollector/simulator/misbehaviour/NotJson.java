// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** A page of HTML with the status 200, as a proxy or a captive portal gives. */
public record NotJson() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.ok("<!DOCTYPE html><html><body>Sign in to the network</body></html>")
                .withHeader("Content-Type", "text/html; charset=utf-8");
    }
}
