package io.coterie.rpc.internal.nio.tls;

import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS engines of a node's connections. Long work runs off the loop: the call for the
 * user's context, which may read files, and the arithmetic of handshakes.
 */
public final class TlsEngines implements AutoCloseable {
    static final String PROTOCOL = "TLSv1.3";

    private static final int THREADS = 2;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final SecuritySettings settings;
    private final Supplier<SSLContext> contexts;
    private final Scheduler loop;
    private final PacketPool packets = new PacketPool();
    private final AtomicInteger count = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    /** Called on the loop when work has ended, with its result or with what it threw. */
    interface Done {
        void onDone(@Nullable SSLEngine engine, @Nullable Throwable failure);
    }

    TlsEngines(String threadName, SecuritySettings settings, Supplier<SSLContext> contexts, Scheduler loop) {
        this.settings = settings;
        this.contexts = contexts;
        this.loop = loop;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, threadName);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** The engines of a node that is protected by TLS, or null. */
    public static @Nullable TlsEngines of(SecuritySettings settings, NodeId self, Scheduler loop) {
        Supplier<SSLContext> contexts = settings.contexts();
        return contexts == null ? null : new TlsEngines("coterie-" + self + "-tls", settings, contexts, loop);
    }

    PacketPool packets() {
        return packets;
    }

    /** Whether both ends prove a secret once TLS is established. */
    boolean provesSecret() {
        return settings.secret() != null;
    }

    /**
     * Checks what can be checked before there is a connection. Must not be called on the loop.
     *
     * @param listens whether the node must have a certificate to show
     * @throws IllegalStateException if the context lacks something that it needs; the text says
     *     what
     */
    public void check(boolean listens) {
        try {
            SSLContext context = context();
            if (!List.of(context.getSupportedSSLParameters().getProtocols()).contains(PROTOCOL)) {
                throw new IllegalStateException("security: the SSLContext of protocol " + context.getProtocol()
                        + " does not support " + PROTOCOL + "; use one from SSLContext.getInstance(\"TLS\")");
            }
            if (listens) {
                requireKey(context);
            }
        } catch (SSLException e) {
            throw new IllegalStateException("security: " + e.getMessage(), e);
        }
    }

    private static void requireKey(SSLContext context) {
        try {
            TlsProbe.requireKey(context);
        } catch (SSLException e) {
            throw new IllegalStateException(
                    "security: the SSLContext has no key that this node could show to those who dial it ("
                            + e.getMessage()
                            + "); give its KeyManager a private key with its certificate, or leave listen"
                            + " out",
                    e);
        }
    }

    /**
     * An engine for a new connection, whose handshake has begun. Must not be called on the loop.
     *
     * @param host the host that was dialed; null if the other end dialed
     */
    SSLEngine engine(@Nullable String host) throws SSLException {
        SSLContext context = context();
        boolean checksHost = host != null
                && settings.proof() == SecuritySettings.Proof.DIALED
                && settings.allowed().isEmpty();
        // The JDK finds sessions to resume by host and port. Without them, or with a port that was
        // never used, none is resumed. So certificates are checked at each connect, and renewed
        // ones are shown.
        SSLEngine engine = checksHost
                ? context.createSSLEngine(host, count.incrementAndGet() & Integer.MAX_VALUE)
                : context.createSSLEngine();
        engine.setUseClientMode(host != null);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {PROTOCOL});
        if (host == null) {
            parameters.setNeedClientAuth(settings.proof() == SecuritySettings.Proof.BOTH);
        } else {
            parameters.setEndpointIdentificationAlgorithm(checksHost ? "HTTPS" : null);
            parameters.setServerNames(serverNames(host));
        }
        engine.setSSLParameters(parameters);
        engine.beginHandshake();
        return engine;
    }

    /** The name of the dialed host for SNI; none if TLS cannot express it. */
    static List<SNIServerName> serverNames(String host) {
        if (ADDRESS.matcher(host).matches()) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException e) {
            // Resolvers accept more names than TLS does: with '_' in them, or a dot at the end.
            return List.of();
        }
    }

    /**
     * Does work on an engine off the loop.
     *
     * @return what {@link #cancel} takes
     */
    Runnable run(Callable<SSLEngine> work, Done done) {
        Runnable task = () -> {
            try {
                SSLEngine engine = work.call();
                loop.execute(() -> done.onDone(engine, null));
            } catch (Throwable e) {
                // Errors, too: otherwise the connection would look busy until its timeout.
                loop.execute(() -> done.onDone(null, e));
            }
        };
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile, and with it the connection.
            return task;
        }
        return task;
    }

    /**
     * Removes work that has not begun, so that the waiting work is bounded by the number of
     * connections.
     */
    void cancel(Runnable task) {
        threads.remove(task);
    }

    /**
     * Why a certificate with these names does not prove the name of a node, or null if it does.
     *
     * @param names of the other end's certificate; empty if it need not show one
     */
    @Nullable
    Refusal objectionTo(NodeId node, Set<String> names, boolean dialed) {
        if (!dialed && settings.proof() != SecuritySettings.Proof.BOTH) {
            return null;
        }
        if (!settings.allowed().isEmpty()) {
            Set<String> wanted = settings.allowed().get(node);
            if (wanted == null) {
                return objection("node '" + node + "' is not on the allow-list");
            }
            return wanted.stream().anyMatch(names::contains)
                    ? null
                    : objection("the certificate shown is for " + names
                            + ", which the allow-list does not have for node '" + node + "'");
        }
        return settings.proof() != SecuritySettings.Proof.BOTH || names.contains(node.name())
                ? null
                : objection("the certificate shown is for " + names + ", not for node '" + node + "'");
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static Refusal objection(String text) {
        return new Refusal(Refusal.OTHER_CERTIFICATE, text);
    }

    private SSLContext context() throws SSLException {
        try {
            // A supplier of a user may return null.
            @Nullable SSLContext context = contexts.get();
            if (context != null) {
                return context;
            }
        } catch (Throwable e) {
            throw new SSLException("the supplier of the SSLContext threw " + e, e);
        }
        throw new SSLException("the supplier of the SSLContext returned null");
    }
}
