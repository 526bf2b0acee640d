package io.coterie.consistency;

import org.jspecify.annotations.Nullable;

/**
 * What became of an {@link Operation}.
 *
 * @param applied false for a conditional operation whose condition did not hold; true otherwise
 * @param value for {@code Get} the value read, for {@code Update} and {@code Add} the new one; null if it is absent, and for
 *     all others. Not to be changed
 */
public record Result(boolean applied, byte @Nullable [] value) {
    /** Applied, with no value to tell. */
    public static final Result APPLIED = new Result(true, null);

    /** The condition did not hold. */
    public static final Result REFUSED = new Result(false, null);
}
