package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.harness.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * One key for both ends of an echo, with a certificate for the names of both. The JDK's keytool
 * makes it, and both ends trust it alone.
 */
final class Keystore {
    private static final String PASSWORD = "changeit";
    private static final long MAX_SECONDS = 60;

    private static @Nullable Path file;

    private Keystore() {}

    /** The file, which is made when it is first asked for, and deleted by the JVM that made it. */
    static synchronized Path file() throws IOException {
        if (file == null) {
            Path made = Folders.create().resolve("nodes.p12");
            make(made);
            file = made;
        }
        return file;
    }

    /** Uses the file that another JVM has made. */
    static synchronized void use(Path other) {
        file = other;
    }

    /** A context that presents the certificate and trusts it. */
    static SSLContext context() throws IOException {
        try (InputStream in = Files.newInputStream(file())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("nodes", store.getCertificate("nodes"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate in " + file + " cannot be used", e);
        }
    }

    private static void make(Path store) throws IOException {
        Path log = store.resolveSibling("keytool.log");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "nodes",
                        "-dname",
                        "CN=benchmark",
                        "-ext",
                        "san=dns:" + CoterieServer.NAME + ",dns:" + CoterieClient.NAME,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!keytool.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                keytool.destroyForcibly();
                throw new IOException("keytool did not end in " + MAX_SECONDS + " s, and was killed");
            }
        } catch (InterruptedException e) {
            keytool.destroyForcibly();
            throw new IOException("interrupted while keytool makes a certificate", e);
        }
        if (keytool.exitValue() != 0) {
            throw new IOException("keytool made no " + store + ": " + Files.readString(log));
        }
    }
}
