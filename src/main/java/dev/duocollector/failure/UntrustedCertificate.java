// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A TLS connection that is not made because of the server's certificate, or of what it would have to be trusted by. */
public final class UntrustedCertificate {

    private static final String TRUSTSTORE =
            "-Djavax.net.ssl.trustStore=FILE -Djavax.net.ssl.trustStorePassword=PASSWORD";

    private UntrustedCertificate() {}

    /** Tells whether that is what failed. */
    public static boolean isCauseOf(Throwable failure) {
        return failure instanceof SSLPeerUnverifiedException
                || (failure instanceof SSLException
                        && (has(failure, CertificateException.class) || hasNoTruststore(failure)));
    }

    /**
     * Says what is wrong with the certificate, and what to do.
     *
     * @param where whose it is
     * @param settings those that say which host is asked
     */
    public static String explain(String where, String settings, Throwable failure) {
        String brief = FailureText.brief(failure);
        if (hasNoTruststore(failure)) {
            return "The certificate of " + where
                    + " is not trusted, since the JVM's truststore holds none that could be read (" + brief
                    + "). Check the file, its type and its password: " + TRUSTSTORE + ".";
        }
        if (failure instanceof SSLPeerUnverifiedException || brief.contains("No subject alternative")) {
            return "The certificate of " + where + " is for another host (" + brief + "). Check " + settings
                    + ", and whether a proxy answers in its place.";
        }
        if (isOutOfDate(failure)) {
            return "The certificate of " + where + " has expired, or is not valid yet (" + brief
                    + "). Have it renewed, or set this machine's clock right.";
        }
        return "The certificate of " + where + " is not trusted (" + brief
                + "). If a proxy inspects TLS here, give the JVM its authority: " + TRUSTSTORE
                + "; a file that is not there counts as an empty one.";
    }

    private static boolean isOutOfDate(Throwable failure) {
        return has(failure, CertificateExpiredException.class)
                || has(failure, CertificateNotYetValidException.class)
                || FailureText.causeOf(failure, CertPathValidatorException.class)
                        .filter(flaw -> flaw.getReason() == BasicReason.EXPIRED
                                || flaw.getReason() == BasicReason.NOT_YET_VALID)
                        .isPresent();
    }

    /** What the JDK says where the truststore is empty, has another type, or its password is wrong or missing. */
    private static boolean hasNoTruststore(Throwable failure) {
        return has(failure, InvalidAlgorithmParameterException.class)
                || String.valueOf(failure.getMessage()).contains("No X509TrustManager implementation available");
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> cause) {
        return FailureText.causeOf(failure, cause).isPresent();
    }
}
