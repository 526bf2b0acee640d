package io.coterie.replication.internal.shares;

import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.Responder;
import io.coterie.rpc.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shares the time of a replica's loop among the nodes that ask it for something. As long as a node
 * asks for little, it is served as its requests come. A node that has been served its share in a
 * short time has the rest of its requests wait. Those that wait are served in slices, one node
 * after the other (fair queueing, Nagle, RFC 970), and between two slices the loop does all else
 * that there is. Where other nodes were served without a wait in the last second, slices take a
 * quarter of the loop's time at most.
 *
 * <p>Work counts by the bytes that it comes to, not by the clock: so a simulation shares it in the
 * same way.
 *
 * <p>BatchedRequests that wait are bounded, for each node and for all; the next one is turned away.
 * Nothing of what this node asks its own replica counts. Only to be used on the replica's loop.
 */
public final class LoopShares implements PeerListener {
    /**
     * What one node is served in a window before the rest waits; a single request may come to more.
     */
    static final int SHARE_BYTES = 256 << 10;

    /** The same in a slice. It is less, as the others wait until it is over. */
    static final int SLICE_BYTES = 64 << 10;

    private static final int MIN_ROOM_BYTES = 16 << 10;

    /** After so long a node that does not wait has its whole share again. */
    static final long WINDOW_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * What a message and its answer count for beyond the bytes of the answer: they take as long as
     * some bytes more would.
     */
    public static final int MESSAGE_BYTES = 1 << 10;

    /** The same for one of many requests that travel together. */
    static final int REQUEST_BYTES = 256;

    /** How many requests of one node may wait. */
    static final int MAX_WAITING = 1_024;

    /** How many bytes they may have, where there is more than one. */
    static final int MAX_WAITING_BYTES = 8 << 20;

    /**
     * How many bytes those of all nodes may have; a node that has none waiting may have one more
     * wait.
     */
    static final long MAX_WAITING_BYTES_OF_ALL = 64 << 20;

    /** With so many nodes known, those that nothing is kept for are forgotten. */
    private static final int MANY = 1_000;

    /**
     * For how much longer than a slice took the next one waits where others were served of late.
     */
    private static final int TIMES_FOR_OTHERS = 3;

    /**
     * No rest is longer: that a slice took long says nothing of what it cost where the processor
     * was with other processes, or the machine was suspended. It is what a slice takes on a slow
     * machine, times four.
     */
    static final long MAX_REST_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * For so long after others were served, slices leave them time: a loop that never rests is
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
    private final Map<NodeId, Share> shares = new HashMap<>();

    /** The nodes with requests that wait, in the order of their turns. */
    private final Deque<Share> turns = new ArrayDeque<>();

    private long waitingBytes;

    /** Whose slice is being served. */
    private @Nullable Share served;

    /** The one that was asked for last, as many requests in a row are of the same. */
    private @Nullable Share last;

    private boolean sliceIsPlanned;
    private boolean selfWasServed;

    /** Who was served last without a wait, and when; null for this node itself. */
    private @Nullable Share latest;

    private long latestAt = LONG_AGO;

    /** When another than that was served last without a wait. */
    private long otherAt = LONG_AGO;

    private int tidyAt = MANY;

    private Consumer<NodeId> flush = node -> {};

    /** What one node takes. */
    private static final class Share {
        final NodeId node;
        final Deque<Waiting> waiting = new ArrayDeque<>();
        long waitingBytes;

        /**
         * How many of those that wait it has not asked for: news for its watches, which are bounded
         * there.
         */
        int owed;

        /** How many of its requests wait for something else before they wait here. */
        int held;

        long window;
        long usedBytes;

        Share(NodeId node) {
            this.node = node;
        }

        boolean isIdle() {
            return waiting.isEmpty() && held == 0;
        }
    }

    /**
     * Something that waits for its node's turn.
     *
     * @param answer where it is not done any more once nobody waits for it; null where it is done
     *     in any case
     * @param isOwed whether the node has not asked for it
     */
    private record Waiting(int bytes, @Nullable Responder<?> answer, Runnable task, boolean isOwed) {
        Waiting(int bytes, @Nullable Responder<?> answer, Runnable task) {
            this(bytes, answer, task, false);
        }

        boolean isInVain() {
            return answer != null && !answer.isAwaited();
        }
    }

    public LoopShares(NodeId self, World world) {
        this.self = self;
        this.clock = world.clock();
        this.slices = new Repetition(world.scheduler(), FAILURE_PAUSE_NANOS, this::serveSlice);
    }

    /**
     * Names what has the answers to a node leave: to write them is a good part of what a slice
     * costs, and is to be seen in its time.
     */
    public void flushBy(Consumer<NodeId> written) {
        flush = written;
    }

