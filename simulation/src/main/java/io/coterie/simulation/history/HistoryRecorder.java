package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records a {@link History} while it happens.
 *
 * <p>Each invocation and return gets a time of its own, later than all before it. So a return that
 * was recorded before an invocation has an earlier time. Record an invocation before the operation
 * is sent, and a return after its answer came: otherwise a checker finds contradictions that do not
 * exist, or misses some that do.
 *
 * <pre>{@code
 * HistoryRecorder.Call call = recorder.invoke("c1", "stock", new Op.Write("3"));
 * try {
 *     store.put("stock", "3");
 *     call.ok();
 * } catch (CoterieException e) {
 *     if (e.maybeExecuted()) {
 *         call.unknown();
 *     } else {
 *         call.failed();
 *     }
 * }
 * }</pre>
 *
 * <p>Any thread may use it. All calls share one lock, which they hold for some nanoseconds.
 */
public final class HistoryRecorder {
    private final LongSupplier clock;
    private final List<Call> calls = new ArrayList<>();
    private long last = Long.MIN_VALUE;

    /**
     * An empty recorder.
     *
     * @param clock any clock that never goes back, such as {@code simulation::nanos}
     */
    public HistoryRecorder(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * A client sends a request. Until the call is ended, its outcome counts as unknown.
     *
     * @param process the client, not empty. Its calls may overlap; the search is fastest if they
     *     took effect in the order in which they began
     * @param key not empty
     */
    public synchronized Call invoke(String process, String key, Op op) {
        Call call = new Call(new Operation(process, key, op, tick(), Operation.NEVER, Outcome.UNKNOWN, null));
        calls.add(call);
        return call;
    }

    /**
     * The operations that were recorded so far; a copy. Calls that have not ended are in it, with
     * an unknown outcome. The time grows with the number of operations.
     */
    public synchronized History history() {
        return new History(calls.stream().map(call -> call.operation).toList());
    }

    private long tick() {
        last = Math.max(last + 1, clock.getAsLong());
        return last;
    }

    /**
     * An operation that was invoked. One of its methods ends it, once; a second end throws {@link
     * IllegalStateException}.
     */
    public final class Call {
        private Operation operation;
        private boolean ended;

        private Call(Operation operation) {
            this.operation = operation;
        }

        /** It was done, and the answer had no result. */
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
         * Its condition did not hold, so that it changed nothing, and the answer had the value of
         * the key: it counts as a read.
         *
         * @param found the value, for which the condition must not hold; {@code null} if the key
         *     was absent
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

        /** It was not done, and never will be. */
        public void failed() {
            end(Outcome.FAILED, null);
        }

        /** It is not known whether it was done or will be. */
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
