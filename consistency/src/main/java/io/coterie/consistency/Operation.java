package io.coterie.consistency;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operation on one key of a store, in bytes: one of the kinds below, and no other, so that a
 * policy may switch over all of them. No array may be changed after it was handed over.
 */
public sealed interface Operation {
    /** Reads the value. */
    record Get() implements Operation {}

    /** Sets the value. */
    record Put(byte[] value) implements Operation {}

    /** Removes the value. */
    record Delete() implements Operation {}

    /** Sets the value if there is none. */
    record PutIfAbsent(byte[] value) implements Operation {}

    /** Sets the value if it has exactly the expected bytes. */
    record CompareAndSet(byte[] expected, byte[] next) implements Operation {}

    /**
     * Replaces the value by a function of it. The function gets and gives null for an absent value,
     * may be called more than once, runs off the loop, and what it throws fails the operation
     * without a change.
     */
    record Update(UnaryOperator<byte @Nullable []> change) implements Operation {}

    /** Adds to a value of eight bytes, most significant first; an absent one counts as zero. */
    record Add(long delta) implements Operation {}

    /** Whether it only looks. */
    default boolean isRead() {
        return this instanceof Get;
    }
}
