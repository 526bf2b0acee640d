package io.coterie.chaos.load;

import io.coterie.AsyncStore;
import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Operations at one node at a steady rate. Each begins whether or not those before it have ended,
 * so that a pause delays no operation unseen. Half of them write. All nodes use the same keys.
 */
public final class SteadyLoad {
    private static final String THREAD = "steady load";
    private static final int KEYS = 1000;
    private static final String VALUE = "v".repeat(256);

    private final Coterie node;
    private final LoadLog.Writer log;

    public SteadyLoad(Coterie node, LoadLog.Writer log) {
        this.node = node;
        this.log = log;
    }

    /** Begins. It lasts as long as the process. */
    public void start(int perSecond) {
        Thread thread = new Thread(
                () -> {
                    Store<String, String> store =
                            node.store("steady", Codec.utf8(), Codec.utf8(), Consistency.strong());
                    store.awaitReady(Duration.ofMinutes(5));
                    run(store.async(), TimeUnit.SECONDS.toNanos(1) / perSecond);
                },
                THREAD);
        thread.setDaemon(true);
        thread.start();
        new StallWatch(List.of("coterie-", THREAD), log::stalled).start();
        log.start();
    }

    private void run(AsyncStore<String, String> store, long interval) {
        SplittableRandom random = new SplittableRandom();
        long due = System.nanoTime();
        while (true) {
            due += interval;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            begin(store, "key" + random.nextInt(KEYS), random.nextBoolean());
        }
    }

    private void begin(AsyncStore<String, String> store, String key, boolean write) {
        long begin = System.nanoTime();
        CompletableFuture<?> ending = write ? store.put(key, VALUE) : store.get(key);
        var unused = ending.whenComplete((value, error) -> {
            if (error == null) {
                log.ended(begin, System.nanoTime());
            } else {
                log.failed(begin, error);
            }
        });
    }
}
