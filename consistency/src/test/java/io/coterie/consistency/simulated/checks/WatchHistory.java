package io.coterie.consistency.simulated.checks;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.Result;
import io.coterie.replication.spi.Ballot;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was written in a run of watches, and what listeners got, for a chart: to get a state is to
 * read, and to miss something is to read in vain.
 */
public final class WatchHistory {
    private static final int MAX_SHOWN = 80;

    /**
     * Writes whose outcome nobody knows are open for ever; they are shown for so long, unless a
     * listener got them.
     */
    private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HistoryRecorder recorder;

    public WatchHistory(LongSupplier clock) {
        recorder = new HistoryRecorder(clock);
    }

    /** A listener whose calls are recorded, and passed on to another. */
    public KeyListener of(String name, KeyListener listener) {
        return new KeyListener() {
            @Override
            public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
                read(name, key).ok(value == null ? null : text(value));
                listener.onChange(key, value, version);
            }

            @Override
            public void onMissed(byte[] key, Ballot after, Ballot before) {
                read(name, key).failed();
                listener.onMissed(key, after, before);
            }
        };
    }

    private HistoryRecorder.Call read(String listener, byte[] key) {
        return recorder.invoke(listener, text(key), new Op.Read());
    }

    /** A write begins, whose end is reported to this. */
    public Completion write(String process, String key, Op op) {
        HistoryRecorder.Call call = recorder.invoke(process, key, op);
        return new Completion() {
            @Override
            public void complete(Result result) {
                if (op instanceof Op.PutIfAbsent) {
                    call.ok(result.applied());
                } else {
                    call.ok();
                }
            }

            @Override
            public void fail(Throwable error) {
                FailedCalls.record(call, error);
            }
        };
    }

    /**
     * What a listener got of a key at one time and the time before, and the writes in between
     * and of what it got.
     *
     * @param delivery the number of that time, from 0; how often it got the key in all
     *     stands for the end
     */
    public List<Operation> around(String listener, String key, int delivery) {
        List<Operation> all = recorder.history().byKey().getOrDefault(key, List.of());
        List<Operation> deliveries = all.stream()
                .filter(operation -> operation.process().equals(listener))
                .toList();
        List<Operation> shown = new ArrayList<>(
                deliveries.subList(Math.max(0, delivery - 1), Math.min(delivery + 1, deliveries.size())));
        long from = delivery == 0 ? 0 : shown.get(0).invoked();
        long to = delivery == deliveries.size()
                ? Long.MAX_VALUE
                : shown.get(shown.size() - 1).returned();
        Set<@Nullable String> values = new HashSet<>();
        shown.forEach(operation -> values.add(operation.result()));
        List<Operation> writes = all.stream()
                .filter(operation -> !(operation.op() instanceof Op.Read))
                .filter(operation -> operation.invoked() <= to)
                .filter(operation -> wasOpen(operation, from) || values.contains(value(operation.op())))
                .toList();
        shown.addAll(writes.subList(Math.max(0, writes.size() - MAX_SHOWN), writes.size()));
        return new History(shown).operations();
    }

    private static boolean wasOpen(Operation write, long at) {
        return write.returned() == Operation.NEVER ? write.invoked() >= at - OPEN_NANOS : write.returned() >= at;
    }

    private static @Nullable String value(Op op) {
        if (op instanceof Op.PutIfAbsent put) {
            return put.value();
        }
        return op instanceof Op.Write write ? write.value() : "what nobody writes";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
