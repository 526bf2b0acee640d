package io.coterie.hostile;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as nodes send it, taken apart into its fields, so that each can be changed by itself.
 * Immutable.
 *
 * @param method the name of the method
 */
record HostileMessage(String method, List<Field> fields) {
    /** A part of a message. */
    sealed interface Field permits Plain, Sized {
        void write(ByteWriter out);
    }

    /** What a plain field stands for. */
    enum Kind {
        /** Bytes without a meaning to replicas, such as a key. */
        BYTES,
        /** A name in UTF-8. */
        TEXT,
        /** One byte that chooses. */
        CHOICE,
        /** A whole number of 4 or 8 bytes. */
        NUMBER,
        /** Stands for the epoch of the group that the receiver knows, which is a number. */
        SINCE,
        /** Stands for the incarnation of the receiver, which is a number. */
        INCARNATION,
        /**
         * A reading of a hybrid clock that replicas, or other nodes, may follow: of a ballot, a
         * floor, a timestamp.
         */
        READING,
        /** A reading to which replicas compare those of their own clocks before they take it. */
        CHECKED_READING
    }

    /** A field of a fixed meaning. */
    record Plain(Kind kind, byte[] bytes) implements Field {
        @Override
        public void write(ByteWriter out) {
            out.putBytes(bytes);
        }
    }

    /**
     * Fields with the number of their bytes before them.
     *
     * @param lie what is written in place of that number, or null
     */
    record Sized(List<Field> fields, @Nullable Integer lie) implements Field {
        @Override
        public void write(ByteWriter out) {
            int start = out.putInt(0).size();
            fields.forEach(field -> field.write(out));
            out.setInt(start - Integer.BYTES, lie == null ? out.size() - start : lie);
        }
    }

    /**
     * What a replica expects at the begin of requests.
     *
     * @param since the epoch of the last change of its group
     * @param incarnation that of its records
     */
    record Address(long since, long incarnation) {
        /** What the caller knows before it has heard of a configuration. */
        static final Address UNKNOWN = new Address(0, 0);
    }

    /** The same message to one replica. One that is addressed already stays as it is. */
    HostileMessage to(Address address) {
        return with(fields.stream().map(field -> addressed(field, address)).toList());
    }

    private static Field addressed(Field field, Address address) {
        if (!(field instanceof Plain plain)) {
            return field;
        }
        return switch (plain.kind()) {
            case SINCE -> new Plain(Kind.NUMBER, Layout.bytesOf(address.since()));
            case INCARNATION -> new Plain(Kind.NUMBER, Layout.bytesOf(address.incarnation()));
            default -> field;
        };
    }

    /** In bytes. */
    byte[] bytes() {
        ByteWriter out = new ByteWriter();
        fields.forEach(field -> field.write(out));
        return out.toByteArray();
    }

    HostileMessage with(List<Field> others) {
        return new HostileMessage(method, others);
    }

    /** Fields of a message, one after the other. */
    static final class Layout {
        private final List<Field> fields = new ArrayList<>();

        /** For which group and records the request is; known once it goes to a replica. */
        Layout address() {
            return add(Kind.SINCE, bytesOf(0)).add(Kind.INCARNATION, bytesOf(0));
        }

        /** What another layout has. */
        Layout then(Layout rest) {
            fields.addAll(rest.fields);
            return this;
        }

        Layout choice(int value) {
            return add(Kind.CHOICE, new byte[] {(byte) value});
        }

        Layout number(long value) {
            return add(Kind.NUMBER, bytesOf(value));
        }

        Layout shortNumber(int value) {
            return add(Kind.NUMBER, new ByteWriter().putInt(value).toByteArray());
        }

        Layout reading(long value) {
            return add(Kind.READING, bytesOf(value));
        }

        Layout checkedReading(long value) {
            return add(Kind.CHECKED_READING, bytesOf(value));
        }

        Layout ballot(long counter) {
            return reading(counter).number(7);
        }

        Layout bytes(byte[] value) {
            return add(Kind.BYTES, value);
        }

        /** Bytes with their number before them. */
        Layout block(byte[] value) {
            return sized(new Layout().bytes(value));
        }

        /** A name with the number of its bytes before it. */
        Layout text(String value) {
            return sized(new Layout().add(Kind.TEXT, value.getBytes(StandardCharsets.UTF_8)));
        }

        Layout sized(Layout content) {
            fields.add(new Sized(List.copyOf(content.fields), null));
            return this;
        }

        HostileMessage of(String method) {
            return new HostileMessage(method, List.copyOf(fields));
        }

        private Layout add(Kind kind, byte[] bytes) {
            fields.add(new Plain(kind, bytes));
            return this;
        }

        private static byte[] bytesOf(long value) {
            return new ByteWriter().putLong(value).toByteArray();
        }
    }
}
