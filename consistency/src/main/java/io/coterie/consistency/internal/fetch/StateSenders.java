package io.coterie.consistency.internal.fetch;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether one replica alone is to send the state of a key, and which. It is worth it where states
 * are large: more copies would only fill links. Small ones are sent by all, as no copy is then ever
 * waited for or asked for later. For one store, and used on the loop.
 */
public final class StateSenders {
    /** From this size on, one copy is enough. */
    public static final int LARGE_BYTES = 4 << 10;

    /** A larger state is remembered as one of that size. */
    private static final int MAX_SIZE_BYTES = 64 * LARGE_BYTES;

    /** A copy from another replica costs less than to wait for less than that. */
    private static final long MIN_WAIT_NANOS = Duration.ofMillis(10).toNanos();

    /** The estimate for a replica of which nothing is known. */
    private static final long UNKNOWN_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * However long a state was in flight, a reader must not wait for longer than that for a
     * replica that is gone.
     */
    private static final long MAX_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    /**
     * The most that is remembered of how long a replica takes: one behind a slow link is seldom
     * tried again.
     */
    private static final long MAX_NANOS = Duration.ofSeconds(10).toNanos();

    /** A time counts for one part in 2 to that. */
    private static final int NEW_SHIFT = 2;

    /**
     * A small state makes what is remembered of larger ones smaller by one part in 2 to that: they
     * count for about a hundred more.
     */
    private static final int SMALLER_SHIFT = 5;

    /**
     * By one part in 2 to that a replica is thought to have become faster each time that another is
     * chosen, so that it is tried again after a while.
     */
    private static final int FORGIVING_SHIFT = 6;

    private final NodeReplication replication;
    private final int largeBytes;

    /** How long each replica took to send a state recently. */
    private long[] nanos;

    /** The largest recent state; large as long as nothing is known. */
    private int sizeBytes;

    /**
     * Where to begin to look for the fastest, so that replicas as fast as each other take turns.
     */
    private int turn;

    /** @param largeBytes from which size on one copy is enough */
    StateSenders(NodeReplication replication, int largeBytes) {
        this.replication = replication;
        this.largeBytes = largeBytes;
        this.nanos = new long[replication.replicas().size()];
        this.sizeBytes = largeBytes;
        Arrays.fill(nanos, UNKNOWN_NANOS);
    }

    void change(Voters before, Voters now) {
        nanos = now.valuesOf(before, nanos, UNKNOWN_NANOS);
    }

    /** A state was read, if there was one, or is written. */
    void observe(byte @Nullable [] state) {
        if (state != null) {
            int size = Math.min(state.length, MAX_SIZE_BYTES);
            sizeBytes = Math.max(size, sizeBytes - (sizeBytes >> SMALLER_SHIFT) - 1);
        }
    }

    /** The replica that is to send the state of a key that is read; null if all are to. */
    @Nullable
    NodeId forRead() {
        return sizeBytes < largeBytes ? null : fastest();
    }

    /**
     * The replica that is to send the state of a key that is to be changed; null if all are to. A
     * replica takes its own state, which is nearly always the newest.
     *
     * @param conflicts how often others were in the way: then a round trip more, for a newer state,
     *     would make it worse
     */
    @Nullable
    NodeId forChange(int conflicts) {
        if (sizeBytes < largeBytes || conflicts > 0) {
            return null;
        }
        return replication.localState() == ReplicaState.VOTING ? replication.self() : fastest();
    }

    /** A replica sent a state. */
    void took(NodeId replica, long itsNanos) {
        int index = replication.voters().indexOf(replica);
        if (index >= 0) {
            nanos[index] += (Math.min(itsNanos, MAX_NANOS) - nanos[index]) >> NEW_SHIFT;
        }
    }

    /** A replica did not send a state within that time, or failed to. */
    void failed(NodeId replica, long afterNanos) {
        int index = replication.voters().indexOf(replica);
        if (index >= 0) {
            nanos[index] = Math.min(MAX_NANOS, 2 * Math.max(nanos[index], afterNanos));
        }
    }

    /**
     * How long to wait for a replica's state before another is asked.
     *
     * @param othersNanos after what time another one sent its ballot
     */
    long patienceNanos(NodeId replica, long othersNanos) {
        int index = replication.voters().indexOf(replica);
        long usual = index < 0 ? UNKNOWN_NANOS : nanos[index];
        return Math.max(MIN_WAIT_NANOS, Math.min(2 * Math.max(usual, othersNanos), MAX_WAIT_NANOS));
    }

    private @Nullable NodeId fastest() {
        List<NodeId> replicas = replication.replicas();
        int best = -1;
        boolean bestIsConnected = false;
        turn = (turn + 1) % nanos.length;
        for (int i = 0; i < nanos.length; i++) {
            int index = (turn + i) % nanos.length;
            NodeId replica = replicas.get(index);
            if (replica.equals(replication.self())) {
                continue;
            }
            // Where a transport reports no connections, none counts as connected, and none is
            // preferred for that.
            boolean connected = replication.node().isConnected(replica);
            if (best < 0
                    || (connected && !bestIsConnected)
                    || (connected == bestIsConnected && nanos[index] < nanos[best])) {
                best = index;
                bestIsConnected = connected;
            }
        }
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] -= i == best ? 0 : nanos[i] >> FORGIVING_SHIFT;
        }
        return best < 0 ? null : replicas.get(best);
    }
}
