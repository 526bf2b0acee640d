package io.coterie.replication.spi;

import io.coterie.rpc.internal.util.Fnv;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A store as replicas know it: its name, and the policy that governs its writes. The policy is
 * fixed when the store is first opened anywhere. Immutable.
 *
 * <p>The names of a new store may have no invisible characters, such as line ends: {@code
 * StoreAdmission.requireOpenable} refuses them. Older journals may have such stores, so this
 * constructor accepts their names.
 *
 * @param name 1 to 128 characters, none of them NUL
 * @param policy the policy's name, 1 to 1,024 characters, none of them NUL: it may name quorums
 */
public record StoreSpec(String name, String policy) {
    private static final int MAX_NAME = 128;
    private static final int MAX_POLICY = 1_024;

    /**
     * Checks both names.
     *
     * @throws IllegalArgumentException if a name is empty, longer than 128 characters, or 1,024 for a
     *     policy, or has a NUL or half of a surrogate pair
     */
    public StoreSpec {
        check("store name", name, MAX_NAME);
        check("policy name", policy, MAX_POLICY);
    }

    /**
     * The number that stands for this store in messages: a hash of both names. It depends on the
     * policy, too, so that nobody can write to a store under another policy than the recorded one.
     * Two stores of a cluster never have the same: replicas refuse the second.
     */
    public long id() {
        return Fnv.signedHash64(name + '\0' + policy);
    }

    /**
     * What is wrong with the names of a new store, and what to do, as a human-readable text; null
     * if nothing is wrong.
     */
    @Nullable
    public String problem() {
        String ofName = hidden("store name", name);
        return ofName == null ? hidden("policy name", policy) : ofName;
    }

    /** Invisible characters could forge lines of a log, or hide text in one. */
    private static @Nullable String hidden(String what, String value) {
        StringBuilder shown = new StringBuilder();
        String first = null;
        for (int at = 0; at < value.length(); at = value.offsetByCodePoints(at, 1)) {
            int character = value.codePointAt(at);
            if (isHidden(character)) {
                String number = String.format(Locale.ROOT, "\\u%04x", character);
                shown.append(number);
                first = first == null ? number : first;
            } else {
                shown.appendCodePoint(character);
            }
        }
        return first == null
                ? null
                : what + " \"" + shown + "\" has an invisible character, " + first
                        + ": leave out control characters, line ends and characters that change the direction of text";
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static void check(String what, String value, int max) {
        if (value.isEmpty() || value.length() > max || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + " \"" + value + "\" must have 1 to " + max + " characters, none of them NUL");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException(
                    what + " \"" + value + "\" has half of a surrogate pair, which UTF-8 cannot encode: leave it out");
        }
    }
}
