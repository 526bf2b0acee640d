package io.coterie.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a method that must not be executed twice: its result, and its executions. */
final class OnceCall {
    private static final long RUNNING = -1;

    final long token;
    final boolean probe;
    final List<Execution> executions = new ArrayList<>(1);
    private final SimStart client;
    private final long deadline;
    private long ended = RUNNING;
    private @Nullable Long answer;
    private @Nullable Throwable failure;

    /**
     * One run of the handler.
     *
     * @param id its unique number, which is its answer or the text of its exception
     * @param server the start that ran it
     * @param nanos the time, in nanoseconds of the simulation
     */
    record Execution(long id, SimStart server, long nanos) {
        @Override
        public String toString() {
            return "execution " + id + " by " + server + " at " + nanos + " ns";
        }
    }

    /**
     * A call that begins now.
     *
     * @param probe whether there are no faults, so that it must be answered
     * @param deadline when it must have ended, in nanoseconds of the simulation
     */
    OnceCall(long token, boolean probe, SimStart client, long deadline) {
        this.token = token;
        this.probe = probe;
        this.client = client;
        this.deadline = deadline;
    }

    void end(long now, @Nullable Long newAnswer, @Nullable Throwable newFailure) {
        ended = now;
        answer = newAnswer;
        failure = newFailure;
    }

    boolean isAnswered() {
        return answer != null;
    }

    /** Whether the caller's process was up until the call had ended. */
    boolean hasEnded() {
        return ended != RUNNING;
    }

    SimStart client() {
        return client;
    }

    @Nullable
    Long answer() {
        return answer;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** How long after its deadline it ended, in nanoseconds; below zero if before. */
    long lateNanos() {
        return ended - deadline;
    }

    @Override
    public String toString() {
        String end = answer != null ? "answered with " + answer : failure != null ? "failed: " + failure : "not ended";
        return "call " + token + " of " + client + ", " + end + (hasEnded() ? " at " + ended + " ns" : "")
                + ", deadline " + deadline + " ns, " + executions;
    }
}
