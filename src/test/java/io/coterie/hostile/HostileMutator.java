package io.coterie.hostile;

import io.coterie.hostile.HostileMessage.Field;
import io.coterie.hostile.HostileMessage.Kind;
import io.coterie.hostile.HostileMessage.Plain;
import io.coterie.hostile.HostileMessage.Sized;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.spi.RandomSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes messages as somebody would who knows their layout: one field, or the length of one, or
 * the bytes as a whole.
 */
final class HostileMutator {
    /** Numbers at which something may overflow or mean something else. */
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        4096,
        4097,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final int LONG_FIELD_BYTES = 5000;

    private final RandomSource random;
    private final boolean absurdReadings;

    /**
     * A mutator.
     *
     * @param absurdReadings whether readings of clocks may be changed to ones that are far ahead.
     *     Without, no mutation is made that could make one
     */
    HostileMutator(RandomSource random, boolean absurdReadings) {
        this.random = random;
        this.absurdReadings = absurdReadings;
    }

    /** The bytes of a message after one to three changes. */
    byte[] mutate(HostileMessage message) {
        HostileMessage mutated = message;
        int changes = (int) random.nextLong(3);
        for (int i = 0; i <= changes; i++) {
            mutated = mutated.with(changed(mutated.fields()));
        }
        byte[] bytes = mutated.bytes();
        return random.nextLong(4) == 0 ? changedAsAWhole(bytes, message) : bytes;
    }

    private List<Field> changed(List<Field> fields) {
        if (fields.isEmpty()) {
            return List.of(new Plain(Kind.BYTES, randomBytes(random.nextLong(20))));
        }
        List<Field> after = new ArrayList<>(fields);
        int at = (int) random.nextLong(fields.size());
        boolean mayShift = absurdReadings || fields.stream().noneMatch(HostileMutator::hasReading);
        switch (mayShift ? (int) random.nextLong(8) : 7) {
            case 0 -> after.remove(at);
            case 1 -> after.add(at, fields.get(at));
            case 2 -> after.add(fields.get((int) random.nextLong(fields.size())));
            default -> after.set(at, changed(fields.get(at)));
        }
        return List.copyOf(after);
    }

    private Field changed(Field field) {
        if (field instanceof Plain plain) {
            return new Plain(plain.kind(), changed(plain));
        }
        Sized sized = (Sized) field;
        // What a wrong length shifts is read as something else.
        boolean mayLie = absurdReadings || !hasReading(sized);
        if (mayLie && random.nextLong(3) == 0) {
            return new Sized(sized.fields(), (int) edge());
        }
        return new Sized(changed(sized.fields()), sized.lie());
    }

    private byte[] changed(Plain field) {
        byte[] bytes = field.bytes();
        return switch (field.kind()) {
            case BYTES -> bytes(bytes);
            case TEXT -> random.nextLong(3) == 0 ? randomBytes(bytes.length) : bytes(bytes);
            case CHOICE -> randomBytes(1);
            case NUMBER, SINCE, INCARNATION -> number(bytes.length, edge());
            case CHECKED_READING -> number(bytes.length, edge());
            case READING ->
                number(
                        bytes.length,
                        absurdReadings || random.nextLong(2) == 0 ? ahead(bytes) : -random.nextLong(1L << 40));
        };
    }

    private long ahead(byte[] reading) {
        return absurdReadings
                ? edge()
                : random.nextLong(1 + Math.max(0, ByteBuffer.wrap(reading).getLong()));
    }

    private byte[] bytes(byte[] before) {
        return switch ((int) random.nextLong(5)) {
            case 0 -> new byte[0];
            case 1 -> randomBytes(LONG_FIELD_BYTES);
            case 2 -> Arrays.copyOf(before, before.length / 2);
            case 3 -> Arrays.copyOf(before, before.length + 1);
            default -> randomBytes(random.nextLong(40));
        };
    }

    private byte[] changedAsAWhole(byte[] bytes, HostileMessage message) {
        if (random.nextLong(2) == 0 || bytes.length == 0) {
            return Arrays.copyOf(bytes, (int) random.nextLong(bytes.length + 1L));
        }
        if (!absurdReadings && message.fields().stream().anyMatch(HostileMutator::hasReading)) {
            return Arrays.copyOf(bytes, bytes.length + 1 + (int) random.nextLong(20));
        }
        byte[] flipped = bytes.clone();
        flipped[(int) random.nextLong(bytes.length)] ^= (byte) (1 << random.nextLong(8));
        return flipped;
    }

    private long edge() {
        return random.nextLong(3) == 0
                ? random.nextLong()
                : EDGES[(int) random.nextLong(EDGES.length)] + random.nextLong(3) - 1;
    }

    private static byte[] number(int length, long value) {
        byte[] eight = new ByteWriter().putLong(value).toByteArray();
        return Arrays.copyOfRange(eight, Long.BYTES - length, Long.BYTES);
    }

    private byte[] randomBytes(long length) {
        byte[] bytes = new byte[(int) length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextLong();
        }
        return bytes;
    }

    private static boolean hasReading(Field field) {
        return field instanceof Plain plain
                ? plain.kind() == Kind.READING
                : ((Sized) field).fields().stream().anyMatch(HostileMutator::hasReading);
    }
}
