package io.coterie.consistency;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What replicas agree on for one key of a strong store: the value, and the outcomes of the last batches, so that a batch
 * which is tried again is recognised and not applied twice. Replicas keep it as bytes that they do not look into.
 *
 * @param value null for a key that is absent or deleted
 * @param horizon a batch stamped at or below it and not found among the outcomes may have been applied and forgotten
 * @param outcomes the last batch of each origin, at most {@link #MAX_ORIGINS}
 */
record RegisterState(byte @Nullable [] value, long horizon, List<Outcome> outcomes) {
    /** For how many origins a key remembers the last batch. An origin is one start of one process. */
    static final int MAX_ORIGINS = 16;

    /** The state of a key that was never written. */
    static final RegisterState ABSENT = new RegisterState(null, 0, List.of());

    /**
     * The last batch of one origin.
     *
     * @param stamp higher for each later batch of an origin
     * @param attempt which of the origin's attempts to apply the batch is the one that was: the origin, and nobody else asks,
     *     knows the results of each of its attempts
     */
    record Outcome(long origin, long stamp, int attempt) {}

    /** Which attempt of a batch is part of this state's past, or null if none is. */
    @Nullable
    Integer attemptOf(long origin, long stamp) {
        for (Outcome outcome : outcomes) {
            if (outcome.origin() == origin && outcome.stamp() == stamp) {
                return outcome.attempt();
            }
        }
        return null;
    }

    /** The state after a batch. */
    RegisterState after(byte @Nullable [] newValue, Outcome latest) {
        List<Outcome> kept = new ArrayList<>(outcomes.size() + 1);
        kept.add(latest);
        for (Outcome outcome : outcomes) {
            if (outcome.origin() != latest.origin()) {
                kept.add(outcome);
            }
        }
        long newHorizon = horizon;
        if (kept.size() > MAX_ORIGINS) {
            Outcome oldest = oldest(kept);
            kept.remove(oldest);
            newHorizon = Math.max(horizon, oldest.stamp());
        }
        return new RegisterState(newValue, newHorizon, kept);
    }

    /**
     * The state of a key that nothing is accepted for.
     *
     * @param horizon up to which stamp batches may have been applied before the key was deleted and forgotten
     */
    static RegisterState absent(long horizon) {
        return horizon == 0 ? ABSENT : new RegisterState(null, horizon, List.of());
    }

    /** The highest stamp that it remembers: of batches above it, it says nothing. */
    long highestStamp() {
        long highest = horizon;
        for (Outcome outcome : outcomes) {
            highest = Math.max(highest, outcome.stamp());
        }
        return highest;
    }

    byte[] encode(ByteWriter out) {
        out.clear();
        byte[] present = value;
        if (present == null) {
            out.putByte(0);
        } else {
            out.putByte(1).putBlock(present);
        }
        out.putLong(horizon).putByte(outcomes.size());
        for (Outcome outcome : outcomes) {
            out.putLong(outcome.origin()).putLong(outcome.stamp()).putInt(outcome.attempt());
        }
        return out.toByteArray();
    }

    /** Reads what replicas keep; null stands for a key that was never written. */
    static RegisterState decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return ABSENT;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] value = in.get() == 0 ? null : ByteReaders.readBlock(in);
        long horizon = in.getLong();
        int count = in.get();
        List<Outcome> outcomes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            outcomes.add(new Outcome(in.getLong(), in.getLong(), in.getInt()));
        }
        return new RegisterState(value, horizon, outcomes);
    }

    private static Outcome oldest(List<Outcome> outcomes) {
        Outcome oldest = outcomes.get(0);
        for (Outcome outcome : outcomes) {
            if (outcome.stamp() < oldest.stamp()) {
                oldest = outcome;
            }
        }
        return oldest;
    }
}
