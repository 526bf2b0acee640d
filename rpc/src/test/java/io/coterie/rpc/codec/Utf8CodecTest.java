package io.coterie.rpc.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8CodecTest {
    private static final String CHARACTERS = "a?é€\uD83D\uDE00\uDFFF\uDBFF\uFFFD";

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "a\uD83D", "\uD83Da", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void halfOfASurrogatePairIsRefused(String text) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> encoded(text))
                .getMessage()
                .contains("half of a surrogate pair"));
        assertThrows(IllegalArgumentException.class, () -> new RpcMethod<>(text, Codec.utf8(), Codec.utf8(), true));
    }

    @Test
    void aTextIsReadAsItWasWrittenOrRefused() {
        SplittableRandom random = new SplittableRandom(1);
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            try {
                byte[] bytes = encoded(text.toString());
                assertEquals(text.toString(), Codec.utf8().decode(ByteBuffer.wrap(bytes)));
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertFalse(refused < 1_000 || refused > 9_000, "refused " + refused);
    }

    private static byte[] encoded(String text) {
        ByteWriter out = new ByteWriter();
        Codec.utf8().encode(text, out);
        return out.toByteArray();
    }
}
