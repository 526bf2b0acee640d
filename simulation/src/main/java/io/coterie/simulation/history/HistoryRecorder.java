package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records a {@link History} while it happens.
 *
 * <p>Each invocation and return gets a time of its own, later than all before it, so that a return is known to be before
 * an invocation that was recorded after it. Record an invocation before the operation is sent, and a return after its
 * answer came. Safe for use by any thread.
 */
public final class HistoryRecorder {
    private final LongSupplier clock;
    private final List<Call> calls = new ArrayList<>();
    private long last = Long.MIN_VALUE;

    /**
     * A recorder on a clock.
     *
     * @param clock any steady one, say {@code simulation::nanos}
     */
    public HistoryRecorder(LongSupplier clock) {
        this.clock = clock;
    }

    /** A client asks. Until the call is ended, its outcome counts as unknown. */
    public synchronized Call invoke(String process, String key, Op op) {
        Call call = new Call(new Operation(process, key, op, tick(), Operation.NEVER, Outcome.UNKNOWN, null));
        calls.add(call);
        return call;
    }

    /** What was recorded so far. */
    public synchronized History history() {
        return new History(calls.stream().map(call -> call.operation).toList());
    }

    private long tick() {
        last = Math.max(last + 1, clock.getAsLong());
        return last;
    }

    /** An operation that was invoked, to be ended by one of its methods, once. */
    public final class Call {
        private Operation operation;
        private boolean ended;

        private Call(Operation operation) {
            this.operation = operation;
        }

        /** It was done, and the client was told no more than that. */
        public void ok() {
            end(Outcome.OK, null);
        }

        /**
         * It was done.
         *
         * @param result as described at {@link Op}
         */
        public void ok(@Nullable String result) {
            end(Outcome.OK, result);
        }

        /**
         * It had a condition that did not hold, so that it changed nothing, and told what the key held: it was a read. What it
         * found must be something for which its condition does not hold.
         *
         * @param found {@code null} if the key was absent
         */
        public void okAsRead(@Nullable String found) {
            end(new Op.Read(), Outcome.OK, found);
        }

        /** It was done, with a result of true or false. */
        public void ok(boolean result) {
            end(Outcome.OK, Boolean.toString(result));
        }

        /** It was done, with a number as its result. */
        public void ok(long result) {
            end(Outcome.OK, Long.toString(result));
        }

        /** It certainly was not done, and never will be. */
        public void failed() {
            end(Outcome.FAILED, null);
        }

        /** Nobody knows whether it was done or will be. */
        public void unknown() {
            end(Outcome.UNKNOWN, null);
        }

        private void end(Outcome outcome, @Nullable String result) {
            end(operation.op(), outcome, result);
        }

        private void end(Op op, Outcome outcome, @Nullable String result) {
            synchronized (HistoryRecorder.this) {
                if (ended) {
                    throw new IllegalStateException("ended twice: " + operation);
                }
                ended = true;
                long returned = outcome == Outcome.UNKNOWN ? Operation.NEVER : tick();
                operation = new Operation(
                        operation.process(), operation.key(), op, operation.invoked(), returned, outcome, result);
            }
        }
    }
}
