package io.coterie.benchmarks.tested;

import io.coterie.benchmarks.harness.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys such as key-000000000042, and the one value that all of them have. Each call takes a key at
 * random.
 */
public final class Keys {
    public static final int KEY_BYTES = 16;
    public static final int VALUE_BYTES = 128;

    private static final int FILLED_AT_ONCE = 256;

    private final byte[][] keys;
    private final byte[] value;

    public Keys(int count) {
        this(count, VALUE_BYTES);
    }

    public Keys(int count, int valueBytes) {
        value = new byte[valueBytes];
        keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = String.format("key-%012d", i).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Puts a value for each key. */
    public void fill(TestedStore store) throws Exception {
        Queue<CompletableFuture<?>> inFlight = new ArrayDeque<>();
        for (byte[] key : keys) {
            if (!store.isAsynchronous()) {
                store.putNow(key, value);
                continue;
            }
            if (inFlight.size() == FILLED_AT_ONCE) {
                inFlight.remove().join();
            }
            inFlight.add(store.put(key, value));
        }
        inFlight.forEach(CompletableFuture::join);
    }

    /** Puts the value of a random key. */
    public Target puts(TestedStore store) {
        return new Target() {
            @Override
            public void call() throws Exception {
                store.putNow(any(), value);
            }

            @Override
            public CompletableFuture<?> start() {
                return store.put(any(), value);
            }
        };
    }

    /** Gets the value of a random key. */
    public Target gets(TestedStore store) {
        return new Target() {
            @Override
            public void call() throws Exception {
                store.getNow(any());
            }

            @Override
            public CompletableFuture<?> start() {
                return store.get(any());
            }
        };
    }

    /** Puts the value of a random key, and gets that of another, by turns. */
    public Target putsAndGets(TestedStore store) {
        Target puts = puts(store);
        Target gets = gets(store);
        AtomicLong calls = new AtomicLong();
        return new Target() {
            @Override
            public void call() throws Exception {
                next().call();
            }

            @Override
            public CompletableFuture<?> start() {
                return next().start();
            }

            private Target next() {
                return calls.getAndIncrement() % 2 == 0 ? puts : gets;
            }
        };
    }

    private byte[] any() {
        return keys[ThreadLocalRandom.current().nextInt(keys.length)];
    }
}
