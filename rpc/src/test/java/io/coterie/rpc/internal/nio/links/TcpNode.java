package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.Await;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A TCP transport on a loop of its own that records its events. */
public final class TcpNode implements Transport.Receiver, AutoCloseable {
    /** For tests that are not about timeouts: a busy machine must not meet one. */
    public static final Duration PATIENT = Duration.ofMinutes(5);

    public final String name;
    public final EventLoop loop;
    public final TcpTransport transport;
    public final List<String> events = new CopyOnWriteArrayList<>();
    public final List<String> reasons = new CopyOnWriteArrayList<>();
    public final List<Integer> received = new CopyOnWriteArrayList<>();

    public TcpNode(TcpSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    TcpNode(TcpSettings settings, Resolver.LookUp lookUp) {
        name = settings.self().name();
        loop = EventLoop.start("test-" + settings.self(), IdleStrategy.block());
        transport = new TcpTransport(settings, loop, lookUp);
        transport.start(this);
    }

    /** How many connections a transport has, whatever their state. To be asked on its loop. */
    public static int connections(TcpTransport transport) {
        return transport.connections();
    }

    public static TcpNode listening(String name) {
        return new TcpNode(settings(name, "test", new HostPort("127.0.0.1", 0), Map.of()));
    }

    /**
     * One that gives up others after the limit: those that do not prove who they are, and those
     * that fall silent.
     */
    public static TcpNode hasty(String name, Map<NodeId, HostPort> peers, Duration limit) {
        HostPort anyPort = new HostPort("127.0.0.1", 0);
        return new TcpNode(settings(name, "test", anyPort, peers, limit, limit, SecuritySettings.NONE));
    }

    public static TcpSettings settings(
            String name, String cluster, @Nullable HostPort listen, Map<NodeId, HostPort> peers) {
        return settings(name, cluster, listen, peers, PATIENT);
    }

    public static TcpSettings settings(
            String name,
            String cluster,
            @Nullable HostPort listen,
            Map<NodeId, HostPort> peers,
            Duration silenceLimit) {
        return settings(name, cluster, listen, peers, silenceLimit, PATIENT, SecuritySettings.NONE);
    }

    public static TcpSettings settings(
            String name,
            String cluster,
            @Nullable HostPort listen,
            Map<NodeId, HostPort> peers,
            Duration silenceLimit,
            Duration handshakeTimeout,
            SecuritySettings security) {
        return new TcpSettings(
                cluster,
                NodeId.of(name),
                listen,
                peers,
                100_000,
                1_000_000,
                RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(20))
                        .withJitter(),
                handshakeTimeout,
                silenceLimit,
                3,
                10_000,
                security,
                null);
    }

    /**
     * Settings where both ends must prove that they know a secret, with all time for that, and are
     * dialed again at once.
     */
    public static TcpSettings secured(TcpSettings settings, SharedSecret secret) {
        return secured(settings, new SecuritySettings(SecuritySettings.Proof.NONE, null, secret, Map.of()));
    }

    public static TcpSettings secured(TcpSettings settings, SecuritySettings security) {
        return new TcpSettings(
                settings.cluster(),
                settings.self(),
                settings.listen(),
                settings.peers(),
                settings.maxMessageBytes(),
                settings.maxQueuedBytes(),
                RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(1)),
                Duration.ofMinutes(1),
                settings.silenceLimit(),
                settings.maxUnauthenticated(),
                settings.maxConnections(),
                security,
                null);
    }

    public HostPort address() {
        HostPort address = transport.boundAddress();
        if (address == null) {
            throw new AssertionError("not listening");
        }
        return address;
    }

    /** Sends a number, on the loop; returns whether it was taken. */
    public boolean send(String to, int number) {
        return inLoop(() -> transport.send(NodeId.of(to), ByteBuffer.allocate(4).putInt(0, number)));
    }

    public boolean connectedTo(String peer) {
        return inLoop(() -> transport.refusal(NodeId.of(peer), 0).getMessage().contains("too many bytes wait"));
    }

    public boolean inLoop(BooleanSupplier question) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        loop.execute(() -> answer.complete(question.getAsBoolean()));
        return answer.join();
    }

    public void awaitFailure(String peer, String part) {
        try {
            Await.until(
                    part,
                    () -> String.valueOf(transport.lastFailure(NodeId.of(peer))).contains(part));
        } catch (AssertionError e) {
            throw new AssertionError(part + ", but: " + transport.lastFailure(NodeId.of(peer)), e);
        }
    }

    @Override
    public void onMessage(NodeId from, ByteBuffer message) {
        received.add(message.getInt());
    }

    @Override
    public void onConnected(NodeId peer) {
        events.add("+" + peer);
    }

    @Override
    public void onDisconnected(NodeId peer, String reason) {
        reasons.add(reason);
        events.add("-" + peer);
    }

    @Override
    public void close() {
        loop.execute(transport::close);
        loop.close();
    }
}
