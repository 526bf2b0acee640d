package io.coterie.consistency;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The result of an {@link Operation}.
 *
 * @param applied false for a conditional operation whose condition did not hold; true otherwise
 * @param bytes what ends in the value: for {@code Get} the value read, for {@code Update} and
 *     {@code Add} the new one, for a {@code CompareAndSet} whose condition did not hold the value
 *     found; null if it is absent, and for all others. The value found may be a later one than the
 *     one that the condition met. It may even be the expected one: then the one that the condition
 *     met is no longer known. Not to be changed
 * @param from where the value begins in the bytes, within 0 to their length: what is before that is
 *     the policy's
 */
public record Result(boolean applied, byte @Nullable [] bytes, int from) {
    /** Applied, without a value. */
    public static final Result APPLIED = new Result(true, null);

    /** The condition did not hold. */
    public static final Result REFUSED = new Result(false, null);

    /** Checks the place of the value. */
    public Result {
        int length = bytes == null ? 0 : bytes.length;
        if (from < 0 || from > length) {
            throw new IllegalArgumentException(
                    "from " + from + " is not within 0 to " + length + ", the bytes' length");
        }
    }

    /** One whose value is all of an array. */
    public Result(boolean applied, byte @Nullable [] value) {
        this(applied, value, 0);
    }

    /** The value alone, not to be changed. A copy, if there is something before it. */
    public byte @Nullable [] value() {
        byte[] whole = bytes;
        return whole == null || from == 0 ? whole : Arrays.copyOfRange(whole, from, whole.length);
    }
}
