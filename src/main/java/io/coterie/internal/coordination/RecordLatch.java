package io.coterie.internal.coordination;

import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.coordination.AsyncLatch;
import io.coterie.coordination.Latch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A latch over a record of those who have counted down. */
record RecordLatch(String name, CoordinationRunner runner, CountLatch latch) implements Latch {
    @Override
    public int countDown(String participant) {
        return runner.call(true, () -> latch.countDown(participant));
    }

    @Override
    public int remaining() {
        return runner.call(false, latch::remaining);
    }

    @Override
    public boolean await(Duration wait) {
        return runner.call(wait, latch::await, opened -> {});
    }

    @Override
    public void delete() {
        runner.call(true, latch::delete);
    }

    @Override
    public AsyncLatch async() {
        return new Async(name, runner, latch);
    }

    @Override
    public String toString() {
        return "latch " + name;
    }

    private record Async(String name, CoordinationRunner runner, CountLatch latch) implements AsyncLatch {
        @Override
        public CompletableFuture<Integer> countDown(String participant) {
            return runner.begin(() -> latch.countDown(participant));
        }

        @Override
        public CompletableFuture<Integer> remaining() {
            return runner.begin(latch::remaining);
        }

        @Override
        public CompletableFuture<Boolean> await(Duration wait) {
            return runner.begin(wait, latch::await, opened -> {});
        }

        @Override
        public CompletableFuture<@Nullable Void> delete() {
            return runner.begin(latch::delete);
        }

        @Override
        public String toString() {
            return "async latch " + name;
        }
    }
}
