package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.Responder;
import io.coterie.rpc.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watches of all nodes, and what each was not told yet. A watch that does not ask in time loses the oldest events first,
 * and is forgotten in the end. Where all together have too many, those with the most lose theirs. Each can be seen from the
 * next answer.
 */
final class Watchers {
    /** After how long a watch is answered that there is nothing. */
    static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long FORGOTTEN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MOST_EVENTS = 1024;
    private static final int MOST_BYTES = 4 << 20;

    /** Of all watches together. An event that several have counts for each. */
    private static final long MOST_BYTES_OF_ALL = 64 << 20;

    /** How much is left of that once there was too much: not to have to look for room again at the next event. */
    private static final long KEPT_BYTES_OF_ALL = MOST_BYTES_OF_ALL / 4 * 3;

    /** How long what a watch watches may be: no key is longer. */
    static final int MAX_PREFIX_BYTES = 4 << 10;

    /** How many watches a replica takes of all nodes. Each costs every accept a comparison. */
    static final int MAX_WATCHES_OF_ALL = 32 * NodeWatches.MAX_WATCHES;

    /** How many bytes all their keys and prefixes may have. One node's have an eighth of that at most. */
    static final long MAX_PREFIX_BYTES_OF_ALL = 8L * NodeWatches.MAX_WATCHES * MAX_PREFIX_BYTES;

    private static final int MOST_ANSWER_BYTES = 256 << 10;
    private static final int ANSWER_OVERHEAD_BYTES = 32;

    private final World world;
    private final LoopShares shares;
    private final Map<Name, Watch> watches = new LinkedHashMap<>();

    /** How many watches each node has that has any. */
    private final Map<NodeId, Integer> watchesOf = new HashMap<>();

    private long prefixBytes;
    private long bytesOfAll;
    private final Repetition sweeps;
    private boolean sweeping;

    private record Name(NodeId node, long watch) {}

    Watchers(World world, LoopShares shares) {
        this.world = world;
        this.shares = shares;
        this.sweeps = new Repetition(world.scheduler(), LONGEST_WAIT_NANOS / 2, this::sweep);
    }

    /** A replica's memory of one watch. */
    private final class Watch {
        final NodeId node;
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

        /** Whether its next answer waits for its node's turn. */
        boolean isInTurn;

        Watch(NodeId node, WatchRequest wanted) {
            this.node = node;
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
            count(event.size());
            while (events.size() > MOST_EVENTS || (bytes > MOST_BYTES && events.size() > 1)) {
                drop();
            }
            answerInTurn();
        }

        /** An event that all watches of a node have may be a large one: it is told with the rest of what its node asks for. */
        private void answerInTurn() {
            if (waiting != null && !isInTurn) {
                isInTurn = true;
                shares.later(node, () -> {
                    isInTurn = false;
                    if (!events.isEmpty()) {
                        answer();
                    }
                });
            }
        }

        void drop() {
            count(-events.remove().size());
            first++;
        }

        void dropAll() {
            while (!events.isEmpty()) {
                drop();
            }
        }

        private void count(int more) {
            bytes += more;
            bytesOfAll += more;
        }

        /** Answers who waits, with as much as goes into a message; one event always does, as it came in one. */
        void answer() {
            Responder<WatchAnswer> asker = waiting;
            if (asker == null) {
                return;
            }
            waiting = null;
            shares.charge(node, LoopShares.MESSAGE_BYTES);
            List<ScannedKey> told = new ArrayList<>();
            long room = Math.min(MOST_ANSWER_BYTES, maxPayloadBytes - ANSWER_OVERHEAD_BYTES);
            for (ScannedKey event : events) {
                room -= event.size();
                if (room < 0 && !told.isEmpty()) {
                    break;
                }
                told.add(event);
                shares.charge(node, event.size());
            }
            asker.reply(new WatchAnswer(life, first, told));
        }
    }

