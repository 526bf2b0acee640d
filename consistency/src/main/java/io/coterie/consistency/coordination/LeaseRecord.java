package io.coterie.consistency.coordination;

import io.coterie.rpc.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record behind a lock, an election or a semaphore. It is kept when nobody holds anything, so that tokens go on rising.
 *
 * <p>No state of a record ever comes back: each new hold raises the last token, each beat is higher than the one before, and
 * between those holds only go. So a compare-and-set that rests on a state which was left cannot be applied any more.
 *
 * @param permits how many holds there may be at a time
 * @param lastToken the highest token ever given; zero if none was
 */
record LeaseRecord(int permits, long lastToken, List<Hold> holds) {
    private static final int KIND = 'L';

    @Nullable
    Hold of(Party party) {
        for (Hold hold : holds) {
            if (hold.party().equals(party)) {
                return hold;
            }
        }
        return null;
    }

    boolean hasRoom() {
        return holds.size() < permits;
    }

    /** The same with a party's hold in place of the one that it has, if any. */
    LeaseRecord with(Hold hold) {
        List<Hold> next = new ArrayList<>(without(hold.party()).holds);
        next.add(hold);
        return new LeaseRecord(permits, Math.max(lastToken, hold.token()), next);
    }

    LeaseRecord without(Party party) {
        List<Hold> next = new ArrayList<>(holds);
        next.removeIf(hold -> hold.party().equals(party));
        return new LeaseRecord(permits, lastToken, next);
    }

    /** The same with one token gone by unused: what rests on this state is refused from then on. */
    LeaseRecord touched() {
        return new LeaseRecord(permits, lastToken + 1, holds);
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.putByte(KIND).putInt(permits).putLong(lastToken).putInt(holds.size());
        holds.forEach(hold -> hold.encode(out));
        return out.toByteArray();
    }

    /**
     * Reads a record; null stands for one that was never written.
     *
     * @param what it is, for people
     * @throws IllegalStateException if it is something else, or was made for another number of permits
     */
    static LeaseRecord decode(byte @Nullable [] bytes, int permits, String what) {
        if (bytes == null) {
            return new LeaseRecord(permits, 0, List.of());
        }
        LeaseRecord record;
        try {
            record = read(ByteBuffer.wrap(bytes));
        } catch (BufferUnderflowException e) {
            throw notOurs(bytes, what, e);
        }
        if (record == null) {
            throw notOurs(bytes, what, null);
        }
        if (record.permits != permits) {
            throw new IllegalStateException(what + " was made with " + record.permits + " permits, not " + permits
                    + ": give the same number at all nodes, or choose another name");
        }
        return record;
    }

    private static @Nullable LeaseRecord read(ByteBuffer in) {
        if (in.get() != KIND) {
            return null;
        }
        int permits = in.getInt();
        long lastToken = in.getLong();
        int count = in.getInt();
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            holds.add(Hold.decode(in));
        }
        return new LeaseRecord(permits, lastToken, holds);
    }

    private static IllegalStateException notOurs(byte[] bytes, String what, @Nullable Exception cause) {
        return new IllegalStateException(
                what + " found a value of " + bytes.length
                        + " bytes that it did not write: keep its store for it alone",
                cause);
    }
}
