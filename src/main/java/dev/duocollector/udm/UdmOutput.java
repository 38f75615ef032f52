// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/** Where mapped events go. */
public interface UdmOutput {

    /**
     * The most bytes of a line or of a request. Google says 4 MB without saying which; this is the smaller reading (<a
     * href="https://docs.cloud.google.com/chronicle/docs/reference/ingestion-methods">ingestion methods</a>, read
     * 2026-11-23).
     */
    int BYTES_MAX = 4_000_000;

    /** Takes one event, as one line of JSON without the line break. */
    void write(byte[] udm) throws IOException;

    /** Ends what was begun; called once, after the last event. */
    void end() throws IOException;

    /** Returns how long an event may be, in bytes. */
    int eventBytesMax();

    static UdmOutput none() {
        return lines(OutputStream.nullOutputStream());
    }

    static UdmOutput lines(OutputStream out) {
        return new UdmOutput() {
            @Override
            public void write(byte[] udm) throws IOException {
                out.write(udm);
                out.write('\n');
            }

            @Override
            public void end() throws IOException {
                out.flush();
            }

            @Override
            public int eventBytesMax() {
                return BYTES_MAX;
            }
        };
    }

    /**
     * Returns an output of bodies for Google SecOps' events.import, one a line, each with as many events as stay under 4 MB
     * (<a href="https://docs.cloud.google.com/chronicle/docs/reference/rest/v1beta/projects.locations.instances.events/import">
     * events.import</a>, read 2026-11-23).
     */
    static UdmOutput importBodies(OutputStream out) {
        return new ImportBodies(out);
    }

    /** Writes a body's beginning with its first event and its end when the next would not fit, so that nothing is held. */
    final class ImportBodies implements UdmOutput {

        private static final byte[] BEGIN = "{\"inlineSource\":{\"events\":[".getBytes(UTF_8);
        private static final byte[] END = "]}}".getBytes(UTF_8);
        private static final byte[] EVENT_BEGIN = "{\"udm\":".getBytes(UTF_8);
        private static final int EVENT_BYTES_MORE = EVENT_BEGIN.length + 1;

        private final OutputStream out;
        private int bytes;

        private ImportBodies(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] udm) throws IOException {
            int more = udm.length + EVENT_BYTES_MORE;
            if (bytes > 0 && bytes + 1 + more + END.length >= BYTES_MAX) {
                endBody();
            }
            if (bytes == 0) {
                out.write(BEGIN);
                bytes = BEGIN.length;
            } else {
                out.write(',');
                bytes++;
            }
            out.write(EVENT_BEGIN);
            out.write(udm);
            out.write('}');
            bytes += more;
        }

        @Override
        public void end() throws IOException {
            if (bytes > 0) {
                endBody();
            }
            out.flush();
        }

        private void endBody() throws IOException {
            out.write(END);
            out.write('\n');
            bytes = 0;
        }

        @Override
        public int eventBytesMax() {
            return BYTES_MAX - 1 - BEGIN.length - EVENT_BYTES_MORE - END.length;
        }
    }
}
