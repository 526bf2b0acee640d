package io.coterie.rpc.internal.nio.loop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded first-in, first-out queue of tasks, from any thread to one that takes them. It is a
 * list of chunks. A producer claims a slot of the last chunk by an atomic addition, and then fills
 * it (as in the FAA array queue of Correia and Ramalhete, 2016). So only a chunk for each {@link
 * #CHUNK_TASKS} tasks is allocated, and a check for tasks costs one read.
 *
 * <p>A producer that pauses between claim and fill delays the tasks behind it, which cannot be
 * taken until then.
 */
final class TaskQueue {
    static final int CHUNK_TASKS = 256;

    /** Added to the claims of a chunk to close it. */
    private static final int CLOSED = 1 << 30;

    private static final AtomicReferenceFieldUpdater<TaskQueue, Chunk> LAST =
            AtomicReferenceFieldUpdater.newUpdater(TaskQueue.class, Chunk.class, "last");

    private volatile Chunk last = new Chunk();

    // The fields below belong to the thread that takes.
    private Chunk first = last;
    private int taken;
    private @Nullable Chunk end;
    private int endTaken;

    private static final class Chunk {
        private static final AtomicReferenceFieldUpdater<Chunk, @Nullable Chunk> NEXT =
                AtomicReferenceFieldUpdater.newUpdater(Chunk.class, Chunk.class, "next");

        final AtomicReferenceArray<@Nullable Runnable> tasks = new AtomicReferenceArray<>(CHUNK_TASKS);
        final AtomicInteger claims = new AtomicInteger();
        volatile @Nullable Chunk next;

        /** The chunk after this one, which is full. */
        Chunk successor() {
            Chunk present = next;
            while (present == null) {
                NEXT.compareAndSet(this, null, new Chunk());
                present = next;
            }
            return present;
        }
    }

    /** Adds a task. Returns {@code false} if the queue is closed. May be called by any thread. */
    boolean offer(Runnable task) {
        while (true) {
            Chunk chunk = last;
            int slot = chunk.claims.getAndIncrement();
            if (slot < CHUNK_TASKS) {
                chunk.tasks.set(slot, task);
                return true;
            }
            if (slot >= CLOSED) {
                return false;
            }
            LAST.compareAndSet(this, chunk, chunk.successor());
        }
    }

    boolean isEmpty() {
        return peek() == null;
    }

    /** Takes the next task, or returns null if there is none yet. */
    @Nullable
    Runnable poll() {
        Runnable task = peek();
        if (task != null) {
            // The rest of the chunk must not keep the task alive.
            first.tasks.setPlain(taken++, null);
        }
        return task;
    }

    /** Refuses tasks from now on. */
    void close() {
        Chunk chunk = last;
        int claims = chunk.claims.getAndAdd(CLOSED);
        while (claims >= CHUNK_TASKS) {
            // It was full, and producers may use the next one already.
            chunk = chunk.successor();
            claims = chunk.claims.getAndAdd(CLOSED);
        }
        end = chunk;
        endTaken = claims;
    }

    /**
     * Takes the next task of a closed queue, or returns null if that was the last one. Waits for
     * tasks that are being added.
     */
    @Nullable
    Runnable pollClosed() {
        Runnable task = poll();
        while (task == null && !(first == end && taken == endTaken)) {
            // Its producer is about to fill the slot, and may lack a processor.
            LockSupport.parkNanos(1000);
            task = poll();
        }
        return task;
    }

    private @Nullable Runnable peek() {
        if (taken == CHUNK_TASKS) {
            Chunk next = first.next;
            if (next == null) {
                return null;
            }
            first = next;
            taken = 0;
        }
        return first.tasks.get(taken);
    }
}
