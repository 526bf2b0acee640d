package io.coterie.consistency.internal.register;

import io.coterie.consistency.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A command of a node to the home of a key, in bytes. Besides operations that a caller may ask for
 * there are two that stand for functions, which cannot be sent.
 */
public sealed interface StrongCommand {
    /** Whether it only reads. */
    boolean isRead();

    /** About how many bytes it takes in a request. */
    long bytes();

    /** Does what a caller asked for. */
    record Apply(Operation operation) implements StrongCommand {
        @Override
        public boolean isRead() {
            return operation.isRead();
        }

        @Override
        public long bytes() {
            return bytesOf(operation);
        }
    }

    /**
     * Reads the value for a function that another node is about to call with it. That node gets a
     * reservation: until its {@link ConditionalWrite} comes, or a little time has passed, nothing
     * else is done with the key. Otherwise the functions of a node would find the value changed
     * again and again, as long as others that are nearer change it.
     */
    record ReadForUpdate() implements StrongCommand {
        @Override
        public boolean isRead() {
            return true;
        }

        @Override
        public long bytes() {
            return 2L * MIN_BYTES;
        }
    }

    /**
     * Sets the value, or removes it, if it is exactly the expected one, or absent where that is
     * null. Its result has the value found if that is another: what a node makes of functions that
     * it cannot send elsewhere.
     */
    record ConditionalWrite(byte @Nullable [] expected, byte @Nullable [] next) implements StrongCommand {
        @Override
        public boolean isRead() {
            return false;
        }

        @Override
        public long bytes() {
            return 2L * MIN_BYTES + length(expected) + length(next);
        }
    }

    /** The least that a command takes in a request. */
    int MIN_BYTES = 5;

    /** Bounded because a key's state must be able to remember the outcome of a batch. */
    int MAX_IN_A_BATCH = 128;

    /** About how many bytes an operation takes in a request. */
    static long bytesOf(Operation operation) {
        if (operation instanceof Operation.Put put) {
            return (long) MIN_BYTES + put.value().length;
        } else if (operation instanceof Operation.PutIfAbsent put) {
            return (long) MIN_BYTES + put.value().length;
        } else if (operation instanceof Operation.CompareAndSet swap) {
            return 2L * MIN_BYTES + swap.expected().length + swap.next().length;
        }
        return 2L * MIN_BYTES;
    }

    private static int length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }
}
