package io.coterie.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a method that must not be executed twice: what its caller was told, and what servers did. */
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
     * @param id what it answers, or says when it throws: no other execution has it
     * @param server the start that ran it
     * @param nanos when
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
     * @param probe whether nothing hinders it, so that it is to be answered
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

    /** Whether its caller's process was there until it had ended. */
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
