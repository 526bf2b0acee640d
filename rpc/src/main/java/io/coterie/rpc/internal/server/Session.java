package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.util.LongMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a server remembers of one start of a caller: which of its numbered calls are being executed, which have answers that are
 * kept, and up to which number answers may be gone.
 */
final class Session {
    /** A call that is being executed. */
    interface Running {
        /** A copy of its request came, by that number and with that deadline. */
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

    /** The answer of that call is gone: those up to it that are not known may have been executed. */
    void forget(long sequence) {
        kept.remove(sequence);
        horizon = Math.max(horizon, sequence);
    }

    /** The lowest call whose answer is kept and which the caller does not wait for any more, or null. */
    @Nullable
    Long keptBelow(long firstOpen) {
        horizon = Math.max(horizon, firstOpen - 1);
        return kept.isEmpty() || kept.first() >= firstOpen ? null : kept.first();
    }

    /** Whether a call that is not running, and whose answer is not to be had, may have been executed. */
    boolean mayHaveForgotten(long sequence) {
        return sequence <= horizon || kept.contains(sequence);
    }
}
