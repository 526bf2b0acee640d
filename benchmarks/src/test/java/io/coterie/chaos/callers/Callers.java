package io.coterie.chaos.callers;

import io.coterie.Coterie;
import io.coterie.WaitInterruptedException;
import io.coterie.rpc.error.NodeClosedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The callers at one node, each a thread. They begin as soon as their stores are open. */
public final class Callers {
    private final String name;
    private final Coterie node;
    private final HistoryLog log;
    private final List<ChaosCaller> callers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Thread opening;
    private boolean stopped;

    /**
     * No callers yet.
     *
     * @param name how the names of all of them begin
     */
    public Callers(String name, Coterie node, HistoryLog log) {
        this.name = name;
        this.node = node;
        this.log = log;
    }

    public synchronized void start(long epoch, long seed, int number) {
        opening = start("opening", () -> {
            Stores stores = Stores.open(node);
            for (int i = 1; i <= number; i++) {
                begin(new ChaosCaller(name + "-" + i, stores, new SharedKeys(epoch), log, seed));
            }
        });
    }

    /**
     * Begins nothing more, and waits until everything has ended. Stores that are not open yet are
     * not waited for: too few replicas may be there, and come back only after this.
     */
    public void stop() throws InterruptedException {
        List<Thread> running;
        synchronized (this) {
            stopped = true;
            if (opening != null) {
                opening.interrupt();
            }
            callers.forEach(ChaosCaller::stop);
            running = List.copyOf(threads);
        }
        for (Thread thread : running) {
            thread.join();
        }
    }

    /** Has a caller of its own read keys, and reports those that were not answered in time. */
    public synchronized void readBack(Collection<String> keys, long deadline, Consumer<Set<String>> left) {
        start("reader", () -> {
            ChaosCaller reader = new ChaosCaller(name + "-reader", Stores.open(node), new SharedKeys(0), log, 0);
            left.accept(reader.readBack(keys, deadline));
        });
    }

    private synchronized void begin(ChaosCaller caller) {
        if (!stopped) {
            callers.add(caller);
            start("caller", caller::run);
        }
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    private synchronized Thread start(String what, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (NodeClosedException | WaitInterruptedException over) {
                        // While the stores were opened.
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                what + " at " + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }
}