    /** The watch asks: what it has seen is dropped, and it is answered once there is more. */
    void poll(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        Name name = new Name(caller, request.watch());
        if (request.isEnd()) {
            end(name);
            answer.reply(new WatchAnswer(request.life(), 1, List.of()));
            return;
        }
        Watch watch = watches.get(name);
        boolean isNew = watch == null || watch.life != request.life();
        if (watch == null) {
            ReplicaRefusal refusal = refusal(caller, request.prefix().length);
            if (refusal != null) {
                answer.fail(refusal);
                return;
            }
            watch = begin(name, request);
            sweepLater();
        }
        if (!isNew) {
            while (watch.first <= request.seen() && !watch.events.isEmpty()) {
                watch.drop();
            }
        }
        watch.answer();
        // What was planned is gone where the node was not connected meanwhile.
        watch.isInTurn = false;
        watch.asked = world.clock().nanos();
        watch.maxPayloadBytes = maxPayloadBytes;
        watch.waiting = answer;
        boolean hasMissed = watch.first > request.seen() + 1;
        if (isNew || hasMissed || !watch.events.isEmpty()) {
            watch.answer();
        }
    }

    private @Nullable ReplicaRefusal refusal(NodeId caller, int length) {
        if (length > MAX_PREFIX_BYTES) {
            return new ReplicaRefusal.LongPrefix("a watch of a prefix of " + length + " bytes: no key has more than "
                    + MAX_PREFIX_BYTES + ", so watch a shorter one");
        }
        if (watchesOf.getOrDefault(caller, 0) >= NodeWatches.MAX_WATCHES) {
            return new ReplicaRefusal.TooManyWatches("node " + caller + " has " + NodeWatches.MAX_WATCHES
                    + " watches at this replica, the most that it takes: close some, or watch a prefix in place of"
                    + " many keys");
        }
        if (watches.size() >= MAX_WATCHES_OF_ALL || prefixBytes + length > MAX_PREFIX_BYTES_OF_ALL) {
            return new ReplicaRefusal.TooManyWatches("all nodes together have " + watches.size() + " watches with "
                    + prefixBytes + " bytes of keys and prefixes at this replica, which takes no more than "
                    + MAX_WATCHES_OF_ALL + " with " + MAX_PREFIX_BYTES_OF_ALL
                    + ": close some, or watch a short prefix in place of many keys");
        }
        return null;
    }

    private Watch begin(Name name, WatchRequest request) {
        Watch watch = new Watch(name.node(), request);
        watches.put(name, watch);
        watchesOf.merge(name.node(), 1, Integer::sum);
        prefixBytes += request.prefix().length;
        return watch;
    }

    private void end(Name name) {
        Watch watch = watches.remove(name);
        if (watch != null) {
            ended(name, watch);
            watch.answer();
        }
    }

    private void ended(Name name, Watch watch) {
        watch.dropAll();
        watchesOf.computeIfPresent(name.node(), (node, count) -> count > 1 ? count - 1 : null);
        prefixBytes -= watch.wanted.prefix().length;
    }

    /** The replica has accepted something, and will not forget it. */
    void accepted(RecordKey key, ScannedKey event) {
        for (Watch watch : watches.values()) {
            if (watch.wants(key)) {
                watch.add(event);
            }
        }
        if (bytesOfAll > MOST_BYTES_OF_ALL) {
            makeRoom();
        }
    }

    /** Who keeps up has little to lose. Of the others, a watch that misses one state has to read all again anyway: it loses all. */
    private void makeRoom() {
        List<Watch> largestFirst = new ArrayList<>(watches.values());
        largestFirst.sort(Comparator.comparingLong((Watch watch) -> watch.bytes).reversed());
        for (Watch watch : largestFirst) {
            if (bytesOfAll <= KEPT_BYTES_OF_ALL) {
                return;
            }
            watch.dropAll();
        }
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            sweeps.in(LONGEST_WAIT_NANOS / 2);
        }
    }

    private void sweep() {
        sweeping = false;
        long now = world.clock().nanos();
        forgetSilent(now);
        for (Watch watch : watches.values()) {
            if (now - watch.asked >= LONGEST_WAIT_NANOS / 2) {
                watch.answer();
            }
        }
        if (!watches.isEmpty()) {
            sweepLater();
        }
    }

    private void forgetSilent(long now) {
        Iterator<Map.Entry<Name, Watch>> all = watches.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Name, Watch> next = all.next();
            if (now - next.getValue().asked >= FORGOTTEN_NANOS) {
                all.remove();
                ended(next.getKey(), next.getValue());
            }
        }
    }
}
