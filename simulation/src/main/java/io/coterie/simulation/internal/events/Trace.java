package io.coterie.simulation.internal.events;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running hash over the numbers of every event. The text of events is made only for a sink that
 * asks for it: formatting would cost more than the simulation itself.
 */
public final class Trace {
    private static final String NOBODY = "-";

    private final VirtualTime time;
    private @Nullable Consumer<String> sink;
    private long hash;

    public Trace(VirtualTime time) {
        this.time = time;
    }

    /** The kinds of events. Their texts stand in a full trace and count in the hash. */
    public enum Kind {
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
        HEAL("heal"),
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

    public void sink(@Nullable Consumer<String> newSink) {
        this.sink = newSink;
    }

    public long hash() {
        return hash;
    }

    public void record(Kind kind, @Nullable NodeRef node, long detail) {
        record(kind, node, null, detail);
    }

    public void record(Kind kind, @Nullable NodeRef node, @Nullable NodeRef other, long detail) {
        add(time.nanos());
        add(kind.code + (index(node) << 16) + index(other));
        add(detail);
        if (sink != null) {
            sink.accept(time.nanos() + " " + kind.text + " " + name(node) + " " + name(other) + " "
                    + Long.toHexString(detail));
        }
    }

    public void note(String text) {
        add(time.nanos());
        add(Kind.NOTE.code);
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i));
        }
        if (sink != null) {
            sink.accept(time.nanos() + " " + Kind.NOTE.text + " " + text);
        }
    }

    private void add(long value) {
        hash = (Long.rotateLeft(hash, 23) ^ value) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
    }

    private static long index(@Nullable NodeRef node) {
        return node == null ? 0 : node.index() + 1L;
    }

    private static String name(@Nullable NodeRef node) {
        return node == null ? NOBODY : node.id().name();
    }
}
