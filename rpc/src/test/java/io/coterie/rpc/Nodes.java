package io.coterie.rpc;

import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Real nodes on loopback, closed together. */
public final class Nodes implements AutoCloseable {
    public static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    public static final RpcMethod<byte[], byte[]> BYTES = new RpcMethod<>("bytes", Codec.bytes(), Codec.bytes(), true);

    /** Waits for a connection that is not there yet. */
    public static final CallOptions PATIENT = CallOptions.within(Duration.ofSeconds(10))
            .retrying(RetryPolicy.exponential(Duration.ofMillis(2), Duration.ofMillis(50)));

    private final List<RpcNode> nodes = new ArrayList<>();
    private final @Nullable Security security;

    public Nodes() {
        this(null);
    }

    /** Nodes that are all protected in the same way. */
    public Nodes(@Nullable Security security) {
        this.security = security;
    }

    public static RpcNodeBuilder builder(String name) {
        return RpcNode.builder().cluster("test").self(name);
    }

    /** A node that listens at a port of the system's choice and echoes. */
    public RpcNode listening(String name) {
        return echoing(builder(name).listen("127.0.0.1:0"));
    }

    /** A node that dials another. */
    public RpcNode dialing(String name, RpcNode other) {
        return start(builder(name).peer(other.self(), other.boundAddress()));
    }

    public RpcNode echoing(RpcNodeBuilder builder) {
        RpcNode node = start(builder);
        node.serveInline(ECHO, (caller, text, answer) -> answer.reply(text));
        node.serveInline(BYTES, (caller, bytes, answer) -> answer.reply(bytes));
        return node;
    }

    public RpcNode start(RpcNodeBuilder builder) {
        if (security != null) {
            builder.security(security);
        }
        RpcNode node = builder.start();
        nodes.add(node);
        return node;
    }

    /** The call's answer; waits for a connection if there is none yet. */
    public static String echo(RpcNode from, RpcNode to, String text) {
        return get(from.call(to.self(), ECHO, text, PATIENT));
    }

    public static <T> T get(Future<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** Runs something on a node's loop, and waits for it. */
    public static void onLoop(RpcNode node, Consumer<NodeLoop> task) {
        get(CompletableFuture.runAsync(
                () -> task.accept(node.loop()), node.world().scheduler()::execute));
    }

    /** The exception that a call ends with. */
    public static <T extends Throwable> T failureOf(Class<T> type, Future<?> future) {
        try {
            Object value = future.get(60, TimeUnit.SECONDS);
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + value);
        } catch (ExecutionException e) {
            if (type.isInstance(e.getCause())) {
                return type.cast(e.getCause());
            }
            throw new AssertionError("expected " + type.getSimpleName(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(RpcNode::close);
    }
}
