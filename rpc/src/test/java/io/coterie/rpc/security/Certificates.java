package io.coterie.rpc.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An authority and what it has signed, made by the JDK's keytool, which takes about a second for
 * each.
 */
public final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path directory;
    private final Path authority;
    private final Map<List<String>, KeyStore> made = new ConcurrentHashMap<>();

    /** Makes an authority of that name, whose files are in the directory. */
    public Certificates(Path directory, String name) {
        this.directory = directory;
        this.authority = directory.resolve("authority.p12");
        keytool(authority, "-alias", "authority", "-dname", "CN=" + name, "-ext", "bc:c", "-validity", "30");
    }

    /** A key and its certificate for a name, signed by the authority. */
    public KeyStore signed(String commonName, String... options) {
        return make(commonName, true, options);
    }

    /** A key and a certificate that nobody but itself has signed. */
    public KeyStore selfSigned(String commonName, String... options) {
        return make(commonName, false, options);
    }

    /** Shows that certificate, or none, and trusts this authority. */
    public SSLContext context(@Nullable KeyStore shown) {
        return context(shown, () -> {});
    }

    /** Shows that certificate, or none, and reports each certificate that it trusts. */
    public SSLContext context(@Nullable KeyStore shown, Runnable onTrusted) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("authority", load(authority).getCertificate("authority"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            TrustManager reporting =
                    new ReportingTrust((X509ExtendedTrustManager) trust.getTrustManagers()[0], onTrusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(shown == null ? empty() : shown, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {reporting}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows a certificate for the name, which has it also as its DNS name. */
    public SSLContext contextFor(String name) {
        return context(signed(name, "-ext", "san=dns:" + name));
    }

    private KeyStore make(String commonName, boolean signed, String... options) {
        List<String> arguments = new ArrayList<>(List.of("-alias", "own", "-dname", "CN=" + commonName));
        if (signed) {
            arguments.addAll(List.of("-signer", "authority"));
        }
        arguments.addAll(List.of(options));
        return made.computeIfAbsent(arguments, key -> make(key, signed));
    }

    private KeyStore make(List<String> arguments, boolean signed) {
        try {
            Path file = directory.resolve("own-" + made.size() + "-" + System.nanoTime() + ".p12");
            if (signed) {
                Files.copy(authority, file);
            }
            keytool(file, arguments.toArray(String[]::new));
            KeyStore all = load(file);
            KeyStore own = empty();
            Certificate[] chain = all.getCertificateChain("own");
            own.setKeyEntry("own", all.getKey("own", PASSWORD), PASSWORD, chain);
            return own;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static void keytool(Path store, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString()));
        command.addAll(List.of(options));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            store.resolveSibling("keytool.log").toFile()))
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError("keytool failed: " + Files.readString(store.resolveSibling("keytool.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