    /**
     * Whether the next request of a node is to be served now. If not, it is to {@linkplain #await
     * wait}.
     */
    public boolean begins(NodeId caller) {
        if (caller.equals(self)) {
            return true;
        }
        Share share = share(caller);
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
     * Whether a request of many parts may go on, without a look at the clock. If not, the rest is
     * to {@linkplain #goOnLater wait}.
     */
    public boolean goesOn(NodeId caller) {
        return caller.equals(self) || share(caller).usedBytes < SHARE_BYTES;
    }

    /**
     * How many bytes a node may be served before others have their turn, and some where it has had
     * them: pages are not tiny.
     */
    public long room(NodeId caller) {
        return caller.equals(self) ? SHARE_BYTES : Math.max(MIN_ROOM_BYTES, SHARE_BYTES - share(caller).usedBytes);
    }

    /** A node is served something that comes to so many bytes. */
    public void charge(NodeId caller, long bytes) {
        if (caller.equals(self)) {
            selfWasServed = true;
        } else {
            share(caller).usedBytes += bytes;
        }
    }

    /**
     * Has a request that has not begun wait for its node's turn, or turns it away.
     *
     * @param bytes about how many it has
     * @param answer is told if it is turned away
     * @param inVain whether it is done even if nobody waits for the answer any more when its turn
     *     comes
     */
    void await(NodeId caller, int bytes, Responder<?> answer, boolean inVain, Runnable task) {
        Share share = share(caller);
        if (mayWait(share, bytes, answer)) {
            add(share, new Waiting(bytes, inVain ? null : answer, task), false);
        }
    }

    /**
     * Has the rest of a request that has begun wait for its node's next turn, in which it comes
     * first. It is not turned away any more.
     *
     * @param answer as of {@link #await}; null where the rest is done even if nobody waits for it
     */
    public void goOnLater(NodeId caller, int bytes, @Nullable Responder<?> answer, Runnable rest) {
        add(share(caller), new Waiting(bytes, answer, rest), true);
    }

    /**
     * A request waits for something else first, and counts with those that wait here until it is
     * {@linkplain #release released}. Returns whether it may; if not, it was turned away.
     */
    public boolean hold(NodeId caller, Responder<?> answer) {
        if (caller.equals(self)) {
            return true;
        }
        Share share = share(caller);
        boolean may = mayWait(share, 0, answer);
        share.held += may ? 1 : 0;
        return may;
    }

    /**
     * What a request that was held has waited for is there: it is served now, or when it is its
     * node's turn.
     */
    public void release(NodeId caller, Responder<?> answer, Runnable task) {
        if (!caller.equals(self)) {
            share(caller).held--;
        }
        serveOrAdd(caller, new Waiting(0, answer, task));
    }

    /** Serves now, or when it is the node's turn, what it is owed: that is not turned away. */
    public void later(NodeId caller, Runnable task) {
        serveOrAdd(caller, new Waiting(0, null, task, true));
    }

    private void serveOrAdd(NodeId caller, Waiting owed) {
        if (!begins(caller)) {
            add(share(caller), owed, false);
        } else if (!owed.isInVain()) {
            owed.task().run();
        }
    }

    /**
     * Nobody waits any more for what it asked for. What it is owed, and changes, have their turn.
     */
    @Override
    public void onDisconnected(NodeId peer, String reason) {
        Share share = shares.get(peer);
        if (share != null && !share.waiting.isEmpty()) {
            share.waiting.removeIf(waiting -> waiting.answer() != null && isDropped(share, waiting));
            if (share.waiting.isEmpty()) {
                turns.remove(share);
            }
        }
    }

    private boolean isDropped(Share share, Waiting waiting) {
        count(share, -waiting.bytes());
        return true;
    }

    private Share share(NodeId caller) {
        Share known = last;
        if (known != null && known.node.equals(caller)) {
            return known;
        }
        known = shares.get(caller);
        if (known == null) {
            tidy();
            known = new Share(caller);
            shares.put(caller, known);
        }
        last = known;
        return known;
    }

    /** Names that come and go do not fill it. */
    private void tidy() {
        if (shares.size() >= tidyAt) {
            shares.values().removeIf(share -> share.isIdle() && share != served);
            tidyAt = Math.max(MANY, 2 * shares.size());
        }
    }

    private boolean mayWait(Share share, int bytes, Responder<?> answer) {
        int count = share.waiting.size() - share.owed + share.held;
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

    private void add(Share share, Waiting waiting, boolean first) {
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

    private void count(Share share, int bytes) {
        share.waitingBytes += bytes;
        waitingBytes += bytes;
    }

    private void plan(long delayNanos) {
        if (!sliceIsPlanned && served == null) {
            slices.in(delayNanos);
            // Only now: where that threw for want of memory, the next that comes to wait tries it
            // again.
            sliceIsPlanned = true;
        }
    }

    private void serveSlice() {
        sliceIsPlanned = false;
        Share share = turns.pollFirst();
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

    private void note(@Nullable Share share, long now) {
        if (share != latest) {
            otherAt = latestAt;
            latest = share;
        }
        latestAt = now;
    }

    /** When another node than that was served last without a wait. */
    private long othersAt(Share share) {
        return share == latest ? otherAt : latestAt;
    }

    private void serve(Share share) {
        served = share;
        share.usedBytes = SHARE_BYTES - SLICE_BYTES;
        try {
            while (!share.waiting.isEmpty() && share.usedBytes < SHARE_BYTES) {
                Waiting next = share.waiting.removeFirst();
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
