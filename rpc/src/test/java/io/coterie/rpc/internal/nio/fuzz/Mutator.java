package io.coterie.rpc.internal.nio.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes of valid bytes what is nearly valid, as its source of chance decides. */
public final class Mutator {
    private static final byte[] BYTES = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF};

    private final SplittableRandom random;

    public Mutator(SplittableRandom random) {
        this.random = random;
    }

    public boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    public <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** One of the originals, changed in one to four ways; one in eight as it was. */
    public byte[] mutated(List<byte[]> originals) {
        byte[] bytes = any(originals).clone();
        if (!oneIn(8)) {
            for (int left = 1 + random.nextInt(4); left > 0; left--) {
                bytes = changed(bytes, originals);
            }
        }
        return bytes;
    }

    /** The bodies changed as a sequence, or one or the other of them in itself. */
    public List<byte[]> mutatedSequence(List<byte[]> bodies, List<byte[]> others) {
        List<byte[]> changed = new ArrayList<>(bodies);
        for (int left = random.nextInt(3); left > 0 && !changed.isEmpty(); left--) {
            int at = random.nextInt(changed.size());
            switch (random.nextInt(8)) {
                case 0 -> changed.remove(at);
                case 1 -> changed.add(at, changed.get(at));
                case 2 -> changed.add(at, any(others));
                case 3 -> changed.add(changed.remove(at));
                default -> changed.set(at, changed(changed.get(at).clone(), others));
            }
        }
        return changed;
    }

    /** A frame that the reader of frames cannot take for one, or that swallows those behind it. */
    public byte[] brokenFrame(byte[] frame, int maxBody) {
        byte[] broken = frame.clone();
        switch (random.nextInt(6)) {
            case 0 -> broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> setInt(broken, 0, length(broken.length, maxBody));
            case 2 -> setInt(broken, broken.length - 4, random.nextInt());
            case 3 -> broken = Arrays.copyOf(broken, random.nextInt(broken.length));
            case 4 -> broken = inserted(broken);
            default -> broken = removed(broken);
        }
        return broken;
    }

    private byte[] changed(byte[] bytes, List<byte[]> others) {
        if (bytes.length == 0) {
            return inserted(bytes);
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(10)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = BYTES[random.nextInt(BYTES.length)];
            case 2 -> setInt(bytes, at, length(bytes.length - at, 1 << 20));
            case 3 -> setLong(bytes, at);
            case 4 -> bytes[0] = any(others).length == 0 ? 0 : (byte) random.nextInt(12);
            case 5 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 6 -> {
                return inserted(bytes);
            }
            case 7 -> {
                return removed(bytes);
            }
            case 8 -> {
                return joined(bytes, at, bytes, random.nextInt(bytes.length));
            }
            default -> {
                byte[] other = any(others);
                return joined(bytes, at, other, other.length == 0 ? 0 : random.nextInt(other.length));
            }
        }
        return bytes;
    }

    private int length(int right, int max) {
        int any = random.nextInt() >>> random.nextInt(Integer.SIZE);
        int[] lengths = {
            0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, right, right - 1, right + 1, max, max + 1, any, -any
        };
        return lengths[random.nextInt(lengths.length)];
    }

    private void setLong(byte[] bytes, int at) {
        long[] values = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, random.nextLong(), random.nextInt(100)};
        long value = values[random.nextInt(values.length)];
        setInt(bytes, at, (int) (value >>> 32));
        setInt(bytes, at + 4, (int) value);
    }

    /** As much of it as there is room for. */
    private static void setInt(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    private byte[] inserted(byte[] bytes) {
        byte[] more = new byte[1 + random.nextInt(16)];
        random.nextBytes(more);
        int at = random.nextInt(bytes.length + 1);
        return joined(joined(bytes, at, more, 0), at + more.length, bytes, at);
    }

    private byte[] removed(byte[] bytes) {
        int from = random.nextInt(bytes.length);
        return joined(bytes, from, bytes, from + random.nextInt(bytes.length - from + 1));
    }

    /** The begin of one and the end of another. */
    private static byte[] joined(byte[] first, int end, byte[] second, int start) {
        byte[] both = Arrays.copyOf(first, end + second.length - start);
        System.arraycopy(second, start, both, end, second.length - start);
        return both;
    }
}
