package io.coterie.rpc.internal.nio.tls;

import io.coterie.rpc.internal.nio.connection.ModeMismatch;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.connection.Wire;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a socket. While the engine works off the loop ({@code busy}), the loop does not use it,
 * because it would wait for the engine's lock.
 */
public final class TlsWire implements Wire {
    private static final ByteBuffer[] NOTHING = {PacketPool.NONE};

    /** An alert is one record. Records of the handshake may still be before it. */
    private static final int MAX_ALERT_RECORDS = 4;

    private final SocketChannel channel;
    private final TlsEngines engines;
    private final TlsInput input;
    private final TlsOutput output;
    private final @Nullable NodeId dialed;
    private final @Nullable String host;

    private Runnable resume = () -> {};
    private @Nullable SSLEngine engine;
    private @Nullable Runnable work;
    private @Nullable TlsException failure;
    private Set<String> names = Set.of();
    private byte @Nullable [] binding;
    private boolean busy;
    private boolean established;
    private boolean ended;
    private boolean closed;

    /**
     * A wire without an engine. The engine is made when this end has dialed, or when the other end
     * has sent bytes that may be TLS.
     *
     * @param dialed the node that this end dialed; null if the other end dialed, or if this end
     *     does not know yet whom it dialed
     * @param host the host that this end dialed; null if the other end dialed
     */
    public TlsWire(SocketChannel channel, TlsEngines engines, @Nullable NodeId dialed, @Nullable String host) {
        this.channel = channel;
        this.engines = engines;
        this.input = new TlsInput(channel, engines.packets());
        this.output = new TlsOutput(channel, engines.packets());
        this.dialed = dialed;
        this.host = host;
    }

    @Override
    public SocketChannel socket() {
        return channel;
    }

    @Override
    public void begin(Runnable whenWorkEnded) {
        resume = whenWorkEnded;
    }

