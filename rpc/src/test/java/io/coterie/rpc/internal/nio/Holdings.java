package io.coterie.rpc.internal.nio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process holds of the system, after garbage was collected. */
public record Holdings(long descriptors, int threads, long directBytes) {
    public static Holdings now() {
        System.gc();
        return new Holdings(openDescriptors(), Thread.getAllStackTraces().size(), directMemory());
    }

    public boolean within(Holdings bound) {
        return descriptors <= bound.descriptors && threads <= bound.threads && directBytes <= bound.directBytes;
    }

    /** Where the system shows them, as Linux does; else 0. */
    private static long openDescriptors() {
        Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** By reflection: the module under test does not read java.management, and has no need to. */
    private static long directMemory() {
        try {
            Class<?> type = Class.forName("java.lang.management.BufferPoolMXBean");
            List<?> pools = (List<?>) Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getPlatformMXBeans", Class.class)
                    .invoke(null, type);
            for (Object pool : pools) {
                if (type.getMethod("getName").invoke(pool).equals("direct")) {
                    return (long) type.getMethod("getMemoryUsed").invoke(pool);
                }
            }
            throw new AssertionError("no pool of direct buffers among " + pools);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("java.management", e);
        }
    }
}
