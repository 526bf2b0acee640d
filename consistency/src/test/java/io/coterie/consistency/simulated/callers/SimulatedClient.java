package io.coterie.consistency.simulated.callers;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.FailedCalls;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.Op;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The callers that live on a node: each does one operation after the other on keys that others use
 * too, now and then many at once, and records the answers. They die with their node; what they
 * were waiting for then stays unknown.
 */
public final class SimulatedClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int MAX_BURST = 20;

    private final String process;
    private final World world;
    private final PolicyStore store;
    private final SharedKeys keys;
    private final HistoryRecorder recorder;
    private final SimRandom random;
    private final RunShape shape;
    private final Map<String, String> lastSeen = new HashMap<>();
    private int operations;
    private boolean readsOnly;
    private boolean stopped;

    public SimulatedClient(
            String process,
            World world,
            PolicyStore store,
            SharedKeys keys,
            HistoryRecorder recorder,
            SimRandom random,
            RunShape shape) {
        this.process = process;
        this.world = world;
        this.store = store;
        this.keys = keys;
        this.recorder = recorder;
        this.random = random;
        this.shape = shape;
    }

    public void start() {
        for (int i = 0; i < shape.callers(); i++) {
            think();
        }
    }

    /** Only reads. */
    public void startReading() {
        readsOnly = true;
        think();
    }

    /** Begins nothing more. */
    public void stop() {
        stopped = true;
    }

    /** Reads these keys, one after the other, until each was answered or failed. */
    public void readBack(Iterator<String> remaining, Runnable then) {
        if (remaining.hasNext()) {
            execute(remaining.next(), new Op.Read(), () -> readBack(remaining, then));
        } else {
            then.run();
        }
    }

    private void think() {
        long pause = random.between(Duration.ZERO, shape.longestPause()).toNanos();
        world.scheduler().schedule(pause, this::operate);
    }

    private void operate() {
        if (stopped) {
            return;
        }
        String key = drawKey();
        if (random.chance(shape.burst())) {
            for (int more = random.nextInt(MAX_BURST); more > 0; more--) {
                execute(key, draw(key), () -> {});
            }
        }
        execute(key, draw(key), this::think);
    }

    private String drawKey() {
        double kind = random.nextDouble();
        if (shape.contest()) {
            return kind < 0.2 ? keys.log(random) : keys.register(random);
        }
        return kind < 0.2 ? keys.counter(random) : kind < 0.3 ? keys.log(random) : keys.register(random);
    }

    private Op draw(String key) {
        operations++;
        if (readsOnly) {
            return new Op.Read();
        }
        if (key.startsWith("counter")) {
            return random.chance(0.3) ? new Op.Read() : new Op.AddAndGet(1 + random.nextInt(3));
        } else if (key.startsWith("log")) {
            return random.chance(0.3) ? new Op.Read() : new Op.Append(process + "-" + operations + ";");
        }
        if (shape.contest() && random.chance(shape.appends())) {
            return new Op.Append(process + "-" + operations + ";");
        }
        return random.chance(shape.deletes()) ? new Op.Delete() : drawForRegister(key);
    }

    private void execute(String key, Op op, Runnable then) {
        HistoryRecorder.Call call = recorder.invoke(process, key, op);
        long deadline = world.clock().nanos() + TIMEOUT.toNanos();
        store.execute(bytes(key), operation(op), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                record(call, key, op, result);
                then.run();
            }

            @Override
            public void fail(Throwable error) {
                FailedCalls.record(call, error);
                then.run();
            }
        });
    }

    private Op drawForRegister(String key) {
        String value = process + "-" + operations;
        int kind = random.nextInt(92);
        if (kind < 35) {
            return new Op.Read();
        } else if (kind < 55) {
            return new Op.Write(value);
        } else if (kind < 75) {
            return new Op.CompareAndSet(lastSeen.getOrDefault(key, "never"), value);
        } else if (kind < 83) {
            return new Op.PutIfAbsent(value);
        }
        return new Op.Append(value + ";");
    }

    private void record(HistoryRecorder.Call call, String key, Op op, Result result) {
        byte[] value = result.value();
        if (op instanceof Op.AddAndGet) {
            call.ok(ByteBuffer.wrap(Objects.requireNonNull(value)).getLong());
        } else if (op instanceof Op.Read && key.startsWith("counter")) {
            call.ok(value == null ? null : Long.toString(ByteBuffer.wrap(value).getLong()));
        } else if (op instanceof Op.Read || op instanceof Op.Append) {
            String text = value == null ? null : new String(value, StandardCharsets.UTF_8);
            see(key, text);
            call.ok(text);
        } else if (op instanceof Op.CompareAndSet compareAndSet) {
            if (result.applied()) {
                see(key, compareAndSet.next());
            }
            recordExchange(call, compareAndSet, result);
        } else if (op instanceof Op.PutIfAbsent) {
            call.ok(result.applied());
        } else {
            see(key, op instanceof Op.Write write ? write.value() : null);
            call.ok();
        }
    }

    /** A refusal returns what was found, or by the expected value, that it is no longer known. */
    public static void recordExchange(HistoryRecorder.Call call, Op.CompareAndSet op, Result result) {
        byte[] value = result.value();
        String found = value == null ? null : new String(value, StandardCharsets.UTF_8);
        if (result.applied() || Objects.equals(found, op.expected())) {
            call.ok(result.applied());
        } else {
            call.okAsRead(found);
        }
    }

    private void see(String key, @Nullable String value) {
        if (value == null) {
            lastSeen.remove(key);
        } else {
            lastSeen.put(key, value);
        }
    }

    public static Operation operation(Op op) {
        if (op instanceof Op.Write write) {
            return new Operation.Put(bytes(write.value()));
        } else if (op instanceof Op.CompareAndSet compareAndSet) {
            return new Operation.CompareAndSet(
                    bytes(Objects.requireNonNull(compareAndSet.expected())),
                    bytes(Objects.requireNonNull(compareAndSet.next())));
        } else if (op instanceof Op.PutIfAbsent put) {
            return new Operation.PutIfAbsent(bytes(put.value()));
        } else if (op instanceof Op.AddAndGet add) {
            return new Operation.Add(add.delta());
        } else if (op instanceof Op.Append append) {
            return new Operation.Update(before ->
                    bytes((before == null ? "" : new String(before, StandardCharsets.UTF_8)) + append.text()));
        }
        return op instanceof Op.Delete ? new Operation.Delete() : new Operation.Get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
