package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How reports reach a listener through its executor. */
class DeliveriesTest {
    private final List<Integer> heard = new ArrayList<>();

    @Test
    void reportsComeInOrderAndOneAtATimeOnThreadsOfTheExecutor() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        CountDownLatch last = new CountDownLatch(500);
        Deliveries<Integer> deliveries = new Deliveries<>(
                "l",
                report -> {
                    heard.add(report);
                    threads.add(Thread.currentThread());
                    last.countDown();
                },
                executor,
                (first, next) -> null);
        IntStream.range(0, 500).forEach(deliveries::add);
        assertTrue(last.await(1, TimeUnit.MINUTES));
        executor.shutdown();
        assertEquals(IntStream.range(0, 500).boxed().toList(), heard);
        threads.forEach(thread -> assertNotEquals(Thread.currentThread(), thread));
    }

    @Test
    void whatIsReportedByAListenerComesAfterIt() {
        List<Deliveries<Integer>> self = new ArrayList<>();
        Deliveries<Integer> deliveries = new Deliveries<>(
                "l",
                report -> {
                    if (report < 3) {
                        self.get(0).add(report + 1);
                    }
                    heard.add(report);
                },
                Runnable::run,
                (first, next) -> null);
        self.add(deliveries);
        deliveries.add(1);
        assertEquals(List.of(1, 2, 3), heard);
    }

    @Test
    void aFurtherReportIsMergedWhenTooManyWait() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Deliveries<Integer> deliveries =
                new Deliveries<>("l", heard::add, tasks::add, (first, next) -> (first - next) % 7 == 0 ? next : null);
        int most = Deliveries.MAX_WAITING;
        IntStream.range(0, 2 * most).forEach(deliveries::add);
        assertEquals(1, tasks.size());
        tasks.remove().run();
        assertEquals(most, heard.size());
        assertEquals(0, heard.get(0));
        assertEquals(
                2 * most - 1, heard.stream().mapToInt(Integer::intValue).max().orElseThrow());
    }

    @Test
    void anExecutorThatRefusesIsAskedAgainAtTheNextReport() {
        boolean[] open = {false};
        Deliveries<Integer> deliveries = new Deliveries<>(
                "a listener of DeliveriesTest",
                heard::add,
                task -> {
                    if (!open[0]) {
                        throw new RejectedExecutionException("refused by DeliveriesTest, which is harmless");
                    }
                    task.run();
                },
                (first, next) -> null);
        deliveries.add(1);
        open[0] = true;
        deliveries.add(2);
        assertEquals(List.of(1, 2), heard);
    }

    @Test
    void aSlowListenerMissesChangesBetweenButTheyAddUp() {
        WatchCluster cluster = new WatchCluster(3);
        SimNode a = cluster.watching("a", FailureDetection.fixedTimeout(Duration.ofSeconds(1)), "b");
        SimNode b = cluster.bare("b");
        Queue<Runnable> tasks = new ArrayDeque<>();
        List<PeerState> states = new ArrayList<>();
        states.add(PeerState.UNKNOWN);
        cluster.detector(a)
                .addListener(
                        (peer, before, now) -> {
                            assertEquals(states.get(states.size() - 1), before);
                            assertNotEquals(before, now);
                            states.add(now);
                        },
                        tasks::add);
        for (int i = 0; i < Deliveries.MAX_WAITING; i++) {
            cluster.beat(b, a);
            cluster.runMillis(5_000);
        }
        tasks.remove().run();
        assertEquals(PeerState.DOWN, states.get(states.size() - 1));
        assertEquals(Deliveries.MAX_WAITING, states.size(), 3);
    }
}
