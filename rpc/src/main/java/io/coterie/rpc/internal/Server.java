package io.coterie.rpc.internal;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The serving side: finds the handler of each request, and sends its answer, if the caller still waits for one. */
final class Server {
    private final World world;
    private final Outlet outlet;
    private final Executor executor;
    private final int maxBlockingPerPeer;

    /** Requests that wait for the executor or run on it, by caller. */
    private final Map<NodeId, Integer> blocking = new HashMap<>();

    private volatile LongMap<Served<?, ?>> methods = new LongMap<>();

    Server(World world, Outlet outlet, Executor executor, int maxBlockingPerPeer) {
        this.world = world;
        this.outlet = outlet;
        this.executor = executor;
        this.maxBlockingPerPeer = maxBlockingPerPeer;
    }

    /** Serves a method from now on. May be called by any thread. */
    synchronized void add(Served<?, ?> served) {
        String name = served.method().name();
        LongMap<Served<?, ?>> changed = methods.copy();
        Served<?, ?> before = changed.put(served.methodId(), served);
        if (before != null) {
            String other = before.method().name();
            throw new IllegalStateException(
                    other.equals(name)
                            ? "method " + name + " is served already"
                            : "methods " + name + " and " + other + " have the same number on the wire; rename one");
        }
        methods = changed;
    }

    /** Takes a request. */
    void onRequest(NodeId from, long correlation, int methodId, long remainingMicros, ByteBuffer payload) {
        if (remainingMicros <= 0) {
            return;
        }
        Served<?, ?> served = methods.get(methodId);
        long deadline = world.clock().nanos() + Math.min(remainingMicros, Long.MAX_VALUE / 4000) * 1000;
        if (served == null) {
            new Answer<>(world.clock(), outlet, from, correlation, deadline, null)
                    .send(Failure.of(Failure.UNKNOWN_METHOD, ""));
        } else {
            serve(from, correlation, deadline, served, payload);
        }
    }

    /** Takes a request that nobody waits for. */
    void onTell(NodeId from, int methodId, ByteBuffer payload) {
        Served<?, ?> served = methods.get(methodId);
        if (served != null) {
            tell(from, served, payload);
        }
    }

    private <Q, R> void serve(NodeId from, long correlation, long deadline, Served<Q, R> served, ByteBuffer payload) {
        Answer<R> answer = new Answer<>(world.clock(), outlet, from, correlation, deadline, served);
        Q request;
        try {
            request = served.method().request().decode(payload);
        } catch (RuntimeException | StackOverflowError e) {
            answer.send(Failure.of(Failure.MALFORMED_REQUEST, e.toString()));
            return;
        }
        dispatch(from, served, request, deadline, answer);
    }

    private <Q, R> void tell(NodeId from, Served<Q, R> served, ByteBuffer payload) {
        Q request;
        try {
            request = served.method().request().decode(payload);
        } catch (RuntimeException | StackOverflowError e) {
            return;
        }
        dispatch(from, served, request, world.clock().nanos() + Long.MAX_VALUE / 4, Answering.nobody());
    }

    private <Q, R> void dispatch(NodeId from, Served<Q, R> served, Q request, long deadline, Answering<R> answer) {
        InlineHandler<Q, R> inline = served.inline();
        RpcHandler<Q, R> blockingHandler = served.blocking();
        if (inline != null) {
            try {
                inline.handle(from, request, answer);
            } catch (Throwable e) {
                answer.fail(e);
            }
        } else if (blockingHandler != null) {
            handOver(from, request, deadline, blockingHandler, answer);
        }
    }

    private <Q, R> void handOver(NodeId from, Q request, long deadline, RpcHandler<Q, R> handler, Answering<R> answer) {
        if (blocking.merge(from, 1, Integer::sum) > maxBlockingPerPeer) {
            release(from);
            answer.send(Failure.of(
                    Failure.OVERLOADED, maxBlockingPerPeer + " requests of this caller are being worked on already"));
            return;
        }
        try {
            executor.execute(() -> run(from, request, deadline, handler, answer));
        } catch (RejectedExecutionException e) {
            release(from);
            answer.send(Failure.of(Failure.OVERLOADED, "its executor takes no more work"));
        }
    }

    /** Runs on the executor. */
    private <Q, R> void run(NodeId from, Q request, long deadline, RpcHandler<Q, R> handler, Answering<R> answer) {
        Runnable end;
        if (world.clock().nanos() - deadline >= 0) {
            end = () -> {};
        } else {
            try {
                R response = handler.handle(from, request);
                end = () -> answer.reply(response);
            } catch (Throwable e) {
                end = () -> answer.fail(e);
            }
        }
        Runnable answering = end;
        onLoop(() -> {
            release(from);
            answering.run();
        });
    }

    private void onLoop(Runnable task) {
        Scheduler scheduler = world.scheduler();
        if (scheduler.inLoop()) {
            task.run();
        } else {
            scheduler.execute(task);
        }
    }

    private void release(NodeId from) {
        blocking.computeIfPresent(from, (peer, count) -> count > 1 ? count - 1 : null);
    }
}
