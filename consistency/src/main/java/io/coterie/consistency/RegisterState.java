package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What replicas agree on for one key of a strong store: the value, and the outcomes of the last batches, so that a batch
 * which is tried again is recognised and not applied twice. Replicas keep it as bytes; all they look at is whether the first
 * of these is 0, for a key without a value.
 *
 * @param value null for a key that is absent or deleted
 * @param version the ballot with which this value was first proposed: no other has it, and along the history of a key it only
 *     rises. A state that is proposed once more under a higher ballot keeps it
 * @param parent the version that it was made from; {@link Ballot#NONE} for the first
 * @param horizon a batch stamped at or below it and not found among the outcomes may have been applied and forgotten
 * @param outcomes the last batch of each origin that changed something, at most {@link #MAX_ORIGINS}
 */
record RegisterState(
        byte @Nullable [] value, Ballot version, Ballot parent, long horizon, List<BatchOutcome> outcomes) {
    /** For how many origins a key remembers the last batch. An origin is one start of one process. */
    static final int MAX_ORIGINS = 16;

    /** The state of a key that was never written. */
    static final RegisterState ABSENT = new RegisterState(null, Ballot.NONE, Ballot.NONE, 0, List.of());

    /** A value of which nothing else is known. */
    static RegisterState ofValue(byte @Nullable [] value) {
        return new RegisterState(value, Ballot.NONE, Ballot.NONE, 0, List.of());
    }

    /** The last batch of an origin, or null if it is not among the outcomes. */
    @Nullable
    BatchOutcome outcomeOf(long origin) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i).origin() == origin) {
                return outcomes.get(i);
            }
        }
        return null;
    }

    /** The outcome of this very batch, or null if it is not part of this state's past, or forgotten. */
    @Nullable
    BatchOutcome outcomeOf(long origin, long stamp) {
        BatchOutcome last = outcomeOf(origin);
        return last != null && last.stamp() == stamp ? last : null;
    }

    /** Whether a batch that is not among the outcomes may have been applied all the same: then it must not be applied. */
    boolean mayHaveForgotten(long origin, long stamp) {
        return stamp <= newestStamp(origin);
    }

    /** A batch of the origin with a stamp above this one is known not to have been applied. */
    long newestStamp(long origin) {
        BatchOutcome last = outcomeOf(origin);
        return last == null ? horizon : Math.max(horizon, last.stamp());
    }

    /**
     * The state after one or more batches.
     *
     * @param ballot with which it is going to be proposed
     * @param latest the outcomes of these batches, not of one origin twice
     */
    RegisterState after(byte @Nullable [] newValue, Ballot ballot, List<BatchOutcome> latest) {
        if (outcomes.isEmpty()
                || (outcomes.size() == 1
                        && latest.size() == 1
                        && isOf(outcomes.get(0).origin(), latest))) {
            return new RegisterState(newValue, ballot, version, horizon, latest);
        }
        List<BatchOutcome> kept = new ArrayList<>(outcomes.size() + latest.size());
        kept.addAll(latest);
        for (BatchOutcome outcome : outcomes) {
            if (!isOf(outcome.origin(), latest)) {
                kept.add(outcome);
            }
        }
        long newHorizon = horizon;
        while (kept.size() > MAX_ORIGINS) {
            BatchOutcome oldest = oldest(kept);
            kept.remove(oldest);
            newHorizon = Math.max(newHorizon, oldest.stamp());
        }
        return new RegisterState(newValue, ballot, version, newHorizon, kept);
    }

    /** The state after batches that changed nothing and are to be known if they come again. */
    RegisterState remembering(List<BatchOutcome> latest) {
        RegisterState after = after(value, version, latest);
        return new RegisterState(value, version, parent, after.horizon, after.outcomes);
    }

    /**
     * The state of a key that nothing is accepted for.
     *
     * @param horizon up to which stamp batches may have been applied before the key was deleted and forgotten
     */
    static RegisterState absent(long horizon) {
        return horizon == 0 ? ABSENT : new RegisterState(null, Ballot.NONE, Ballot.NONE, horizon, List.of());
    }

    /** The highest stamp that it remembers: of batches above it, it says nothing. */
    long highestStamp() {
        long highest = horizon;
        for (BatchOutcome outcome : outcomes) {
            highest = Math.max(highest, outcome.stamp());
        }
        return highest;
    }

    byte[] encode(ByteWriter out) {
        out.clear().putOptionalBlock(value);
        write(version, out);
        write(parent, out);
        out.putLong(horizon).putByte(outcomes.size());
        for (BatchOutcome outcome : outcomes) {
            outcome.write(out);
        }
        return out.toByteArray();
    }

    /** Reads what replicas keep; null stands for a key that was never written. */
    static RegisterState decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return ABSENT;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] value = ByteReaders.readOptionalBlock(in);
        Ballot version = readBallot(in);
        Ballot parent = readBallot(in);
        long horizon = in.getLong();
        int count = in.get();
        if (count == 1) {
            return new RegisterState(value, version, parent, horizon, List.of(BatchOutcome.read(in)));
        }
        List<BatchOutcome> outcomes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            outcomes.add(BatchOutcome.read(in));
        }
        return new RegisterState(value, version, parent, horizon, outcomes);
    }

    private static boolean isOf(long origin, List<BatchOutcome> outcomes) {
        for (BatchOutcome outcome : outcomes) {
            if (outcome.origin() == origin) {
                return true;
            }
        }
        return false;
    }

    private static void write(Ballot ballot, ByteWriter out) {
        out.putLong(ballot.counter()).putLong(ballot.proposer());
    }

    private static Ballot readBallot(ByteBuffer in) {
        return new Ballot(in.getLong(), in.getLong());
    }

    private static BatchOutcome oldest(List<BatchOutcome> outcomes) {
        BatchOutcome oldest = outcomes.get(0);
        for (BatchOutcome outcome : outcomes) {
            if (outcome.stamp() < oldest.stamp()) {
                oldest = outcome;
            }
        }
        return oldest;
    }
}
