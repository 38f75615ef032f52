// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** The right answer, compressed, as a proxy may do. */
public record GzipBody() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        Answer answer = call.answer();
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (WritableByteChannel out = Channels.newChannel(new GZIPOutputStream(compressed))) {
            for (ByteBuffer part : answer.body()) {
                out.write(part.duplicate());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing into memory", e);
        }
        return answer.withBody(List.of(ByteBuffer.wrap(compressed.toByteArray())))
                .withHeader("Content-Encoding", "gzip");
    }
}
