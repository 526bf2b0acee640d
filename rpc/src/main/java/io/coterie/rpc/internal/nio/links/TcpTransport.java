package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.nio.connection.ChunkPool;
import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.PlainWire;
import io.coterie.rpc.internal.nio.connection.Wire;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.tls.TlsEngines;
import io.coterie.rpc.internal.nio.tls.TlsWire;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages over TCP. It listens, and dials its peers. At the end of each turn of the loop it
 * writes, in one go for each peer, what was sent in that turn and not written earlier.
 */
public final class TcpTransport implements Transport {
    private static final Logger log = LoggerFactory.getLogger(TcpTransport.class);

    private final TcpSettings settings;
    private final EventLoop loop;
    private final ConnectionManager connections;
    private final Resolver resolver;
    private final RandomSource chance = new SplittableRandom(new SecureRandom().nextLong())::nextLong;
    private final @Nullable TlsEngines tls;
    private final ChunkPool chunks = new ChunkPool();
    private final List<Connection> unflushed = new ArrayList<>();
    private @Nullable ListeningSocket listening;
    private volatile @Nullable HostPort boundAddress;
    private boolean closed;

    /** A transport on a loop, not started yet. */
    public TcpTransport(TcpSettings settings, EventLoop loop) {
        this(settings, loop, InetAddress::getAllByName);
    }

    TcpTransport(TcpSettings settings, EventLoop loop, Resolver.LookUp lookUp) {
        this.settings = settings;
        this.loop = loop;
        this.connections = new ConnectionManager(settings, loop, new SecureRandom().nextLong());
        this.resolver = new Resolver("coterie-" + settings.self() + "-dns", loop, lookUp);
        this.tls = TlsEngines.of(settings.security(), settings.self(), loop);
    }

    /**
     * Must not be called on the loop, which it waits for.
     *
     * @throws IllegalStateException if the security's context lacks something that it needs
     */
    @Override
    public void start(Receiver receiver) {
        HostPort listen = settings.listen();
        if (tls != null) {
            tls.check(listen != null);
        }
        ListeningSocket bound =
                listen == null ? null : ListeningSocket.bind(listen, loop, settings.security(), this::accept);
        if (bound != null) {
            listening = bound;
            boundAddress = bound.address();
        }
        CompletableFuture<Void> started = new CompletableFuture<>();
        if (!loop.execute(() -> tryStartInLoop(receiver, started))) {
            closeAcceptor();
            throw new ListenException(
                    "listen: the loop of node " + settings.self() + " has ended; start a new node", null);
        }
        try {
            started.join();
        } catch (CompletionException e) {
            throw new ListenException(
                    "listen: " + settings.self() + " cannot be started at " + boundAddress + ": " + e.getCause(),
                    e.getCause());
        }
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        Connection connection = connections.to(to);
        if (connection == null
                || message.remaining() > connection.peerMaxMessage()
                || !connection.hasRoomFor(message.remaining())) {
            return false;
        }
        connection.sendMessage(message);
        return true;
    }

    @Override
    public boolean sendUrgent(NodeId to, ByteBuffer message) {
        Connection connection = connections.to(to);
        if (connection == null
                || message.remaining() > connection.peerMaxMessage()
                || !connection.hasRoomFor(message.remaining())) {
            return false;
        }
        if (!connection.sendUrgent(message)) {
            connection.sendMessage(message);
        }
        return true;
    }

    @Override
    public void flush(NodeId to) {
        Connection connection = connections.to(to);
        if (connection != null) {
            connection.writeAhead();
        }
    }

    @Override
    public boolean reportsLoss() {
        return true;
    }

    @Override
    public Role role(NodeId peer) {
        return connections.role(peer);
    }

    @Override
    public long silenceNanos(NodeId peer) {
        Connection connection = connections.to(peer);
        return connection == null ? Long.MAX_VALUE : System.nanoTime() - connection.lastSign();
    }

    @Override
    public void setPeer(NodeId peer, HostPort address) {
        if (!closed && !address.equals(connections.addressOf(peer))) {
            connections.setPeer(dialer(peer, address));
        }
    }

    @Override
    public void removePeer(NodeId peer) {
        if (!closed) {
            connections.removePeer(peer);
        }
    }

    @Override
    public void setReplicas(Set<NodeId> replicas) {
        if (!closed) {
            connections.setReplicas(replicas);
        }
    }

