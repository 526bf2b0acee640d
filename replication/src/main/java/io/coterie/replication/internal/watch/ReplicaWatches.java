package io.coterie.replication.internal.watch;

import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.internal.wire.WatchMethod;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watches of all nodes, and the undelivered events of each. A watch that does not ask in time
 * loses its oldest events first, and is forgotten after 30 s. Where all watches together have too
 * many events, those with the most lose theirs. The next answer to a watch shows that it missed
 * events.
 */
public final class ReplicaWatches {
    private static final long FORGOTTEN_NANOS = Duration.ofSeconds(30).toNanos();

    /** The most bytes of the events of all watches. An event of several watches counts for each. */
    private static final long MAX_TOTAL_BYTES = 64 << 20;

    /**
     * How many bytes are left after events were dropped, so that the next event does not have to
     * make room again.
     */
    private static final long KEPT_TOTAL_BYTES = MAX_TOTAL_BYTES / 4 * 3;

    /** The longest key or prefix of a watch: no key is longer. */
    public static final int MAX_PREFIX_BYTES = RecordKey.MAX_BYTES;

    /**
     * The most watches of all nodes. Each costs every accept a comparison, in its node's share of
     * the loop.
     */
    static final int MAX_WATCHES_OF_ALL = 32 * ReplicaLimits.MAX_WATCHES;

    /**
     * The most bytes of all their keys and prefixes. Those of one node have an eighth of that at
     * most.
     */
    static final long MAX_PREFIX_BYTES_OF_ALL = 8L * ReplicaLimits.MAX_WATCHES * MAX_PREFIX_BYTES;

    private final World world;
    private final LoopShares shares;

    /** The nodes that have watches. */
    private final Map<NodeId, CallerWatches> nodes = new LinkedHashMap<>();

    /** A copy of {@link #nodes} for iterations, because an event may begin or end watches. */
    private List<CallerWatches> listed = List.of();

    private int count;
    private long prefixBytes;
    private final WatchMemory.EventBytes eventBytes = new WatchMemory.EventBytes();
    private final Repetition sweeps;
    private boolean sweeping;

    public ReplicaWatches(World world, LoopShares shares) {
        this.world = world;
        this.shares = shares;
        this.sweeps = new Repetition(world.scheduler(), WatchMethod.MAX_WAIT_NANOS / 2, this::sweep);
    }

    /**
     * A watch asks: the events that it has seen are dropped, and it is answered once there are
     * more.
     */
    public void poll(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        if (request.isEnd()) {
            end(caller, request.watch());
            answer.reply(new WatchAnswer(request.start(), 1, List.of()));
            return;
        }
        CallerWatches known = nodes.get(caller);
        WatchMemory watch = known == null ? null : known.find(request.watch());
        boolean isNew = watch == null || watch.start != request.start();
        if (watch == null) {
            ReplicaRefusal refusal = refusal(caller, known, request.prefix().length);
            if (refusal != null) {
                answer.fail(refusal);
                return;
            }
            watch = begin(caller, request);
            sweepLater();
        }
        watch.asked = world.clock().nanos();
        watch.ask(request, isNew, maxPayloadBytes, answer);
    }

    private @Nullable ReplicaRefusal refusal(NodeId caller, @Nullable CallerWatches known, int length) {
        if (length > MAX_PREFIX_BYTES) {
            return new ReplicaRefusal(
                    RefusalKind.LONG_PREFIX,
                    "the prefix of the watch has " + length + " bytes, and no key has more than " + MAX_PREFIX_BYTES
                            + ": watch a shorter prefix");
        }
        if (known != null && known.count() >= ReplicaLimits.MAX_WATCHES) {
            return new ReplicaRefusal(
                    RefusalKind.TOO_MANY_WATCHES,
                    "node " + caller + " has " + ReplicaLimits.MAX_WATCHES
                            + " watches at this replica, which accepts no more from one node: close some, or watch one prefix"
                            + " instead of many keys");
        }
        if (count >= MAX_WATCHES_OF_ALL || prefixBytes + length > MAX_PREFIX_BYTES_OF_ALL) {
            return new ReplicaRefusal(
                    RefusalKind.TOO_MANY_WATCHES,
                    "all nodes together have " + count + " watches with "
                            + prefixBytes + " bytes of keys and prefixes at this replica, which accepts no more than "
                            + MAX_WATCHES_OF_ALL + " with " + MAX_PREFIX_BYTES_OF_ALL
                            + ": close some, or watch one short prefix instead of many keys");
        }
        return null;
    }

    private WatchMemory begin(NodeId caller, WatchRequest request) {
        WatchMemory watch = new WatchMemory(caller, request, world.random().nextLong() | 1, shares, eventBytes);
        CallerWatches node = nodes.get(caller);
        if (node == null) {
            node = new CallerWatches(caller, shares, eventBytes);
            nodes.put(caller, node);
            listed = List.copyOf(nodes.values());
        }
        node.begin(request.watch(), watch);
        count++;
        prefixBytes += watch.prefixBytes();
        return watch;
    }

    private void end(NodeId caller, long name) {
        CallerWatches node = nodes.get(caller);
        if (node == null) {
            return;
        }
        WatchMemory watch = node.end(name);
        if (watch != null) {
            ended(watch);
            watch.answer();
            forgetIfIdle(node);
        }
    }

    private void ended(WatchMemory watch) {
        count--;
        prefixBytes -= watch.prefixBytes();
    }

    private void forgetIfIdle(CallerWatches node) {
        if (node.isIdle()) {
            node.dropWaiting();
            nodes.remove(node.node);
            listed = List.copyOf(nodes.values());
        }
    }

    /** The replica has accepted a state, durably. */
    public void accepted(RecordKey key, ScannedKey event) {
        for (CallerWatches node : listed) {
            node.accepted(key, event);
        }
        if (eventBytes.sum > MAX_TOTAL_BYTES) {
            makeRoom();
        }
    }

    /**
     * A watch that keeps up has little to lose. Any other loses all its events: if it misses one
     * state, its node has to read all of them again anyway.
     */
    private void makeRoom() {
        listed.forEach(CallerWatches::missWaiting);
        List<WatchMemory> largestFirst = new ArrayList<>();
        listed.forEach(node -> largestFirst.addAll(node.all()));
        largestFirst.sort(Comparator.comparingLong(WatchMemory::bytes).reversed());
        for (WatchMemory watch : largestFirst) {
            if (eventBytes.sum <= KEPT_TOTAL_BYTES) {
                return;
            }
            watch.dropAll();
        }
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            sweeps.in(WatchMethod.MAX_WAIT_NANOS / 2);
        }
    }

    private void sweep() {
        sweeping = false;
        long now = world.clock().nanos();
        for (CallerWatches node : listed) {
            node.endSilent(now, FORGOTTEN_NANOS).forEach(this::ended);
            forgetIfIdle(node);
            for (WatchMemory watch : node.all()) {
                if (now - watch.asked >= WatchMethod.MAX_WAIT_NANOS / 2) {
                    watch.answerEvenNothing();
                }
            }
        }
        if (!nodes.isEmpty()) {
            sweepLater();
        }
    }
}
