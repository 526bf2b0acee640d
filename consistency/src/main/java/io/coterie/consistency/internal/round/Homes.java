package io.coterie.consistency.internal.round;

import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.internal.util.Fnv;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which replica merges the operations of all nodes on a contended key: its home, the first in an
 * order of the replicas that is drawn for each key from their names (Thaler, Ravishankar, Using
 * Name-Based Mappings to Increase Hit Rates, 1998), so that all nodes find the same one without
 * asking, and keys are spread. One that does not answer is passed over for a while, and one that the
 * failure detector takes for down is not asked at all. That two nodes may differ costs time and
 * nothing else.
 */
public final class Homes {
    private static final long MIN_PATIENCE_NANOS = Duration.ofMillis(10).toNanos();
    private static final int PATIENCE_ROUND_TRIPS = 8;
    private static final int MAX_DOUBLINGS = 4;

    private final Clock clock;
    private final Predicate<NodeId> down;
    private List<Home> homes = List.of();

    /** How many replicas are passed over because they did not answer. */
    private int silent;

    /** A replica that may be a home. */
    private static final class Home {
        final NodeId replica;
        final long name;
        long avoidedAt;
        long avoidedUntil;
        boolean avoided;

        /** Whether it is passed over until it answers anything. */
        boolean silent;

        /** For how long it was passed over last; 0 once it has answered. */
        long avoidedNanos;

        long answeredAt;

        Home(NodeId replica, long now) {
            this.replica = replica;
            this.name = Fnv.signedHash64(replica.name());
            this.avoidedAt = now;
            this.answeredAt = now;
        }
    }

    /** @param down whether the failure detector takes a replica for down */
    Homes(Clock clock, List<NodeId> replicas, Predicate<NodeId> down) {
        this.clock = clock;
        this.down = down;
        change(replicas);
    }

    /** From now on these replicas are homes. */
    void change(List<NodeId> replicas) {
        List<Home> next = new ArrayList<>();
        for (NodeId replica : replicas) {
            Home known = find(replica);
            next.add(known == null ? new Home(replica, clock.nanos()) : known);
        }
        homes = next;
        silent = (int) next.stream().filter(home -> home.silent).count();
    }

    private @Nullable Home find(NodeId replica) {
        for (int i = 0; i < homes.size(); i++) {
            if (homes.get(i).replica.equals(replica)) {
                return homes.get(i);
            }
        }
        return null;
    }

    /** The key's home, or null if all replicas are passed over. */
    @Nullable
    public NodeId of(RecordKey key) {
        Home best = null;
        for (int i = 0; i < homes.size(); i++) {
            Home next = homes.get(i);
            if (!isAvoided(next)
                    && !down.test(next.replica)
                    && (best == null || weight(key, next) > weight(key, best))) {
                best = next;
            }
        }
        return best == null ? null : best.replica;
    }

    /**
     * Passes over a replica for the given time, or for twice as long as the last time if it has not
     * answered since, up to sixteen times the given time. All requests that were in flight to it
     * were delayed by one cause, and count once.
     *
     * @param began when it was asked in vain
     */
    public void avoid(NodeId replica, long began, long nanos) {
        Home home = find(replica);
        if (home == null || began - home.avoidedAt < 0) {
            return;
        }
        long time = Math.min(Math.max(nanos, 2 * home.avoidedNanos), nanos << MAX_DOUBLINGS);
        home.avoided = true;
        setSilent(home, false);
        home.avoidedAt = clock.nanos();
        home.avoidedNanos = time;
        home.avoidedUntil = home.avoidedAt + time;
    }

    /** A home answered, perhaps too late. */
    public void answered(NodeId replica) {
        Home home = find(replica);
        if (home != null) {
            home.avoided = false;
            home.avoidedNanos = 0;
            home.answeredAt = clock.nanos();
        }
    }

    /**
     * Passes over a replica that did not answer, as {@link #avoid} does, but only until it answers
     * anything. It may only be slow.
     */
    void avoidUntilHeard(NodeId replica, long began, long nanos) {
        avoid(replica, began, nanos);
        Home home = find(replica);
        if (home != null) {
            setSilent(home, true);
        }
    }

    private void setSilent(Home home, boolean isSilent) {
        if (home.silent != isSilent) {
            home.silent = isSilent;
            silent += isSilent ? 1 : -1;
        }
    }

    /** A replica answered, whatever it was asked. */
    void heard(NodeId replica) {
        Home home = silent == 0 ? null : find(replica);
        if (home != null && home.silent) {
            setSilent(home, false);
            home.avoided = false;
            home.avoidedNanos = 0;
        }
    }

    boolean hasAnsweredSince(NodeId replica, long nanos) {
        Home home = find(replica);
        return home != null && home.answeredAt - nanos > 0;
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

    private boolean isAvoided(Home home) {
        home.avoided = home.avoided && home.avoidedUntil - clock.nanos() > 0;
        return home.avoided;
    }

    private static long weight(RecordKey key, Home home) {
        long mixed = (home.name ^ key.hashCode() * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 29;
    }
}
