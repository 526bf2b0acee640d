package io.coterie.rpc.internal.nio.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** Turns an engine's exception into a text that says what is wrong and what to do. */
final class TlsFailure {
    private static final String RECEIVED = "Received fatal alert: ";
    private static final Set<String> ABOUT_CERTIFICATES = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "certificate_required",
            "unknown_ca",
            "access_denied");

    private static final Set<Class<?>> CERTIFICATE_FAILURES =
            Set.of(CertificateException.class, CertPathValidatorException.class, CertPathBuilderException.class);

    private TlsFailure() {}

    /**
     * The exception for a connection's end.
     *
     * @param showedCertificate whether this end has shown one
     */
    static TlsException of(Exception failure, boolean showedCertificate) {
        return new TlsException(describe(failure, showedCertificate), failure);
    }

    private static String describe(Exception failure, boolean showedCertificate) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains(RECEIVED)) {
            return ofAlert(message.substring(message.indexOf(RECEIVED) + RECEIVED.length()), showedCertificate);
        }
        Throwable certificate = deepest(failure, CERTIFICATE_FAILURES);
        if (certificate != null) {
            return "its certificate was not accepted: " + ofCertificate(certificate);
        }
        if (deepest(failure, Set.of(AEADBadTagException.class)) != null) {
            return "a TLS record that was changed on the way";
        }
        if (message.contains("Empty client certificate chain")) {
            return "it showed no certificate; give its SSLContext a key, and set the same mode of security on both";
        }
        if (message.contains("No available authentication scheme")) {
            return "the SSLContext of the node that was dialed has no key that fits; give it one with its certificate";
        }
        return "TLS failed: " + message;
    }

    private static String ofAlert(String alert, boolean showedCertificate) {
        if (ABOUT_CERTIFICATES.contains(alert)) {
            return showedCertificate
                    ? "it did not accept this node's certificate (TLS alert " + alert + "); its log says why"
                    : "it requires a certificate, but this node has shown none (TLS alert " + alert
                            + "); give this node's SSLContext" + " a key whose certificate the other trusts";
        }
        if (alert.equals("protocol_version")) {
            return "it does not speak TLS 1.3, and this node speaks nothing older";
        }
        return "it ended TLS with the alert " + alert + "; its log says why";
    }

    private static String ofCertificate(Throwable root) {
        String message = root.getMessage();
        if (root instanceof CertificateExpiredException) {
            return "it has expired (" + message + "); renew it";
        }
        if (root instanceof CertificateNotYetValidException) {
            return "it is not valid yet (" + message + "); check the clocks";
        }
        if (root instanceof CertPathBuilderException) {
            return "no authority that this node trusts has signed it (" + message + ")";
        }
        return String.valueOf(message);
    }

    private static @Nullable Throwable deepest(Throwable failure, Set<Class<?>> kinds) {
        Throwable found = null;
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Throwable candidate = cause;
            if (kinds.stream().anyMatch(kind -> kind.isInstance(candidate))) {
                found = candidate;
            }
        }
        return found;
    }
}
