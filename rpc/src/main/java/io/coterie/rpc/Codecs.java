package io.coterie.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The codecs that the library brings. */
final class Codecs {
    static final Codec<String> UTF8 = new Codec<>() {
        @Override
        public void encode(String value, ByteWriter out) {
            out.putBytes(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String decode(ByteBuffer in) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("not UTF-8", e);
            }
        }

        @Override
        public String name() {
            return "utf8";
        }

        @Override
        public String toString() {
            return name();
        }
    };

    static final Codec<byte[]> BYTES = new Codec<>() {
        @Override
        public void encode(byte[] value, ByteWriter out) {
            out.putBytes(value);
        }

        @Override
        public byte[] decode(ByteBuffer in) {
            byte[] value = new byte[in.remaining()];
            in.get(value);
            return value;
        }

        @Override
        public String name() {
            return "bytes";
        }

        @Override
        public String toString() {
            return name();
        }
    };

    static final Codec<Long> INT64 = new Codec<>() {
        @Override
        public void encode(Long value, ByteWriter out) {
            out.putLong(value);
        }

        @Override
        public Long decode(ByteBuffer in) {
            if (in.remaining() != Long.BYTES) {
                throw new IllegalArgumentException("an int64 has 8 bytes, not " + in.remaining());
            }
            return in.getLong();
        }

        @Override
        public String name() {
            return "int64";
        }

        @Override
        public String toString() {
            return name();
        }
    };

    private Codecs() {}
}
