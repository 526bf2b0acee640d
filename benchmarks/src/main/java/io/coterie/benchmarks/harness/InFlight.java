package io.coterie.benchmarks.harness;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A number of calls in flight. When one ends, its thread begins the next. */
public final class InFlight implements Load {
    private final int count;
    private final Target target;
    private volatile boolean running;
    private @Nullable CountDownLatch ended;
    private @Nullable Thread first;

    public InFlight(int count, Target target) {
        this.count = count;
        this.target = target;
    }

    @Override
    public void start(Progress progress) {
        running = true;
        CountDownLatch latch = new CountDownLatch(count);
        ended = latch;
        // On a thread of its own: a target whose calls end before they return would keep it for
        // good.
        first = new Thread(
                () -> {
                    for (int i = 0; i < count; i++) {
                        new Slot(progress, i == 0, latch).run();
                    }
                },
                "first-calls");
        first.start();
    }

    @Override
    public void stop() {
        running = false;
        CountDownLatch latch = ended;
        try {
            if (latch != null && !latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(latch.getCount() + " calls do not end");
            }
            if (first != null) {
                first.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while calls end", e);
        }
    }

    /**
     * One of the calls in flight, again and again. Calls get the slot itself as their callback, so
     * that measuring costs little.
     */
    private final class Slot implements BiConsumer<@Nullable Object, @Nullable Throwable> {
        private final Progress progress;
        private final boolean marking;
        private final CountDownLatch latch;

        Slot(Progress progress, boolean marking, CountDownLatch latch) {
            this.progress = progress;
            this.marking = marking;
            this.latch = latch;
        }

        void run() {
            try {
                callOn();
            } catch (RuntimeException | Error e) {
                progress.failed(e);
                latch.countDown();
            }
        }

        @Override
        public void accept(@Nullable Object answer, @Nullable Throwable failure) {
            end(failure);
            run();
        }

        private void callOn() {
            while (running && !progress.hasFailed()) {
                CompletableFuture<?> call = target.start();
                if (!call.isDone()) {
                    var unused = call.whenComplete(this);
                    return;
                }
                // A loop: calls that end before they return must not pile up on the stack.
                end(call.isCompletedExceptionally() ? new IllegalStateException("a call failed: " + call) : null);
            }
            latch.countDown();
        }

        private void end(@Nullable Throwable failure) {
            if (failure != null) {
                progress.failed(failure);
                return;
            }
            if (marking) {
                progress.mark();
            }
            progress.completed(1);
        }
    }
}
