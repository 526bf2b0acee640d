package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.internal.nio.Measured;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.internal.nio.links.TcpTransport;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.loop.SystemWorld;
import io.coterie.rpc.internal.nio.threads.HandlerThreads;
import io.coterie.rpc.internal.wire.SampleMessages;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node that serves methods of all kinds over TCP, and is easy to look into. */
public final class FuzzNode implements AutoCloseable {
    public static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    static final RpcMethod<String, String> ONCE = new RpcMethod<>("once", Codec.utf8(), Codec.utf8(), false);
    static final RpcMethod<String, String> SLOW = new RpcMethod<>("slow", Codec.utf8(), Codec.utf8(), true);
    static final RpcMethod<String, String> HELD = new RpcMethod<>("held", Codec.utf8(), Codec.utf8(), false);
    static final RpcMethod<byte[], byte[]> BYTES = new RpcMethod<>("bytes", Codec.bytes(), Codec.bytes(), true);
    static final RpcMethod<Long, Long> LONG = new RpcMethod<>("long", Codec.int64(), Codec.int64(), true);

    static final int MAX_MESSAGE = 100_000;
    private static final int MAX_HELD = 20;

    public final RpcNode node;

    /** Who was ever connected. */
    final Set<NodeId> met = ConcurrentHashMap.newKeySet();

    private final EventLoop loop;
    private final TcpTransport transport;
    private final HandlerThreads handlers;
    private final long loopThread;

    FuzzNode(TcpSettings settings) {
        loop = EventLoop.start("fuzz-" + settings.self(), IdleStrategy.block());
        transport = new TcpTransport(settings, loop);
        handlers = HandlerThreads.start("fuzz", SystemWorld.on(loop).scheduler(), 4);
        node = RpcNode.builder()
                .cluster(settings.cluster())
                .self(settings.self())
                .transport(transport)
                .world(SystemWorld.on(loop))
                .executor(handlers.of("handlers"))
                .start();
        node.addPeerListener(new PeerListener() {
            @Override
            public void onConnected(NodeId peer) {
                met.add(peer);
            }
        });
        serveAll(node);
        loopThread = inLoop(() -> Thread.currentThread().getId());
    }

    /** Settings with time for a busy machine, and room for unauthenticated peers. */
    static TcpSettings settings(
            String name, @Nullable HostPort listen, Map<NodeId, HostPort> peers, @Nullable SharedSecret secret) {
        return new TcpSettings(
                "test",
                NodeId.of(name),
                listen,
                peers,
                MAX_MESSAGE,
                16 << 20,
                RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(1)),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                100,
                10_000,
                new SecuritySettings(SecuritySettings.Proof.NONE, null, secret, Map.of()),
                null);
    }

    static void serveAll(RpcNode node) {
        node.serveInline(ECHO, (caller, text, answer) -> answer.reply(text));
        node.serveInline(ONCE, (caller, text, answer) -> answer.reply(text));
        node.serve(SLOW, (caller, text) -> text);
        node.serveInline(BYTES, (caller, bytes) -> bytes);
        node.serveInline(LONG, (caller, number) -> {
            if (number < 0) {
                throw new IllegalArgumentException("a number below zero, as an error of a handler");
            }
            return number;
        });
        Deque<Responder<String>> held = new ArrayDeque<>();
        node.serveInline(HELD, (caller, text, answer) -> {
            held.add(answer);
            if (held.size() > MAX_HELD) {
                held.remove().reply(text);
            }
        });
    }

    /** Valid messages of every kind to a node that serves all. */
    public static List<byte[]> messages() {
        List<byte[]> all = new ArrayList<>(SampleMessages.ofNoMethod());
        for (RpcMethod<String, String> method : List.of(ECHO, ONCE, SLOW, HELD)) {
            all.addAll(SampleMessages.of(method, "some text, \u00e4 and \u20ac"));
        }
        all.addAll(SampleMessages.of(ECHO, ""));
        all.addAll(SampleMessages.of(BYTES, new byte[3000]));
        all.addAll(SampleMessages.of(LONG, 42L));
        all.addAll(SampleMessages.of(LONG, -1L));
        all.addAll(SampleMessages.of(new RpcMethod<>("nobody's", Codec.utf8(), Codec.utf8(), true), "text"));
        all.addAll(SampleMessages.of(new RpcMethod<>("echo", Codec.int64(), Codec.utf8(), true), 5L));
        return all;
    }

    HostPort address() {
        HostPort address = transport.boundAddress();
        if (address == null) {
            throw new AssertionError("not listening");
        }
        return address;
    }

    int connections() {
        return inLoop(() -> TcpNode.connections(transport));
    }

    /** How many bytes the loop has allocated on the heap. */
    long allocated() {
        return Measured.allocatedBy(loopThread);
    }

    /** Runs on the loop. */
    <T> T inLoop(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> answer.complete(question.get()));
        return answer.join();
    }

    @Override
    public void close() {
        node.close();
        loop.close();
        handlers.close();
    }
}
