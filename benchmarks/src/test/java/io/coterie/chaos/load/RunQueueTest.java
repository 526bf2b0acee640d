package io.coterie.chaos.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RunQueueTest {
    private static final long ENOUGH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @Test
    void theWaitsOfTheThreadsThatAreMeantCount() throws InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/schedstat")));
        AtomicBoolean busy = new AtomicBoolean(true);
        List<Thread> spinners = new ArrayList<>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            spinners.add(new Thread(() -> spinWhile(busy), "spinner of the test " + i));
        }
        RunQueue meant = new RunQueue(List.of("spinner of the test"));
        RunQueue others = new RunQueue(List.of("nobody has this name"));
        try {
            spinners.forEach(Thread::start);
            for (long waited = 0; waited < ENOUGH_NANOS; waited += meant.waitedNanos()) {
                assertEquals(0, others.waitedNanos());
                Thread.onSpinWait();
            }
        } finally {
            busy.set(false);
            for (Thread spinner : spinners) {
                spinner.join();
            }
        }
    }

    private static void spinWhile(AtomicBoolean busy) {
        while (busy.get()) {
            Thread.onSpinWait();
        }
    }
}
