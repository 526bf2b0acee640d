package io.coterie.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A file as programs see it, the file as it is on the platter, and the writes between the two. */
final class FileContent {
    private byte[] seen = new byte[0];
    private byte[] forced = new byte[0];
    private final List<Write> unforced = new ArrayList<>();
    private int seenSize;

    private static final class Write {
        private final int position;
        private final byte[] bytes;

        Write(int position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }

        Write first(int length) {
            return new Write(position, Arrays.copyOf(bytes, length));
        }
    }

    int size() {
        return seenSize;
    }

    byte[] seen() {
        return seen;
    }

    void write(int position, byte[] bytes) {
        int end = Math.addExact(position, bytes.length);
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, Math.max(end, (int) Math.min(2L * seen.length, Integer.MAX_VALUE - 8)));
        }
        System.arraycopy(bytes, 0, seen, position, bytes.length);
        seenSize = Math.max(seenSize, end);
        unforced.add(new Write(position, bytes));
    }

    void force() {
        forceFirst(unforced.size());
    }

    void truncate(int size) {
        force();
        if (size < seenSize) {
            Arrays.fill(seen, size, seenSize, (byte) 0);
            seenSize = size;
        }
        forced = Arrays.copyOf(forced, Math.min(forced.length, size));
    }

    /**
     * As Linux after a failed fsync: programs still see the writes, but they never get to the
     * platter.
     */
    void forgetUnforced() {
        unforced.clear();
    }

    /** Flips a bit, both for readers now and after a crash. */
    void corrupt(int offset, int bit) {
        if (offset < seenSize) {
            seen[offset] ^= (byte) (1 << bit);
        }
        if (offset < forced.length) {
            forced[offset] ^= (byte) (1 << bit);
        }
    }

    /**
     * Some first writes survive, and perhaps a part of the next; the others are lost. With {@code
     * zeroTail}, zeros may follow, as if the size had been written before the data.
     */
    void losePower(SimRandom random, boolean zeroTail) {
        if (!unforced.isEmpty()) {
            int kept = random.chance(0.5) ? 0 : random.nextInt(unforced.size() + 1);
            if (kept < unforced.size() && random.chance(0.5)) {
                Write torn = unforced.get(kept);
                unforced.set(kept, torn.first(random.nextInt(torn.bytes.length + 1)));
                kept++;
            }
            forceFirst(kept);
            if (zeroTail && forced.length < seenSize) {
                forced = Arrays.copyOf(forced, (int) random.between(forced.length, seenSize));
            }
        }
        unforced.clear();
        seen = forced.clone();
        seenSize = seen.length;
    }

    FileContent copy() {
        FileContent copy = new FileContent();
        copy.seen = Arrays.copyOf(seen, seenSize);
        copy.seenSize = seenSize;
        copy.forced = copy.seen.clone();
        return copy;
    }

    private void forceFirst(int count) {
        int end = forced.length;
        for (Write write : unforced.subList(0, count)) {
            end = Math.max(end, write.position + write.bytes.length);
        }
        if (end > forced.length) {
            forced = Arrays.copyOf(forced, end);
        }
        for (Write write : unforced.subList(0, count)) {
            System.arraycopy(write.bytes, 0, forced, write.position, write.bytes.length);
        }
        unforced.subList(0, count).clear();
    }
}
