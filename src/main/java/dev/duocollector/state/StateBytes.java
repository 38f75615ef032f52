// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.io.IOException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** How large a state may be: it is read whole, and what is at its key need not be one. */
final class StateBytes {

    /** 64 MiB, the keys of two million events; on a small heap an eighth of it, since what is read takes several times that. */
    static final int MAX = (int) Math.min(64 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8);

    private StateBytes() {}

    /**
     * Reads an object, if it is not too large.
     *
     * @throws StateRefusedException if it is; then hardly more than the bound is read of it
     */
    static ResponseBytes<GetObjectResponse> get(S3Client s3, GetObjectRequest request) {
        try (ResponseInputStream<GetObjectResponse> object = s3.getObject(request)) {
            Long announced = object.response().contentLength();
            boolean tooLarge = announced != null && announced > MAX;
            byte[] bytes = tooLarge ? new byte[0] : object.readNBytes(MAX + 1);
            if (tooLarge || bytes.length > MAX) {
                object.abort();
                throw tooLarge("s3://" + request.bucket() + "/" + request.key());
            }
            return ResponseBytes.fromByteArrayUnsafe(object.response(), bytes);
        } catch (IOException e) {
            throw SdkClientException.create("The connection was lost", e);
        }
    }

    /** Refuses to write what could not be read again. */
    static byte[] writable(byte[] state, Object place) {
        if (state.length > MAX) {
            throw tooLarge(place.toString());
        }
        return state;
    }

    private static StateRefusedException tooLarge(String place) {
        return new StateRefusedException(
                StateRefusedException.Reason.DAMAGED,
                "The state at " + place + " has more than " + MAX
                        + " bytes (64 MiB, or an eighth of the heap), so it is neither"
                        + " read nor written. See whether state.key names the state; if it does, give the JVM more memory with"
                        + " -Xmx, or put an older version of it back.");
    }
}
