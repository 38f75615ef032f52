// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** An error whose code is an empty string (duo_api_golang commit 2d1f351, duo_client_java commit f0073ac). */
public record NonIntegerCode(int status) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.ok("{\"code\":\"\",\"message\":\"Not as documented\",\"stat\":\"FAIL\"}")
                .withStatus(status);
    }
}
