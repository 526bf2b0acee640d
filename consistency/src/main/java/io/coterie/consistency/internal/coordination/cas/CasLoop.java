package io.coterie.consistency.internal.coordination.cas;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings one record to where a decision wants it: reads it, decides, writes by compare-and-set, and
 * begins again until the decision has nothing to add. What became of a write whose answer was lost
 * is found by reading, never assumed: a record has the ids of those who wrote to it, so the next
 * decision sees whether its own change is in.
 */
public final class CasLoop {
    /** Decides, on the loop. */
    public interface Decider {
        /**
         * Decides about this state of the record, null if it was never written.
         *
         * @throws RuntimeException if the record is not what it should be, which ends the attempt
         */
        CasDecision next(byte @Nullable [] current);

        /**
         * Takes the value that a {@link CasDecision.ReadOther} found. It was read after the state
         * that asked for it.
         *
         * @throws IllegalStateException if the other record is not what it should be, which ends
         *     the attempt
         */
        default void otherIs(byte @Nullable [] value) {}
    }

    /** Is notified once how an attempt ended, on the loop. */
    public interface End {
        /** The record has come to this state, by a write of this attempt or without one. */
        void done(byte @Nullable [] current);

        /**
         * It was given up.
         *
         * @param reason null if the decision would have had to wait longer than allowed
         */
        void failed(@Nullable Throwable reason);
    }

    /** After a failure of this node's own. */
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final CasContext context;
    private final byte[] key;
    private final WaitPolicy policy;
    private final Decider decider;
    private final End end;
    private boolean ended;
    private int setbacks;
    private int waits;
    private final Repetition looks;
    private RecordWatches.@Nullable Seat seat;

    /** Whether it waits for the record to change. */
    private boolean waiting;

    /** The report of the watch that came while something else was in flight; null for none. */
    private @Nullable Runnable reportedMeanwhile;

    /** The failure of the last operation; null if it did not fail. */
    private @Nullable Throwable lastFailure;

    /**
     * Whether a write was sent that may still be applied, as far as is known, and the state that it
     * rests on.
     */
    private boolean inDoubt;

    private byte @Nullable [] doubtedBase;
    private @Nullable Throwable doubt;

    public CasLoop(CasContext context, byte[] key, WaitPolicy policy, Decider decider, End end) {
        this.context = context;
        this.key = key;
        this.policy = policy;
        this.decider = decider;
        this.end = end;
        this.looks = new Repetition(context.world().scheduler(), PAUSE_NANOS, this::readAgain);
    }

    /** Begins with a read. */
    public void start() {
        read();
    }

    /**
     * Begins, if it has not been given up, with the state that the record had last, as far as is
     * known here: saves a round trip if it still has.
     */
    public void startFrom(byte @Nullable [] known) {
        decide(known);
    }

    /** Ends it and notifies nobody. A write in flight may still be applied. */
    public void cancel() {
        ended = true;
        if (seat != null) {
            seat.leave();
        }
        looks.cancel();
    }

    /** Whether a write of this attempt may still be applied to a record that is in this state. */
    public boolean mayStillChange(byte @Nullable [] current) {
        return inDoubt && Arrays.equals(doubtedBase, current);
    }

    private void read() {
        execute(key, new Operation.Get(), result -> {
            if (inDoubt && !mayStillChange(result.value())) {
                settled();
            }
            decide(result.value());
        });
    }

    private void decide(byte @Nullable [] current) {
        CasDecision step;
        try {
            step = decider.next(current);
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        if (step instanceof CasDecision.Write write) {
            write(current, write.next());
        } else if (step instanceof CasDecision.ReadOther other) {
            readOther(other.key(), current);
        } else if (step instanceof CasDecision.Wait wait) {
            await(wait.atMostNanos());
        } else {
            cancel();
            end.done(current);
        }
    }

    private void readOther(byte[] other, byte @Nullable [] current) {
        execute(other, new Operation.Get(), result -> {
            try {
                decider.otherIs(result.value());
            } catch (IllegalStateException e) {
                fail(e);
                return;
            }
            decide(current);
        });
    }

    private void write(byte @Nullable [] base, byte[] next) {
        if (policy.isOver(context.nanos())) {
            fail(doubt != null ? doubt : lastFailure);
            return;
        }
        inDoubt = true;
        doubtedBase = base;
        Operation operation = base == null ? new Operation.PutIfAbsent(next) : new Operation.CompareAndSet(base, next);
        execute(key, operation, result -> {
            settled();
            if (result.applied()) {
                cancel();
                end.done(next);
            } else {
                setback();
            }
        });
    }

    private void settled() {
        inDoubt = false;
        doubtedBase = null;
        doubt = null;
    }

    private void execute(byte[] of, Operation operation, Consumer<Result> then) {
        long now = context.nanos();
        context.store().execute(of, operation, policy.operationEnd(now), new Completion() {
            @Override
            public void complete(Result result) {
                if (!ended) {
                    lastFailure = null;
                    then.accept(result);
                }
            }

            @Override
            public void fail(Throwable error) {
                if (!ended) {
                    operationFailed(operation, error);
                }
            }
        });
    }

    private void operationFailed(Operation operation, Throwable error) {
        lastFailure = error;
        if (!operation.isRead()) {
            if (error instanceof CoterieException failure && !failure.maybeExecuted()) {
                settled();
            } else {
                doubt = error;
            }
        }
        if (isFinal(error)) {
            fail(doubt != null ? doubt : error);
        } else {
            setback();
        }
    }

    /** Whether trying again would end in the same way. */
    private static boolean isFinal(Throwable error) {
        return error instanceof NodeClosedException
                || error instanceof PolicyMismatchException
                || error instanceof ConfigurationMismatchException
                || !(error instanceof CoterieException);
    }

    /** Someone else was faster, or no answer came. */
    private void setback() {
        setbacks++;
        long now = context.nanos();
        if (policy.isOver(now)) {
            fail(doubt != null ? doubt : lastFailure);
        } else if (setbacks == 1) {
            read();
        } else {
            readAfter(policy.retry(setbacks, context.random()));
        }
    }

    private void await(long atMostNanos) {
        long left = policy.waitLeft(context.nanos());
        if (left <= 0) {
            fail(doubt);
        } else {
            setbacks = 0;
            RecordWatches.Seat watched = watched();
            waiting = true;
            Runnable reported = reportedMeanwhile;
            if (reported != null) {
                reported.run();
                return;
            }
            long pause = watched.hasReported()
                    ? policy.watchedPoll(context.random())
                    : policy.poll(waits++, context.random());
            readAfter(Math.min(pause, Math.min(Math.max(atMostNanos, 0), left)));
        }
    }

    private RecordWatches.Seat watched() {
        RecordWatches.Seat known = seat;
        if (known == null) {
            known = context.watches().join(key, this::reported);
            seat = known;
        }
        return known;
    }

    /**
     * The record has, or had, this state. While something is in flight, that is kept until it is
     * needed.
     */
    private void reported(byte @Nullable [] value) {
        if (!waiting) {
            reportedMeanwhile = () -> reported(value);
            return;
        }
        waiting = false;
        reportedMeanwhile = null;
        looks.cancel();
        if (inDoubt || policy.waitLeft(context.nanos()) <= 0) {
            // A reported state may be old: it proves nothing about a write in doubt, and nobody is
            // to be refused because of it.
            read();
        } else {
            decide(value);
        }
    }

    private void readAfter(long nanos) {
        looks.in(nanos);
    }

    private void readAgain() {
        waiting = false;
        read();
    }

    private void fail(@Nullable Throwable reason) {
        cancel();
        end.failed(reason);
    }
}
