package io.coterie.consistency.internal.round;

import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.internal.util.Fnv;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which replica merges the operations of all nodes on a contended key: its home, the first in an
 * order of the replicas that is drawn for each key from their names (Thaler, Ravishankar, Using
 * Name-Based Mappings to Increase Hit Rates, 1998), so that all nodes find the same one without
 * asking, and keys are spread. One that does not answer is passed over for a while. That two nodes
 * may differ costs time and nothing else.
 */
public final class Homes {
    private static final long MIN_PATIENCE_NANOS = Duration.ofMillis(10).toNanos();
    private static final int PATIENCE_ROUND_TRIPS = 8;
    private static final int MAX_DOUBLINGS = 4;

    private final Clock clock;
    private final List<NodeId> replicas;
    private final long[] names;
    private final long[] avoidedAt;
    private final long[] avoidedUntil;
    private final boolean[] avoided;

    /** A bit for each replica that is passed over because it did not answer. */
    private long silent;

    /** For how long it was passed over last; 0 once it has answered. */
    private final long[] avoidedNanos;

    private final long[] answeredAt;

    Homes(Clock clock, List<NodeId> replicas) {
        this.clock = clock;
        this.replicas = replicas;
        this.names = new long[replicas.size()];
        this.avoidedAt = new long[names.length];
        this.avoidedUntil = new long[names.length];
        this.avoided = new boolean[names.length];
        this.avoidedNanos = new long[names.length];
        this.answeredAt = new long[names.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = Fnv.signedHash64(replicas.get(i).name());
            answeredAt[i] = clock.nanos();
            avoidedAt[i] = clock.nanos();
        }
    }

    /** The key's home, or null if all replicas are passed over. */
    @Nullable
    public NodeId of(RecordKey key) {
        int best = -1;
        for (int i = 0; i < names.length; i++) {
            if (!isAvoided(i) && (best < 0 || weight(key, i) > weight(key, best))) {
                best = i;
            }
        }
        return best < 0 ? null : replicas.get(best);
    }

    /**
     * Passes over a replica for the given time, or for twice as long as the last time if it has not
     * answered since, up to sixteen times the given time. All requests that were in flight to it
     * were delayed by one cause, and count once.
     *
     * @param began when it was asked in vain
     */
    public void avoid(NodeId replica, long began, long nanos) {
        int index = replicas.indexOf(replica);
        if (began - avoidedAt[index] < 0) {
            return;
        }
        long time = Math.min(Math.max(nanos, 2 * avoidedNanos[index]), nanos << MAX_DOUBLINGS);
        avoided[index] = true;
        silent &= ~(1L << index);
        avoidedAt[index] = clock.nanos();
        avoidedNanos[index] = time;
        avoidedUntil[index] = avoidedAt[index] + time;
    }

    /** A home answered, perhaps too late. */
    public void answered(NodeId replica) {
        int index = replicas.indexOf(replica);
        avoided[index] = false;
        avoidedNanos[index] = 0;
        answeredAt[index] = clock.nanos();
    }

    /**
     * Passes over a replica that did not answer, as {@link #avoid} does, but only until it answers
     * anything. It may only be slow.
     */
    void avoidUntilHeard(NodeId replica, long began, long nanos) {
        avoid(replica, began, nanos);
        silent |= 1L << replicas.indexOf(replica);
    }

    /** A replica answered, whatever it was asked. */
    void heard(NodeId replica) {
        if (silent != 0) {
            int index = replicas.indexOf(replica);
            if ((silent & 1L << index) != 0) {
                silent &= ~(1L << index);
                avoided[index] = false;
                avoidedNanos[index] = 0;
            }
        }
    }

    boolean hasAnsweredSince(NodeId replica, long nanos) {
        return answeredAt[replicas.indexOf(replica)] - nanos > 0;
    }

    /**
     * How long to wait for a home before a status query: several usual round trips.
     */
    public long patienceNanos(long roundTripNanos) {
        return Math.max(MIN_PATIENCE_NANOS, PATIENCE_ROUND_TRIPS * roundTripNanos);
    }

    /**
     * How long a node that has read a value for its function has to change it: a round trip, and as
     * much for the function.
     */
    public long reservationNanos(long roundTripNanos) {
        return Math.max(MIN_PATIENCE_NANOS, 2 * roundTripNanos);
    }

    private boolean isAvoided(int index) {
        avoided[index] = avoided[index] && avoidedUntil[index] - clock.nanos() > 0;
        return avoided[index];
    }

    private long weight(RecordKey key, int index) {
        long mixed = (names[index] ^ key.hashCode() * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 29;
    }
}
