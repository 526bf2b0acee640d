package io.coterie.chaos.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * How long threads of this process were ready to run while the machine ran others. Linux counts it
 * for each thread, in {@code /proc/self/task/.../schedstat}; elsewhere it is 0. To be used by one
 * thread.
 */
final class RunQueue {
    private static final Path TASKS = Path.of("/proc/self/task");

    private static final Pattern SECOND_NUMBER = Pattern.compile("^\\d+ (\\d+)");

    /** Linux keeps no more of a thread's name. */
    private static final int MAX_NAME = 15;

    /** How often threads that are new are looked for. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<String> names;
    private final Map<Path, Long> waited = new HashMap<>();
    private long lastLook = System.nanoTime() - LOOK_NANOS;

    /** The threads whose names begin with one of these. */
    RunQueue(List<String> names) {
        this.names = names.stream()
                .map(name -> name.substring(0, Math.min(name.length(), MAX_NAME)))
                .toList();
    }

    /**
     * How long all of them together waited since the last call; threads that are new count from
     * now.
     */
    long waitedNanos() {
        long sum = 0;
        for (Map.Entry<Path, Long> thread : waited.entrySet()) {
            long now = waited(thread.getKey(), thread.getValue());
            sum += now - thread.getValue();
            thread.setValue(now);
        }
        if (System.nanoTime() - lastLook > LOOK_NANOS) {
            lastLook = System.nanoTime();
            look();
        }
        return sum;
    }

    private void look() {
        waited.keySet().removeIf(stat -> !Files.exists(stat));
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                Path stat = task.resolve("schedstat");
                if (!waited.containsKey(stat) && isMeant(task)) {
                    waited.put(stat, waited(stat, 0));
                }
            }
        } catch (IOException e) {
            // Not Linux: nothing is known.
            return;
        }
    }

    private boolean isMeant(Path task) {
        try {
            String name = Files.readString(task.resolve("comm"));
            return names.stream().anyMatch(name::startsWith);
        } catch (IOException e) {
            // The thread has ended since.
            return false;
        }
    }

    private static long waited(Path stat, long otherwise) {
        try {
            return SECOND_NUMBER
                    .matcher(Files.readString(stat))
                    .results()
                    .mapToLong(number -> Long.parseLong(number.group(1)))
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            // The thread has ended since, or the kernel does not count.
            return otherwise;
        }
    }
}
