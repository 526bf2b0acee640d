package io.coterie.rpc.internal.server;

import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.spi.World;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a handler on a thread of the executor. */
final class HandlerRun implements Runnable, ServerCall.Run {
    private final World world;
    private final HandlerScope scope;
    private final Work<?, ?> work;
    private final Consumer<HandlerRun> ended;
    private final long startedAt;

    /**
     * Whether a thread has taken it, or none may: an executor that throws may run it all the same,
     * or twice.
     */
    private final AtomicBoolean taken = new AtomicBoolean();

    private volatile HandlerScope.@Nullable Run run;
    private volatile boolean cancelled;

    /** The call, its handler and the result. */
    private static final class Work<Q, R> {
        final ServerCall<Q, R> call;
        final RpcHandler<Q, R> handler;
        final long deadline;
        private @Nullable R response;
        private @Nullable Throwable error;
        private boolean executed;

        Work(ServerCall<Q, R> call, RpcHandler<Q, R> handler) {
            this.call = call;
            this.handler = handler;
            this.deadline = call.deadline();
        }

        void run() {
            executed = true;
            try {
                response = handler.handle(call.caller(), call.request());
            } catch (Throwable e) {
                error = e;
            }
        }

        @SuppressWarnings("NullAway") // A handler's answer may be null where its codec takes that.
        void answer() {
            if (error != null) {
                call.fail(error);
            } else {
                call.reply(response);
            }
        }
    }

    private HandlerRun(World world, HandlerScope scope, Work<?, ?> work, Consumer<HandlerRun> ended) {
        this.world = world;
        this.scope = scope;
        this.work = work;
        this.ended = ended;
        this.startedAt = world.clock().nanos();
    }

    /** @param ended is called on the loop when the run has ended */
    static <Q, R> HandlerRun of(World world, HandlerScope scope, ServerCall<Q, R> call, Consumer<HandlerRun> ended) {
        if (call.binding().handler() instanceof MethodBinding.Blocking<Q, R> handler) {
            return new HandlerRun(world, scope, new Work<>(call, handler.code()), ended);
        }
        throw new IllegalStateException(call.binding() + " is served on the loop");
    }

    long startedAt() {
        return startedAt;
    }

    ServerCall<?, ?> call() {
        return work.call;
    }

    /** Whether the handler was run. Valid once the run has ended. */
    boolean wasExecuted() {
        return work.executed;
    }

    /** Answers the call with the result. */
    void answer() {
        work.answer();
    }

    /** Keeps threads from running it. Returns {@code false} if one runs it already, or did. */
    boolean withdraw() {
        return taken.compareAndSet(false, true);
    }

    @Override
    public void interrupt() {
        cancelled = true;
        HandlerScope.Run current = run;
        if (current != null) {
            current.interrupt();
        }
    }

    @Override
    public void run() {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        if (world.clock().nanos() - work.deadline < 0) {
            HandlerScope.Run entered = scope.enter(work.deadline);
            run = entered;
            try {
                // Read after the run can be interrupted, so that no cancellation is missed.
                if (!cancelled) {
                    work.run();
                }
            } finally {
                entered.exit();
            }
        }
        if (world.scheduler().inLoop()) {
            end();
        } else {
            // A loop that has ended takes no more: its node is closed, and nobody waits.
            world.scheduler().execute(this::end);
        }
    }

    private void end() {
        ended.accept(this);
    }
}
