// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.net.URI;
import java.util.List;

/** 302 to somewhere else, where a signed request must not go. */
public record Redirect(URI location) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.ok(List.of()).withStatus(302).withHeader("Location", location.toString());
    }
}
