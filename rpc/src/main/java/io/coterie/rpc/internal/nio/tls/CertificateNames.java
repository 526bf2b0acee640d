package io.coterie.rpc.internal.nio.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * The names of a certificate: its alternative names of the kinds DNS and URI. Only if it has
 * neither, its name is the common name of its subject (RFC 6125, 6.4.4): authorities check the
 * alternative names, and often let their customers choose the common name.
 */
final class CertificateNames {
    private static final int DNS = 2;
    private static final int URI = 6;

    private CertificateNames() {}

    /** The names, unchanged. */
    static Set<String> of(Certificate certificate) throws TlsException {
        if (!(certificate instanceof X509Certificate named)) {
            throw new TlsException("its certificate is not an X.509 certificate, so it has no names");
        }
        Set<String> names = new LinkedHashSet<>();
        try {
            Collection<List<?>> alternatives = named.getSubjectAlternativeNames();
            for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
                int kind = (Integer) alternative.get(0);
                if (kind == DNS || kind == URI) {
                    names.add((String) alternative.get(1));
                }
            }
            String common = names.isEmpty() ? commonName(named) : null;
            if (common != null) {
                names.add(common);
            }
        } catch (NamingException | CertificateParsingException e) {
            throw new TlsException("the names in its certificate cannot be read: " + e.getMessage(), e);
        }
        return names;
    }

    /** The most specific common name: those above it name the authority's branches. */
    private static @Nullable String commonName(X509Certificate certificate) throws NamingException {
        List<Rdn> parts = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
        for (int i = parts.size() - 1; i >= 0; i--) {
            Attribute common = parts.get(i).toAttributes().get("CN");
            if (common != null) {
                return common.get() instanceof String ? (String) common.get() : null;
            }
        }
        return null;
    }
}
