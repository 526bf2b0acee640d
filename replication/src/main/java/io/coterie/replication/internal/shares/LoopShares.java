package io.coterie.replication.internal.shares;

import io.coterie.rpc.PeerListener;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shares the time of a replica's loop among its callers. While a node asks for little, its requests
 * are served at once. When a node has used up its share of a short window, its further requests
 * wait. Requests that wait are served in slices, one node after the other (fair queueing, Nagle,
 * RFC 970). Between two slices the loop does all other work. If other nodes were served without a
 * wait in the last second, slices take a quarter of the loop's time at most.
 *
 * <p>Work counts by its bytes, not by the clock, so that a simulation shares it in the same way.
 *
 * <p>Requests that wait are bounded, for each node and for all nodes; further ones are
 * refused. Requests of this node to its own replica do not count. Only to be used on the replica's
 * loop.
 */
public final class LoopShares implements PeerListener {
    /**
     * The most bytes that one node is served in a window before the rest waits; a single request
     * may exceed it.
     */
    static final int SHARE_BYTES = 256 << 10;

    /** The most bytes of a slice. It is less than a share, because the others wait meanwhile. */
    static final int SLICE_BYTES = 64 << 10;

    private static final int MIN_ROOM_BYTES = 16 << 10;

    /**
     * The length of a window: after it, a node without waiting requests has its whole share again.
     */
    static final long WINDOW_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * The cost of a message and its answer beyond the bytes of the answer, in bytes that take as
     * long.
     */
    public static final int MESSAGE_BYTES = 1 << 10;

    /** The cost of one of many requests that travel together. */
    static final int REQUEST_BYTES = 256;

    /** The most requests of one node that wait. */
    static final int MAX_WAITING = 1_024;

    /** The most bytes of the waiting requests of one node, if there is more than one. */
    static final int MAX_WAITING_BYTES = 8 << 20;

    /**
     * The most bytes of the waiting requests of all nodes. A node without one may always have one
     * wait.
     */
    static final long MAX_WAITING_BYTES_OF_ALL = 64 << 20;

    /** With so many nodes known, idle ones are forgotten. */
    private static final int MANY = 1_000;

    /**
     * How many times as long as a slice the rest after it is, if other nodes were served recently.
     */
    private static final int TIMES_FOR_OTHERS = 3;

    /**
     * The longest rest. A slice that took longer proves nothing about its cost: the processor may
     * have served other processes, or the machine may have been suspended. It is four times what a
     * slice takes on a slow machine.
     */
    static final long MAX_REST_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * For how long after others were served slices leave them time: a loop that never rests is
     * woken late.
     */
    private static final long OTHERS_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private static final Duration RETRY_AFTER = Duration.ofMillis(100);

    /** After a failure of this node's own. */
    private static final long FAILURE_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final NodeId self;
    private final Clock clock;
    private final Repetition slices;
    private final Map<NodeId, NodeShare> shares = new HashMap<>();

    /** The nodes with waiting requests, in the order of their turns. */
    private final Deque<NodeShare> turns = new ArrayDeque<>();

    private long waitingBytes;

    /** Whose slice is being served. */
    private @Nullable NodeShare served;

    /** The last one that was looked up: consecutive requests often have one sender. */
    private @Nullable NodeShare last;

    private boolean sliceIsPlanned;
    private boolean selfWasServed;

    /** The node that was last served without a wait; null for this node itself. */
    private @Nullable NodeShare latest;

    private long latestAt = LONG_AGO;

    /** When another node than that was last served without a wait. */
    private long otherAt = LONG_AGO;

    private int tidyAt = MANY;

    private Consumer<NodeId> flush = node -> {};

    public LoopShares(NodeId self, World world) {
        this.self = self;
        this.clock = world.clock();
        this.slices = new Repetition(world.scheduler(), FAILURE_PAUSE_NANOS, this::serveSlice);
    }

