// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A page without events, blown up by blanks to at least that many bytes: good JSON, which only its size forbids. It comes
 * in chunks, so that no header gives the size away.
 */
public record HugeBody(long bytes) implements Misbehaviour {
    private static final int BLOCK_BYTES = 64 * 1024;

    @Override
    public Answer answer(Call call) {
        byte[] blanks = new byte[BLOCK_BYTES];
        Arrays.fill(blanks, (byte) ' ');
        int blocks = Math.toIntExact((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
        List<ByteBuffer> body = new ArrayList<>(Collections.nCopies(blocks, ByteBuffer.wrap(blanks)));
        body.add(
                StandardCharsets.UTF_8.encode(
                        "{\"response\":{\"items\":[],\"metadata\":{\"next_offset\":null,\"total_objects\":0}},\"stat\":\"OK\"}"));
        return Answer.ok(body).withTransfer(Answer.Transfer.CHUNKED);
    }
}
