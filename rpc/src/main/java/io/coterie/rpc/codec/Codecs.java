package io.coterie.rpc.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The codecs of the library. */
final class Codecs {
    static final Codec<String> UTF8 = new Codec<>() {
        @Override
        public void encode(String value, ByteWriter out) {
            int lone = loneSurrogate(value);
            if (lone >= 0) {
                throw new IllegalArgumentException("the text has half of a surrogate pair alone at index " + lone
                        + ", for which there is no UTF-8: two texts would have the same bytes. Correct the text, or use"
                        + " Codec.bytes()");
            }
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

    /** Where the text has half of a surrogate pair without the other half; -1 if nowhere. */
    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char here = text.charAt(i);
            if (Character.isSurrogate(here)) {
                boolean pair = Character.isHighSurrogate(here)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