    @Override
    public RpcException refusal(NodeId to, int messageBytes) {
        Connection connection = connections.to(to);
        if (connection == null) {
            String reason = connections.lastFailure(to);
            return new PeerUnavailableException(to + " is not connected: "
                    + (reason != null
                            ? reason
                            : "it has not dialed this node, and is not a peer that this node dials"));
        }
        if (messageBytes > connection.peerMaxMessage()) {
            return new MessageTooLargeException(
                    connection + " takes messages of " + connection.peerMaxMessage() + " bytes, but this one has "
                            + messageBytes + "; raise maxPayloadBytes there, or send less at once",
                    false);
        }
        return new OverloadedException("too many bytes wait to be written to " + connection
                + " already; send less, or raise maxQueuedBytesPerPeer " + settings.maxQueuedBytes());
    }

    @Override
    public @Nullable String lastFailure(NodeId peer) {
        return connections.lastFailure(peer);
    }

    @Override
    public @Nullable HostPort boundAddress() {
        return boundAddress;
    }

    @Override
    public int maxMessageBytes() {
        return settings.maxMessageBytes();
    }

    /** Called on the loop only. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        resolver.close();
        flush();
        connections.close();
        if (tls != null) {
            tls.close();
        }
        closeAcceptor();
    }

    private void closeAcceptor() {
        try {
            if (listening != null) {
                listening.close();
            }
        } catch (IOException e) {
            log.warn("{}: the port cannot be closed; it may stay in use until the process ends", boundAddress, e);
        }
    }

    /** How many connections there are, in any state. Called on the loop only. */
    int connections() {
        return connections.count();
    }

    private void tryStartInLoop(Receiver receiver, CompletableFuture<Void> started) {
        try {
            startInLoop(receiver);
            started.complete(null);
        } catch (Throwable e) {
            close();
            started.completeExceptionally(e);
        }
    }

    private void startInLoop(Receiver receiver) throws IOException {
        // First, because a failure here must not leave dialers behind.
        if (listening != null) {
            listening.register();
        }
        connections.start(receiver);
        loop.atTurnEnd(this::flush);
        settings.peers().forEach((peer, address) -> connections.dial(dialer(peer, address)));
    }

    private Dialer dialer(NodeId peer, HostPort address) {
        return new Dialer(peer, address, settings.reconnect(), loop, chance, resolver, this::connect);
    }

    private void connect(Dialer dialer, @Nullable InetSocketAddress address) {
        if (address == null) {
            connections.onCannotDial(dialer, "the host of " + dialer.address() + " is not known");
            return;
        }
        try {
            SocketChannel channel = SocketChannel.open();
            try {
                prepare(channel);
                channel.connect(address);
                HostPort to = dialer.address();
                connections.add(connection(wire(channel, dialer.peer(), to.host()), dialer.peer(), to.toString()));
            } catch (Throwable e) {
                closeQuietly(channel);
                throw e;
            }
        } catch (Throwable e) {
            // Whatever it is, the dialer must know: otherwise it does not dial again.
            connections.onCannotDial(
                    dialer, ConnectionLog.describe(dialer.address().toString(), e));
        }
    }

    private void accept(SocketChannel channel) {
        try {
            prepare(channel);
            InetSocketAddress from = (InetSocketAddress) channel.getRemoteAddress();
            String remote = new HostPort(from.getAddress().getHostAddress(), from.getPort()).toString();
            connections.add(connection(wire(channel, null, null), null, remote));
        } catch (IOException e) {
            // It broke before anything came.
            closeQuietly(channel);
        } catch (Throwable e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private Wire wire(SocketChannel channel, @Nullable NodeId dialed, @Nullable String host) {
        return tls == null ? new PlainWire(channel) : new TlsWire(channel, tls, dialed, host);
    }

    private Connection connection(Wire wire, @Nullable NodeId dialed, String remote) {
        return new Connection(wire, dialed, remote, chunks, settings.maxQueuedBytes(), unflushed::add, connections);
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("a connection that broke cannot be closed", e);
        }
    }

    private void flush() {
        Throwable thrown = null;
        // By index, because a connection that breaks may cause messages to others.
        for (int i = 0; i < unflushed.size(); i++) {
            try {
                unflushed.get(i).flush();
            } catch (Throwable e) {
                // The other connections must not wait for it.
                thrown = e;
            }
        }
        unflushed.clear();
        if (thrown != null) {
            throw new IllegalStateException("a connection could not be written to", thrown);
        }
    }
}
