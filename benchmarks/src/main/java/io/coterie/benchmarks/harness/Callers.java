package io.coterie.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Threads that each wait for a call to end before they make the next. */
public final class Callers implements Load {
    private static final long MAX_CALL_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final int count;
    private final Target target;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    public Callers(int count, Target target) {
        this.count = count;
        this.target = target;
    }

    @Override
    public void start(Progress progress) {
        running = true;
        for (int i = 0; i < count; i++) {
            boolean marking = i == 0;
            threads.add(new Thread(() -> run(progress, marking), "caller-" + i));
        }
        threads.forEach(Thread::start);
    }

    @Override
    public void stop() {
        running = false;
        try {
            for (Thread thread : threads) {
                thread.join(MAX_CALL_MILLIS);
                if (thread.isAlive()) {
                    throw new IllegalStateException(thread.getName() + " still waits for its last call");
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while callers end", e);
        }
        threads.clear();
    }

    private void run(Progress progress, boolean marking) {
        try {
            while (running && !progress.hasFailed()) {
                target.call();
                if (marking) {
                    progress.mark();
                }
                progress.completed(1);
            }
        } catch (Exception | Error e) {
            progress.failed(e);
        }
    }
}
