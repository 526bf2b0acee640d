package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.util.LongMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a server remembers of one start of a caller: which of its numbered calls run, which have
 * kept answers, and up to which number answers may be gone (the horizon).
 */
final class Session {
    /** A call that is being executed. */
    interface Running {
        /** A copy of its request came, with that number and that deadline. */
        void waitFor(long otherCorrelation, long otherDeadline);
    }

    private final long number;
    private final LongMap<Running> running = new LongMap<>();
    private final TreeSet<Long> kept = new TreeSet<>();
    private long horizon;

    /** @param number drawn at random for this session, so that no other of any server has it */
    Session(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    /** The execution of a call that has not ended, or null. */
    @Nullable
    Running running(long sequence) {
        return running.get(sequence);
    }

    void begin(long sequence, Running execution) {
        running.put(sequence, execution);
    }

    /** The execution has ended, or will not begin. */
    void end(long sequence) {
        running.remove(sequence);
    }

    void keep(long sequence) {
        kept.add(sequence);
    }

    /** Drops the answer of a call. Unknown calls up to it may have been executed. */
    void forget(long sequence) {
        kept.remove(sequence);
        horizon = Math.max(horizon, sequence);
    }

    /** The lowest call whose answer is kept although the caller no longer waits for it, or null. */
    @Nullable
    Long keptBelow(long firstOpen) {
        horizon = Math.max(horizon, firstOpen - 1);
        return kept.isEmpty() || kept.first() >= firstOpen ? null : kept.first();
    }

    /** Whether a call that does not run, and has no kept answer, may have been executed. */
    boolean mayHaveForgotten(long sequence) {
        return sequence <= horizon || kept.contains(sequence);
    }
}
