package io.coterie.consistency.internal.coordination.latch;

import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record behind a latch. Once it is open it has no names, and stays small.
 *
 * @param count how many participants open it
 * @param isOpen whether as many have counted down
 * @param counted those who have counted down, in their order; nobody if it is open
 */
record LatchRecord(int count, boolean isOpen, List<String> counted) {
    private static final int KIND = 'C';
    private static final int KIND_OPEN = 'O';

    int remaining() {
        return isOpen ? 0 : count - counted.size();
    }

    LatchRecord with(String participant) {
        List<String> next = new ArrayList<>(counted);
        next.add(participant);
        return of(count, next);
    }

    private static LatchRecord of(int count, List<String> counted) {
        return counted.size() < count
                ? new LatchRecord(count, false, counted)
                : new LatchRecord(count, true, List.of());
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter();
        if (isOpen) {
            return out.putByte(KIND_OPEN).putInt(count).toByteArray();
        }
        out.putByte(KIND).putInt(count).putInt(counted.size());
        counted.forEach(participant -> out.putBlock(participant.getBytes(StandardCharsets.UTF_8)));
        return out.toByteArray();
    }

    /**
     * Reads a record; null stands for one that was never written.
     *
     * @param what it is, as human-readable text
     * @throws IllegalStateException if it is something else, or was made for another count
     */
    static LatchRecord decode(byte @Nullable [] bytes, int count, String what) {
        if (bytes == null) {
            return new LatchRecord(count, false, List.of());
        }
        LatchRecord record = null;
        try {
            record = read(ByteBuffer.wrap(bytes));
        } catch (BufferUnderflowException e) {
            // Reported below, as any other value that is no latch's.
        }
        if (record == null) {
            throw new IllegalStateException(what + " found a value of " + bytes.length
                    + " bytes that it did not write: keep its store for it alone");
        }
        if (record.count != count) {
            throw new IllegalStateException(what + " was made with the count " + record.count + ", not " + count
                    + ": give the same at all nodes, or choose another name");
        }
        return record;
    }

    private static @Nullable LatchRecord read(ByteBuffer in) {
        byte kind = in.get();
        if (kind == KIND_OPEN) {
            return new LatchRecord(in.getInt(), true, List.of());
        } else if (kind != KIND) {
            return null;
        }
        int count = in.getInt();
        int size = in.getInt();
        List<String> counted = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            counted.add(new String(ByteReaders.readBlock(in), StandardCharsets.UTF_8));
        }
        return of(count, counted);
    }
}
