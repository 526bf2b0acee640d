package io.coterie.quickstart;

import java.util.SplittableRandom;

/**
 * The values: text that follows from the key and this run, so that reading back needs no second
 * copy.
 */
final class Values {
    private static final int WORDS = 8;

    private final long run = new SplittableRandom().nextLong();

    /** 128 characters. */
    String of(String key) {
        SplittableRandom random = new SplittableRandom(run ^ ((long) key.hashCode() << Integer.SIZE));
        StringBuilder text = new StringBuilder(WORDS * 16);
        for (int i = 0; i < WORDS; i++) {
            String word = Long.toHexString(random.nextLong());
            text.append("0".repeat(16 - word.length())).append(word);
        }
        return text.toString();
    }
}
