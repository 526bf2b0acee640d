package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.tested.TestedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The limit of a majority write and a majority read. A thread with a selector is itself a replica.
 * It sends each operation to two {@link QuorumServer}s as a message of its own, with number, key
 * and value, and ends it when two of the three have it. There is no consensus and no second try,
 * and no failure is survived. With a log, each of the three forces what it was sent before it
 * counts, many records at a time.
 */
public final class QuorumStore implements TestedStore {
    private static final int MAJORITY = 2;
    private static final int MAX_IN_FLIGHT = 4096;
    private static final byte[] NOTHING = {};

    private final List<QuorumLink> links = new ArrayList<>();
    private final Selector selector = Selector.open();
    private final Queue<Operation> submitted = new ConcurrentLinkedQueue<>();

    /** The numbers of the operations that this replica's log has. */
    private final Queue<Long> forced = new ConcurrentLinkedQueue<>();

    private final Queue<Long> toForce = new ConcurrentLinkedQueue<>();
    private final Semaphore forceable = new Semaphore(0);
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final @Nullable RawLog log;
    private final Thread loop = new Thread(this::run, "quorum-coordinator");
    private final Thread forcing = new Thread(this::force, "quorum-log");
    private volatile boolean closing;

    private final Map<QuorumMessage.Key, byte[]> values = new HashMap<>();
    private final @Nullable Operation[] inFlight = new @Nullable Operation[MAX_IN_FLIGHT];
    private long next;

    private static final class Operation extends CompletableFuture<byte @Nullable []> {
        final byte kind;
        final QuorumMessage.Key key;
        final byte[] value;
        long number;
        int answers;
        byte @Nullable [] found;

        Operation(byte kind, byte[] key, byte[] value) {
            this.kind = kind;
            this.key = QuorumMessage.Key.of(key);
            this.value = value;
        }
    }

    /** @param log where the coordinator's own replica forces what is put; null for nowhere */
    public QuorumStore(List<Integer> ports, @Nullable RawLog log) throws IOException {
        this.log = log;
        for (int port : ports) {
            links.add(new QuorumLink(port, selector));
        }
        loop.start();
        forcing.start();
    }

    @Override
    public CompletableFuture<?> put(byte[] key, byte[] value) {
        return submit(new Operation(QuorumMessage.PUT, key, value));
    }

    @Override
    public CompletableFuture<byte @Nullable []> get(byte[] key) {
        return submit(new Operation(QuorumMessage.GET, key, NOTHING));
    }

    @Override
    public void close() {
        try {
            closing = true;
            selector.wakeup();
            forceable.release();
            loop.join();
            forcing.join();
            for (QuorumLink link : links) {
                link.close();
            }
            selector.close();
            if (log != null) {
                log.close();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a quorum store does not end", e);
        }
    }

    private Operation submit(Operation operation) {
        submitted.add(operation);
        wakeUp();
        return operation;
    }

    private void wakeUp() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    private void run() {
        try {
            while (!closing) {
                begin();
                for (Long number = forced.poll(); number != null; number = forced.poll()) {
                    answered(number);
                }
                for (QuorumLink link : links) {
                    link.flush();
                }
                await();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin() {
        while (hasRoom()) {
            Operation operation = submitted.poll();
            if (operation == null) {
                return;
            }
            begin(operation);
        }
    }

    private void begin(Operation operation) {
        operation.number = next++;
        int slot = slotOf(operation.number);
        if (inFlight[slot] != null) {
            throw new IllegalStateException("more than " + MAX_IN_FLIGHT + " operations are in flight");
        }
        inFlight[slot] = operation;
        for (QuorumLink link : links) {
            link.send(operation.kind, operation.number, operation.key, operation.value);
        }
        if (operation.kind == QuorumMessage.GET) {
            operation.found = values.get(operation.key);
            answered(operation.number);
            return;
        }
        values.put(operation.key, operation.value);
        if (log == null) {
            answered(operation.number);
        } else {
            toForce.add(operation.number);
            forceable.release();
        }
    }

    /** The majority must not run away from the slowest by more than a buffer holds. */
    private boolean hasRoom() {
        return links.get(0).hasRoom() && links.get(1).hasRoom();
    }

    private void await() throws IOException {
        asleep.set(true);
        if ((submitted.isEmpty() || !hasRoom()) && forced.isEmpty() && !closing) {
            selector.select();
        } else {
            selector.selectNow();
        }
        asleep.set(false);
        for (SelectionKey key : selector.selectedKeys()) {
            QuorumLink link = (QuorumLink) key.attachment();
            if (key.isReadable()) {
                link.read(this::answered);
            }
        }
        selector.selectedKeys().clear();
    }

    private void answered(long number) {
        Operation operation = inFlight[slotOf(number)];
        if (operation != null && operation.number == number && ++operation.answers == MAJORITY) {
            inFlight[slotOf(number)] = null;
            operation.complete(operation.found);
        }
    }

    private static int slotOf(long number) {
        return (int) (number % MAX_IN_FLIGHT);
    }

    private void force() {
        RawLog file = log;
        while (file != null && !closing) {
            forceable.acquireUninterruptibly();
            int count = 1 + forceable.drainPermits();
            if (closing) {
                return;
            }
            file.append(count);
            for (int i = 0; i < count; i++) {
                forced.add(toForce.remove());
            }
            wakeUp();
        }
    }
}