    @Override
    public boolean establish() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (established || busy || !channel.isConnected()) {
            return established;
        }
        SSLEngine made = engine;
        if (made != null) {
            return shake(made);
        }
        // The dialer speaks first, so a node that was dialed spends nothing on a silent connection.
        if (host != null || hasBegun()) {
            work(() -> engines.engine(host));
        }
        return false;
    }

    private boolean hasBegun() throws IOException {
        try {
            return moreInput();
        } catch (TlsException e) {
            if (input.beginsPlain()) {
                ModeMismatch.report(channel);
            }
            throw e;
        }
    }

    @Override
    public int interest() {
        if (busy) {
            return 0;
        }
        if (!output.blocked()) {
            return SelectionKey.OP_READ;
        }
        return established && !stuck() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_WRITE;
    }

    @Override
    public boolean hasInput() throws IOException {
        return established && !busy && (ended || input.hasPlain() || input.hasRecord()) && !stuck();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        SSLEngine open = engine;
        if (!established || open == null) {
            return 0;
        }
        int start = target.position();
        boolean filled = false;
        input.movePlain(target);
        while (target.hasRemaining() && !ended && !busy && canAnswer(open)) {
            if (!input.hasRecord()) {
                int count = filled ? 0 : input.fill(true);
                filled = true;
                if (count < 0 && target.position() == start) {
                    throw new IOException("the connection was cut: it ended without TLS's close_notify");
                }
                if (count <= 0) {
                    break;
                }
            } else {
                unwrap(open, target);
            }
        }
        int count = target.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        SSLEngine open = engine;
        if (!established || open == null || busy) {
            return 0;
        }
        long taken = 0;
        int next = offset;
        int end = offset + length;
        while (next < end) {
            if (!sources[next].hasRemaining()) {
                next++;
            } else if (!output.hasRoom(packetBytes(open)) && !flush()) {
                break;
            } else {
                SSLEngineResult result = wrap(open, sources, next, end - next);
                if (result.getStatus() == Status.CLOSED) {
                    throw new ClosedChannelException();
                }
                taken += result.bytesConsumed();
                if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                    workOn(open);
                    break;
                }
            }
        }
        flush();
        return taken;
    }

    @Override
    public boolean flush() throws IOException {
        return output.flush();
    }

    @Override
    public byte @Nullable [] binding() {
        return binding;
    }

    @Override
    public @Nullable Refusal objectionTo(NodeId node) {
        return engines.objectionTo(node, names, host != null);
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    /** Notifies the other end, as far as the socket accepts that at once. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (work != null) {
            engines.cancel(work);
        }
        try {
            SSLEngine open = engine;
            if (open != null && !busy && channel.isConnected() && output.flush()) {
                open.closeOutbound();
                answer(open);
            }
        } catch (IOException e) {
            // It is broken already, and the other end notices by itself.
            return;
        } finally {
            input.clear();
            output.clear();
            channel.close();
        }
    }

    private boolean shake(SSLEngine shaking) throws IOException {
        while (true) {
            switch (shaking.getHandshakeStatus()) {
                case NEED_TASK -> {
                    workOn(shaking);
                    return false;
                }
                case NEED_WRAP -> {
                    if (!answer(shaking)) {
                        return false;
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!flush() || !moreInput()) {
                        return false;
                    }
                    unwrap(shaking, PacketPool.NONE);
                    if (ended) {
                        throw new TlsException("it ended TLS before it was established");
                    }
                }
                default -> {
                    if (!flush()) {
                        return false;
                    }
                    finish(shaking);
                    return true;
                }
            }
        }
    }

    /** Whether there is a record. Reads from the socket if there is none yet. */
    private boolean moreInput() throws IOException {
        while (!input.hasRecord()) {
            int count = input.fill(false);
            if (count < 0) {
                throw new TlsException(
                        "it closed the connection before TLS was established; see its log, and " + ModeMismatch.REMEDY);
            }
            if (count == 0) {
                return false;
            }
        }
        return true;
    }

    private void finish(SSLEngine done) throws TlsException {
        names = namesOf(done);
        if (dialed != null) {
            Refusal objection = objectionTo(dialed);
            if (objection != null) {
                throw new TlsException(objection.text() + "; " + Handshake.remedy(objection.code()));
            }
        }
        if (engines.provesSecret()) {
            binding = bindingOf(done.getSession());
        }
        established = true;
    }

    private byte[] bindingOf(SSLSession session) throws TlsException {
        try {
            Certificate @Nullable [] chain =
                    host == null ? session.getLocalCertificates() : session.getPeerCertificates();
            if (chain == null) {
                throw new TlsException("it resumed an earlier TLS session, whose certificate is no longer known");
            }
            return MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
        } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
            throw new TlsException("the certificate that the secret is bound to cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Set<String> namesOf(SSLEngine done) throws TlsException {
        try {
            if (done.getUseClientMode() || done.getNeedClientAuth()) {
                Certificate[] chain = done.getSession().getPeerCertificates();
                return CertificateNames.of(chain[0]);
            }
            return Set.of();
        } catch (SSLPeerUnverifiedException e) {
            throw new TlsException("it showed no certificate", e);
        }
    }

    /**
     * Sends what TLS itself must send, such as the answer to a new key. Nothing more is read until
     * there is room for it.
     */
    private boolean canAnswer(SSLEngine open) throws IOException {
        if (needsOutput(open)) {
            answer(open);
        }
        return !stuck();
    }

    private boolean stuck() {
        return output.blocked() && engine != null && needsOutput(engine);
    }

    private static boolean needsOutput(SSLEngine open) {
        return open.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }

    private boolean answer(SSLEngine open) throws IOException {
        while (needsOutput(open)) {
            if (!output.hasRoom(packetBytes(open)) && !flush()) {
                return false;
            }
            if (wrap(open, NOTHING, 0, 1).getStatus() == Status.CLOSED) {
                break;
            }
        }
        return flush();
    }

    private SSLEngineResult wrap(SSLEngine open, ByteBuffer[] sources, int offset, int length) throws IOException {
        try {
            return open.wrap(sources, offset, length, output.packet());
        } catch (IOException | RuntimeException e) {
            throw broken(open, e);
        }
    }

    private void unwrap(SSLEngine open, ByteBuffer target) throws IOException {
        SSLEngineResult result;
        try {
            result = input.unwrap(open, target);
        } catch (IOException | RuntimeException e) {
            throw broken(open, e);
        }
        ended |= result.getStatus() == Status.CLOSED;
        if (established && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            workOn(open);
        }
    }

    /** Sends the alert of the engine, which reports to the other end what is wrong. */
    private TlsException broken(SSLEngine open, Exception e) {
        try {
            for (int i = 0; i < MAX_ALERT_RECORDS && needsOutput(open) && output.hasRoom(packetBytes(open)); i++) {
                open.wrap(NOTHING, output.packet());
            }
            flush();
            // Unread bytes would make the system send a reset, which may overtake the alert.
            input.skip();
        } catch (IOException | RuntimeException again) {
            e.addSuppressed(again);
        }
        boolean showedCertificate =
                !open.getUseClientMode() || open.getSession().getLocalCertificates() != null;
        return TlsFailure.of(e, showedCertificate);
    }

    private static int packetBytes(SSLEngine open) {
        return open.getSession().getPacketBufferSize();
    }

    private void workOn(SSLEngine shaking) {
        work(() -> {
            for (Runnable task = shaking.getDelegatedTask(); task != null; task = shaking.getDelegatedTask()) {
                task.run();
            }
            return shaking;
        });
    }

    private void work(Callable<SSLEngine> toDo) {
        busy = true;
        work = engines.run(toDo, this::onWorkDone);
    }

    private void onWorkDone(@Nullable SSLEngine result, @Nullable Throwable thrown) {
        busy = false;
        work = null;
        if (closed) {
            return;
        }
        if (thrown != null) {
            failure = new TlsException(
                    "TLS cannot begin: " + Objects.requireNonNullElse(thrown.getMessage(), thrown), thrown);
        } else {
            engine = result;
        }
        resume.run();
    }
}
