package io.coterie.consistency.simulated.load;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.FailedCalls;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.Op;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callers at one start of a node. The usual ones think between two operations; those of a storm
 * hardly do, give up sooner, try again at once, and now and then write values nearly as large as
 * can be.
 */
final class LoadClient {
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration MAX_THOUGHT = Duration.ofMillis(20);
    private static final int COLD_KEYS = 50;
    private static final String HOT_COUNTER = "counter-hot";
    private static final String HOT_REGISTER = "register-hot";
    private static final int USUAL_BYTES = 100;

    private final Simulation simulation;
    private final SimStart start;
    private final World world;
    private final PolicyStore store;
    private final HistoryRecorder recorder;
    private final SimRandom random;
    private final LoadShape shape;
    private final Consumer<Ended> log;
    private int callers;
    private int operations;
    private int inFlight;
    private boolean storming;
    private boolean stopped;

    /**
     * An operation that has ended, in virtual time.
     *
     * @param storm whether it was one of the storm's
     * @param error how it failed; null if it did not
     */
    record Ended(
            boolean storm,
            long began,
            long deadline,
            long ended,
            @Nullable Throwable error) {}

    LoadClient(
            Simulation simulation,
            SimStart start,
            PolicyStore store,
            HistoryRecorder recorder,
            SimRandom random,
            LoadShape shape,
            Consumer<Ended> log) {
        this.simulation = simulation;
        this.start = start;
        this.world = start.world();
        this.store = store;
        this.recorder = recorder;
        this.random = random;
        this.shape = shape;
        this.log = log;
    }

    /** One of the callers that there are always. */
    void addUsual() {
        think(new Caller(false, newProcess()));
    }

    /** Many more, until the storm is over. */
    void storm(int count) {
        storming = true;
        for (int i = 0; i < count; i++) {
            think(new Caller(true, newProcess()));
        }
    }

    /** Those of the storm begin nothing more. */
    void calm() {
        storming = false;
    }

    /** Nobody begins anything more. */
    void stop() {
        stopped = true;
        storming = false;
    }

    /** How many operations have not ended, though the process lives. */
    int inFlight() {
        return start.isAlive() ? inFlight : 0;
    }

    private record Caller(boolean storm, String process) {}

    private String newProcess() {
        return start.node().id() + "." + start.number() + "-" + callers++;
    }

    private void think(Caller caller) {
        Duration longest = caller.storm ? shape.stormThought() : MAX_THOUGHT;
        world.scheduler().schedule(random.between(Duration.ZERO, longest).toNanos(), () -> {
            if (!stopped && (storming || !caller.storm)) {
                operate(caller);
            }
        });
    }

    private void operate(Caller caller) {
        String key = drawKey(caller.storm ? shape.hot() : 0.3);
        Op op = draw(caller, key);
        HistoryRecorder.Call call = recorder.invoke(caller.process, key, op);
        Duration timeout = caller.storm ? shape.stormTimeout() : TIMEOUT;
        long began = simulation.nanos();
        long deadline = world.clock().nanos() + timeout.toNanos();
        inFlight++;
        store.execute(bytes(key), operation(op, caller.storm), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                record(call, key, op, result);
                end(null);
            }

            @Override
            public void fail(Throwable error) {
                FailedCalls.record(call, error);
                end(error);
            }

            private void end(@Nullable Throwable error) {
                inFlight--;
                log.accept(new Ended(caller.storm, began, began + timeout.toNanos(), simulation.nanos(), error));
                think(caller);
            }
        });
    }

    private String drawKey(double hot) {
        if (random.chance(hot)) {
            return shape.hotCounter() ? HOT_COUNTER : HOT_REGISTER;
        }
        int number = random.nextInt(COLD_KEYS);
        return (number % 4 == 0 ? "counter" : "register") + number;
    }

    private Op draw(Caller caller, String key) {
        if (random.chance(0.4)) {
            return new Op.Read();
        } else if (key.startsWith("counter")) {
            return new Op.AddAndGet(1);
        }
        String value = caller.process + "-" + operations++;
        double kind = random.nextDouble();
        if (kind < 0.1) {
            return new Op.Append(";" + value);
        }
        return kind < 0.2 ? new Op.PutIfAbsent(value) : new Op.Write(value);
    }

    /** As far as histories go, a value is what stands before the spaces at its end. */
    private Operation operation(Op op, boolean storm) {
        if (op instanceof Op.Write write) {
            return new Operation.Put(padded(write.value(), storm));
        } else if (op instanceof Op.PutIfAbsent put) {
            return new Operation.PutIfAbsent(padded(put.value(), storm));
        } else if (op instanceof Op.AddAndGet add) {
            return new Operation.Add(add.delta());
        } else if (op instanceof Op.Append append) {
            return new Operation.Update(before -> bytes((before == null ? "" : text(before)) + append.text()));
        }
        return new Operation.Get();
    }

    private byte[] padded(String value, boolean storm) {
        int size = storm && random.chance(shape.large()) ? random.nextInt(shape.largestValue()) : USUAL_BYTES;
        byte[] text = bytes(value);
        byte[] padded = Arrays.copyOf(text, Math.max(text.length, size));
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void record(HistoryRecorder.Call call, String key, Op op, Result result) {
        byte[] value = result.value();
        if (op instanceof Op.AddAndGet) {
            call.ok(ByteBuffer.wrap(Objects.requireNonNull(value)).getLong());
        } else if (op instanceof Op.Read && key.startsWith("counter")) {
            call.ok(value == null ? null : Long.toString(ByteBuffer.wrap(value).getLong()));
        } else if (op instanceof Op.Read || op instanceof Op.Append) {
            call.ok(value == null ? null : text(value));
        } else if (op instanceof Op.PutIfAbsent) {
            call.ok(result.applied());
        } else {
            call.ok();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] padded) {
        int length = padded.length;
        while (length > 0 && padded[length - 1] == ' ') {
            length--;
        }
        return new String(padded, 0, length, StandardCharsets.UTF_8);
    }
}
