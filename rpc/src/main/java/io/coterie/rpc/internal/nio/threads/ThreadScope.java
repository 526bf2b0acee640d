package io.coterie.rpc.internal.nio.threads;

import io.coterie.rpc.internal.server.HandlerScope;
import org.jspecify.annotations.Nullable;

/** Knows by a thread-local variable which handler a thread runs. */
public final class ThreadScope implements HandlerScope {
    private static final ThreadLocal<@Nullable ThreadRun> CURRENT = new ThreadLocal<>();

    @Override
    public Run enter(long deadline) {
        ThreadRun run = new ThreadRun(this, deadline, CURRENT.get());
        CURRENT.set(run);
        return run;
    }

    @Override
    public @Nullable Run current() {
        ThreadRun run = CURRENT.get();
        // A run for another node has a deadline of that node's clock.
        return run != null && run.scope == this ? run : null;
    }

    private static final class ThreadRun implements Run {
        private final ThreadScope scope;
        private final long deadline;
        private final @Nullable ThreadRun outer;
        private @Nullable Thread thread = Thread.currentThread();
        private boolean interrupted;

        ThreadRun(ThreadScope scope, long deadline, @Nullable ThreadRun outer) {
            this.scope = scope;
            this.deadline = deadline;
            this.outer = outer;
        }

        @Override
        public long deadline() {
            return deadline;
        }

        @Override
        public synchronized void interrupt() {
            if (thread != null) {
                interrupted = true;
                thread.interrupt();
            }
        }

        @Override
        public synchronized void exit() {
            thread = null;
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
            if (interrupted) {
                // The interrupt was meant for the handler, not for the next task of the thread.
                boolean unused = Thread.interrupted();
            }
        }
    }
}
