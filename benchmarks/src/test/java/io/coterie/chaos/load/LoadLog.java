package io.coterie.chaos.load;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** What the {@link SteadyLoad}s of all processes reported. Safe for use by any thread. */
public final class LoadLog {
    private final Map<String, NodeTrace> traces = new LinkedHashMap<>();

    /** What one node's load reported so far. */
    public synchronized NodeTrace of(String node) {
        return traces.computeIfAbsent(node, name -> new NodeTrace());
    }

    /** Reads a line of a {@link Writer} at a node. Returns whether it is one. */
    public boolean read(String node, String line) {
        String[] words = line.split(" ", 4);
        switch (words[0]) {
            case "ended" -> {
                for (String operation : line.substring(words[0].length() + 1).split(" ", -1)) {
                    String[] times = operation.split("-", 2);
                    of(node).ended(Long.parseLong(times[0]), Long.parseLong(times[1]));
                }
            }
            case "failed" -> of(node).failed(Long.parseLong(words[2]), words[3]);
            case "stalled" -> of(node).stalled(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "kept" -> of(node).kept(Long.parseLong(words[1]), Long.parseLong(words[2]));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Writes everything in lines, those of operations several times a second. */
    public static final class Writer {
        private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

        private final Consumer<String> sink;
        private StringBuilder ended = new StringBuilder();

        public Writer(Consumer<String> sink) {
            this.sink = sink;
        }

        void start() {
            Thread thread = new Thread(
                    () -> {
                        while (true) {
                            LockSupport.parkNanos(INTERVAL_NANOS);
                            flush();
                        }
                    },
                    "load log");
            thread.setDaemon(true);
            thread.start();
        }

        synchronized void ended(long begin, long end) {
            ended.append(' ').append(begin).append('-').append(end);
        }

        void failed(long begin, Throwable error) {
            sink.accept("failed " + begin + " " + System.nanoTime() + " " + error);
        }

        void stalled(long from, long to) {
            sink.accept("stalled " + from + " " + to);
        }

        private void flush() {
            StringBuilder lately;
            synchronized (this) {
                lately = ended;
                ended = new StringBuilder();
            }
            if (lately.length() > 0) {
                sink.accept("ended" + lately);
            }
            sink.accept("kept " + System.nanoTime() + " " + keptBytes());
        }

        /** The heap without what was allocated since the last collection. */
        private static long keptBytes() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .filter(pool -> !pool.getName().contains("Eden"))
                    .map(MemoryPoolMXBean::getUsage)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
        }
    }
}
