package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.codec.ByteWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Compares what travels or is stored with what it must be, byte by byte. */
public final class Layouts {
    private Layouts() {}

    /** In hexadecimal, what is written. */
    public static String hex(Consumer<ByteWriter> written) {
        ByteWriter out = new ByteWriter();
        written.accept(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    /**
     * That codes have their numbers, and that there are no others: a number, once used, never means
     * something else.
     *
     * @param codes by their numbers
     * @param owner whose constants of one byte all are such codes
     */
    public static void assertCodes(Map<Integer, Byte> codes, Class<?> owner) {
        codes.forEach((number, code) -> assertEquals(number, code.intValue()));
        assertEquals(List.copyOf(new TreeSet<>(codes.keySet())), codesOf(owner), "a new code belongs into the table");
    }

    private static List<Integer> codesOf(Class<?> owner) {
        List<Integer> codes = new ArrayList<>();
        for (Field field : owner.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == byte.class) {
                field.setAccessible(true);
                try {
                    codes.add((int) field.getByte(null));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        codes.sort(null);
        return codes;
    }
}
