package io.coterie.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Finds threads and processes that a trial has left behind. */
public final class Leftovers {
    private Leftovers() {}

    /** How many processes of this one are alive. */
    public static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    /**
     * Waits until no other threads than these are alive. Netty and gRPC have threads for all who
     * use them, which end a second after their last use.
     */
    public static void awaitEndOfAllBut(Set<String> expected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Optional<Thread> other = otherThan(expected);
        while (other.isPresent()) {
            TimeUnit.NANOSECONDS.timedJoin(other.get(), deadline - System.nanoTime());
            assertTrue(System.nanoTime() < deadline, other.get() + " does not end");
            other = otherThan(expected);
        }
    }

    private static Optional<Thread> otherThan(Set<String> expected) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !expected.contains(thread.getName()))
                // The JVM keeps it for a minute to wait for children.
                .filter(thread -> !thread.getName().startsWith("process reaper"))
                // Flight recordings have threads for all of them, which stay.
                .filter(thread -> !thread.getName().startsWith("JFR "))
                .findAny();
    }

    /** The names of all threads that are alive. */
    public static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