    /**
     * Sets how to send the answers to a node. To send them is a large part of the cost of a slice,
     * and has to count in its time.
     */
    public void flushBy(Consumer<NodeId> written) {
        flush = written;
    }

    /**
     * Whether the next request of a node may be served now. If not, it must {@linkplain #await
     * wait}.
     */
    public boolean begins(NodeId caller) {
        if (caller.equals(self)) {
            return true;
        }
        NodeShare share = share(caller);
        long now = clock.nanos();
        long window = now / WINDOW_NANOS;
        if (share.window != window && share != served) {
            share.window = window;
            share.usedBytes = 0;
        }
        boolean begins = share.waiting.isEmpty() && share.usedBytes < SHARE_BYTES;
        if (begins) {
            note(share, now);
        }
        return begins;
    }

    /**
     * Whether a request of many parts may continue; does not read the clock. If not, the rest must
     * {@linkplain #continueLater wait}.
     */
    public boolean mayContinue(NodeId caller) {
        return caller.equals(self) || share(caller).usedBytes < SHARE_BYTES;
    }

    /**
     * How many bytes a node may be served before others have their turn; never less than a small
     * page.
     */
    public long room(NodeId caller) {
        return caller.equals(self) ? SHARE_BYTES : Math.max(MIN_ROOM_BYTES, SHARE_BYTES - share(caller).usedBytes);
    }

    /** Counts so many bytes that a node was served. */
    public void charge(NodeId caller, long bytes) {
        if (caller.equals(self)) {
            selfWasServed = true;
        } else {
            share(caller).usedBytes += bytes;
        }
    }

    /**
     * Makes a request that has not begun wait for its node's turn, or refuses it.
     *
     * @param bytes about how many it has
     * @param answer fails if the request is refused
     * @param inVain whether the task is done even if nobody waits for the answer when its turn
     *     comes
     */
    void await(NodeId caller, int bytes, Responder<?> answer, boolean inVain, Runnable task) {
        NodeShare share = share(caller);
        if (mayWait(share, bytes, answer)) {
            add(share, new NodeShare.Waiting(bytes, inVain ? null : answer, task), false);
        }
    }

    /**
     * Makes the rest of a request that has begun wait for its node's next turn, in which it comes
     * first. It is never refused.
     *
     * @param answer the rest is dropped once nobody waits for this answer; null if it is done in
     *     any case
     */
    public void continueLater(NodeId caller, int bytes, @Nullable Responder<?> answer, Runnable rest) {
        add(share(caller), new NodeShare.Waiting(bytes, answer, rest), true);
    }

    /**
     * A request waits for something else first, and counts as one that waits here until it is
     * {@linkplain #release released}. Returns whether it may wait; if not, it was refused.
     */
    public boolean hold(NodeId caller, Responder<?> answer) {
        if (caller.equals(self)) {
            return true;
        }
        NodeShare share = share(caller);
        boolean may = mayWait(share, 0, answer);
        share.held += may ? 1 : 0;
        return may;
    }

    /** A request that was held may continue: it is served now, or in its node's turn. */
    public void release(NodeId caller, Responder<?> answer, Runnable task) {
        if (!caller.equals(self)) {
            share(caller).held--;
        }
        serveOrAdd(caller, new NodeShare.Waiting(0, answer, task));
    }

    /**
     * Does a task that the node has not asked for, now or in the node's turn. It is never refused.
     */
    public void later(NodeId caller, Runnable task) {
        serveOrAdd(caller, new NodeShare.Waiting(0, null, task, true));
    }

    private void serveOrAdd(NodeId caller, NodeShare.Waiting owed) {
        if (!begins(caller)) {
            add(share(caller), owed, false);
        } else if (!owed.isInVain()) {
            owed.task().run();
        }
    }

    /**
     * Drops the requests whose answers nobody waits for any longer. Changes and owed tasks keep
     * their turn.
     */
    @Override
    public void onDisconnected(NodeId peer, String reason) {
        NodeShare share = shares.get(peer);
        if (share != null && !share.waiting.isEmpty()) {
            share.waiting.removeIf(waiting -> waiting.answer() != null && isDropped(share, waiting));
            if (share.waiting.isEmpty()) {
                turns.remove(share);
            }
        }
    }

