package io.coterie.internal.operations;

import io.coterie.consistency.PolicyStore;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The functions of updates that a node is calling. A function that asks for its own key is refused,
 * as it would wait for itself; so is one that asks by the function of another key's update. An
 * operation that a function hands to another thread is not seen: it ends when its time is over,
 * with a text that names the function.
 */
public final class RunningFunctions {
    private static final ThreadLocal<@Nullable Call> CURRENT = new ThreadLocal<>();

    /**
     * Zero spares a look at the thread's own variable, which leaves an entry behind at each thread.
     */
    private final AtomicInteger running = new AtomicInteger();

    /** One call of a function. */
    public static final class Call {
        private final PolicyStore store;
        private final byte[] key;

        /** The call whose function began the update. */
        private final @Nullable Call outer;

        private volatile boolean over;

        private Call(PolicyStore store, byte[] key, @Nullable Call outer) {
            this.store = store;
            this.key = key;
            this.outer = outer;
        }

        private boolean isOf(PolicyStore other, byte[] otherKey) {
            return !over && store.equals(other) && Arrays.equals(key, otherKey);
        }
    }

    /** The call that this thread is in, if any. */
    public @Nullable Call current() {
        return running.get() == 0 ? null : CURRENT.get();
    }

    /** Calls the function of an update of a key, which was begun in another call or in none. */
    public <T extends @Nullable Object> T call(
            PolicyStore store, byte[] key, @Nullable Call outer, Supplier<T> function) {
        running.incrementAndGet();
        Call before = CURRENT.get();
        Call call = new Call(store, key, outer);
        CURRENT.set(call);
        try {
            return function.get();
        } finally {
            call.over = true;
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
            running.decrementAndGet();
        }
    }

    /**
     * Lets an operation on a key begin.
     *
     * @throws IllegalStateException if this thread is in a function of an update of that very key
     */
    public void requireNotIn(String storeName, PolicyStore store, byte[] key) {
        for (Call call = current(); call != null; call = call.outer) {
            if (call.isOf(store, key)) {
                throw new IllegalStateException("recursive: the function of an update in store \"" + storeName
                        + "\" asked for its own key, and would wait for itself: use the value that it is given, return"
                        + " the new one, and ask for other keys only");
            }
        }
    }
}
