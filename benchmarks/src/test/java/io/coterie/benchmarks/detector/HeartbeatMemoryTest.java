package io.coterie.benchmarks.detector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A heartbeat is sent, taken and judged without new objects. */
class HeartbeatMemoryTest {
    private static final int INTERVALS = 2_000;

    /** What an interval needs, a timer and iterators, divided by its heartbeats. */
    private static final double BYTES_PER_HEARTBEAT = 8;

    @Test
    void aHeartbeatAllocatesNothing() {
        HeartbeatBenchmark benchmark = new HeartbeatBenchmark();
        benchmark.start();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < INTERVALS; i++) {
            benchmark.interval();
        }
        double bytes = (double) (threads.getCurrentThreadAllocatedBytes() - before)
                / (INTERVALS * (double) HeartbeatBenchmark.PEERS);
        assertTrue(bytes < BYTES_PER_HEARTBEAT, () -> bytes + " bytes for a heartbeat");
    }
}