    private boolean isDropped(NodeShare share, NodeShare.Waiting waiting) {
        count(share, -waiting.bytes());
        return true;
    }

    private NodeShare share(NodeId caller) {
        NodeShare known = last;
        if (known != null && known.node.equals(caller)) {
            return known;
        }
        known = shares.get(caller);
        if (known == null) {
            tidy();
            known = new NodeShare(caller);
            shares.put(caller, known);
        }
        last = known;
        return known;
    }

    /** Nodes that come and go must not fill the memory. */
    private void tidy() {
        if (shares.size() >= tidyAt) {
            shares.values().removeIf(share -> share.isIdle() && share != served);
            tidyAt = Math.max(MANY, 2 * shares.size());
        }
    }

    private boolean mayWait(NodeShare share, int bytes, Responder<?> answer) {
        int count = share.requests();
        boolean isFull = count >= MAX_WAITING
                || (count > 0
                        && (share.waitingBytes + bytes > MAX_WAITING_BYTES
                                || waitingBytes + bytes > MAX_WAITING_BYTES_OF_ALL));
        if (isFull) {
            answer.fail(OverloadedException.ofHandler(
                    "node " + share.node + " uses more than its share: " + count + " of its requests with "
                            + share.waitingBytes + " bytes wait at this replica, which queues no more than "
                            + MAX_WAITING
                            + " requests from one node and bounds their bytes; scan and read less at once",
                    RETRY_AFTER));
        }
        return !isFull;
    }

    private void add(NodeShare share, NodeShare.Waiting waiting, boolean first) {
        if (share.waiting.isEmpty() && share != served) {
            turns.addLast(share);
        }
        if (first) {
            share.waiting.addFirst(waiting);
        } else {
            share.waiting.addLast(waiting);
        }
        share.owed += waiting.isOwed() ? 1 : 0;
        count(share, waiting.bytes());
        plan(0);
    }

    private void count(NodeShare share, int bytes) {
        share.waitingBytes += bytes;
        waitingBytes += bytes;
    }

    private void plan(long delayNanos) {
        if (!sliceIsPlanned && served == null) {
            slices.in(delayNanos);
            // Only now: if that threw for want of memory, the next task that waits tries again.
            sliceIsPlanned = true;
        }
    }

    private void serveSlice() {
        sliceIsPlanned = false;
        NodeShare share = turns.pollFirst();
        if (share == null) {
            return;
        }
        long began = clock.nanos();
        if (selfWasServed) {
            selfWasServed = false;
            note(null, began);
        }
        boolean restsAfter = began - othersAt(share) < OTHERS_NANOS;
        try {
            serve(share);
            flush.accept(share.node);
        } finally {
            if (!turns.isEmpty()) {
                plan(restsAfter ? Math.min(TIMES_FOR_OTHERS * (clock.nanos() - began), MAX_REST_NANOS) : 0);
            }
        }
    }

    private void note(@Nullable NodeShare share, long now) {
        if (share != latest) {
            otherAt = latestAt;
            latest = share;
        }
        latestAt = now;
    }

    /** When another node was last served without a wait. */
    private long othersAt(NodeShare share) {
        return share == latest ? otherAt : latestAt;
    }

    private void serve(NodeShare share) {
        served = share;
        share.usedBytes = SHARE_BYTES - SLICE_BYTES;
        try {
            while (!share.waiting.isEmpty() && share.usedBytes < SHARE_BYTES) {
                NodeShare.Waiting next = share.waiting.removeFirst();
                share.owed -= next.isOwed() ? 1 : 0;
                count(share, -next.bytes());
                if (!next.isInVain()) {
                    next.task().run();
                }
            }
        } finally {
            served = null;
            if (!share.waiting.isEmpty()) {
                turns.addLast(share);
            }
        }
    }
}
