package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watches of other nodes, and what each was not told yet. A watch that does not ask in time loses the oldest events
 * first, and is forgotten in the end; both can be seen from the next answer.
 */
final class Watchers {
    /** After how long a watch is answered that there is nothing. */
    static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long FORGOTTEN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MOST_EVENTS = 1024;
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_ANSWER_BYTES = 256 << 10;
    private static final int ANSWER_OVERHEAD_BYTES = 32;
    private static final int MOST_WATCHES_PER_NODE = 1024;

    private final World world;
    private final Map<Name, Watch> watches = new LinkedHashMap<>();
    private boolean sweeping;

    private record Name(NodeId node, long watch) {}

    Watchers(World world) {
        this.world = world;
    }

    /** A replica's memory of one watch. */
    private final class Watch {
        final WatchRequest wanted;
        final long life;
        final ArrayDeque<ScannedKey> events = new ArrayDeque<>();

        /** The number of the first of the events. */
        long first = 1;

        long bytes;
        long asked;
        int maxPayloadBytes;

        @Nullable
        Responder<WatchAnswer> waiting;

        Watch(WatchRequest wanted) {
            this.wanted = wanted;
            this.life = world.random().nextLong() | 1;
        }

        boolean wants(RecordKey key) {
            return key.store() == wanted.store()
                    && (wanted.single()
                            ? Arrays.equals(key.bytes(), wanted.prefix())
                            : key.startsWith(wanted.prefix()));
        }

        void add(ScannedKey event) {
            events.add(event);
            bytes += event.size();
            while (events.size() > MOST_EVENTS || (bytes > MOST_BYTES && events.size() > 1)) {
                drop();
            }
            answer();
        }

        void drop() {
            bytes -= events.remove().size();
            first++;
        }

        /** Answers who waits, with as much as goes into a message; one event always does, as it came in one. */
        void answer() {
            Responder<WatchAnswer> asker = waiting;
            if (asker == null) {
                return;
            }
            waiting = null;
            List<ScannedKey> told = new ArrayList<>();
            long room = Math.min(MOST_ANSWER_BYTES, maxPayloadBytes - ANSWER_OVERHEAD_BYTES);
            for (ScannedKey event : events) {
                room -= event.size();
                if (room < 0 && !told.isEmpty()) {
                    break;
                }
                told.add(event);
            }
            asker.reply(new WatchAnswer(life, first, told));
        }
    }

    /** The watch asks: what it has seen is dropped, and it is answered once there is more. */
    void poll(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        Name name = new Name(caller, request.watch());
        Watch watch = watches.get(name);
        boolean isNew = watch == null || watch.life != request.life();
        if (watch == null) {
            if (watchesOf(caller) >= MOST_WATCHES_PER_NODE) {
                answer.fail(OverloadedException.ofHandler(
                        "node " + caller + " has " + MOST_WATCHES_PER_NODE
                                + " watches at this replica, the most it takes: close some, or watch a prefix",
                        null));
                return;
            }
            watch = new Watch(request);
            watches.put(name, watch);
            sweepLater();
        }
        if (!isNew) {
            while (watch.first <= request.seen() && !watch.events.isEmpty()) {
                watch.drop();
            }
        }
        watch.answer();
        watch.asked = world.clock().nanos();
        watch.maxPayloadBytes = maxPayloadBytes;
        watch.waiting = answer;
        if (isNew || !watch.events.isEmpty()) {
            watch.answer();
        }
    }

    /** The replica has accepted something, and will not forget it. */
    void accepted(RecordKey key, ScannedKey event) {
        for (Watch watch : watches.values()) {
            if (watch.wants(key)) {
                watch.add(event);
            }
        }
    }

    private long watchesOf(NodeId node) {
        return watches.keySet().stream()
                .filter(name -> name.node().equals(node))
                .count();
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            world.scheduler().schedule(LONGEST_WAIT_NANOS / 2, this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        long now = world.clock().nanos();
        watches.values().removeIf(watch -> now - watch.asked >= FORGOTTEN_NANOS);
        for (Watch watch : watches.values()) {
            if (now - watch.asked >= LONGEST_WAIT_NANOS / 2) {
                watch.answer();
            }
        }
        if (!watches.isEmpty()) {
            sweepLater();
        }
    }
}
