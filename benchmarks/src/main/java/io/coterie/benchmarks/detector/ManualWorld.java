package io.coterie.benchmarks.detector;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A node's clock, loop and network, all on the thread that calls. Time passes when {@link #pass} is
 * called. What the node sends goes nowhere, but the last message is kept.
 */
final class ManualWorld implements Clock, Scheduler, Transport {
    private final Deque<Task> timers = new ArrayDeque<>();
    private final Deque<Task> due = new ArrayDeque<>();
    private long nanos;
    private @Nullable Receiver receiver;
    private byte[] sent = {};
    private boolean keeps = true;

    /** Timers that come due in another order than they were set are not needed here. */
    private static final class Task implements Timer {
        final long due;
        final Runnable code;
        boolean cancelled;

        Task(long due, Runnable code) {
            this.due = due;
            this.code = code;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    World world() {
        SplittableRandom random = new SplittableRandom(1);
        return new World(this, this, random::nextLong);
    }

    /** Lets time pass, and runs the timers that come due. */
    void pass(long passed) {
        nanos += passed;
        int waiting = timers.size();
        for (int i = 0; i < waiting; i++) {
            Task task = timers.removeFirst();
            (task.due - nanos <= 0 ? due : timers).addLast(task);
        }
        while (!due.isEmpty()) {
            Task task = due.removeFirst();
            if (!task.cancelled) {
                task.code.run();
            }
        }
    }

    /** A message arrives. */
    void deliver(NodeId from, ByteBuffer message) {
        if (receiver != null) {
            receiver.onMessage(from, message);
        }
    }

    /** A copy of the message that was sent last; from now on nothing is kept. */
    byte[] sent() {
        keeps = false;
        return sent;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return nanos / 1_000_000;
    }

    @Override
    public boolean execute(Runnable task) {
        task.run();
        return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Task timer = new Task(nanos + delayNanos, task);
        timers.addLast(timer);
        return timer;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void start(Receiver newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        if (keeps) {
            sent = new byte[message.remaining()];
            message.get(message.position(), sent);
        }
        return true;
    }

    @Override
    public void close() {}
}
