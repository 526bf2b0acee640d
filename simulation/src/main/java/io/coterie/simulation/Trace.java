package io.coterie.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as a running hash of every event's numbers, and as text only for who asks: formatting would cost more
 * than the simulation itself.
 */
final class Trace {
    private static final String NOBODY = "-";

    private final Simulation simulation;
    private @Nullable Consumer<String> sink;
    private long hash;
    private long events;

    Trace(Simulation simulation) {
        this.simulation = simulation;
    }

    /** The kinds of events; their text is what a full trace shows. */
    enum Kind {
        TASK("task"),
        TIMER("timer"),
        WORKER("worker"),
        DISK_JOB("disk-job"),
        SEND("send"),
        DELIVER("deliver"),
        LOSE("lose"),
        DUPLICATE("duplicate"),
        CUT_OFF("cut-off"),
        NOBODY_THERE("nobody-there"),
        CONNECTED("connected"),
        DISCONNECTED("disconnected"),
        START("start"),
        STOP("stop"),
        KILL("kill"),
        CRASH("crash"),
        PAUSE("pause"),
        RESUME("resume"),
        CUT("cut"),
        MEND("mend"),
        WRITE("write"),
        FORCE("force"),
        TRUNCATE("truncate"),
        DELETE("delete"),
        RENAME("rename"),
        DISK_ERROR("disk-error"),
        NOTE("note");

        private final String text;
        private final long code;

        Kind(String text) {
            this.text = text;
            this.code = (long) text.hashCode() << 32;
        }
    }

    void sink(@Nullable Consumer<String> newSink) {
        this.sink = newSink;
    }

    long hash() {
        return hash;
    }

    long events() {
        return events;
    }

    void record(Kind kind, @Nullable SimNode node, long detail) {
        record(kind, node, null, detail);
    }

    void record(Kind kind, @Nullable SimNode node, @Nullable SimNode other, long detail) {
        events++;
        add(simulation.nanos());
        add(kind.code + (index(node) << 16) + index(other));
        add(detail);
        if (sink != null) {
            sink.accept(simulation.nanos() + " " + kind.text + " " + name(node) + " " + name(other) + " "
                    + Long.toHexString(detail));
        }
    }

    void note(String text) {
        events++;
        add(simulation.nanos());
        add(Kind.NOTE.code);
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i));
        }
        if (sink != null) {
            sink.accept(simulation.nanos() + " " + Kind.NOTE.text + " " + text);
        }
    }

    private void add(long value) {
        hash = (Long.rotateLeft(hash, 23) ^ value) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
    }

    private static long index(@Nullable SimNode node) {
        return node == null ? 0 : node.index() + 1L;
    }

    private static String name(@Nullable SimNode node) {
        return node == null ? NOBODY : node.id().name();
    }
}
