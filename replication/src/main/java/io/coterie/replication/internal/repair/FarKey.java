package io.coterie.replication.internal.repair;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key for which some replica has a ballot out of bounds, or a state above its ballot, with the
 * copy of each replica.
 */
final class FarKey {
    private final int rank;
    private final Map<NodeId, Copy> copies = new LinkedHashMap<>();
    private Ballot highestPromise = Ballot.NONE;
    private boolean isAboveBallot;

    /** The promise and the accepted state of one replica. */
    record Copy(Ballot promised, Ballot accepted, byte @Nullable [] state) {}

    /**
     * A key.
     *
     * @param rank how many of these replicas make a majority together with those whose directories
     *     are lost
     */
    FarKey(int rank) {
        this.rank = rank;
    }

    /**
     * What a replica has.
     *
     * @param acceptor null if the key is absent there
     * @param floor the promise of absent keys there
     * @param aboveBallot whether the state has something above its ballot, so that no change can
     *     start from it
     */
    void add(NodeId replica, @Nullable Acceptor acceptor, Ballot floor, boolean aboveBallot) {
        isAboveBallot |= aboveBallot;
        Copy copy = acceptor == null
                ? new Copy(floor, Ballot.NONE, null)
                : new Copy(acceptor.promised(), acceptor.accepted(), acceptor.state());
        copies.put(replica, copy);
        highestPromise = Ballot.max(highestPromise, Ballot.max(copy.promised(), copy.accepted()));
    }

    Map<NodeId, Copy> copies() {
        return copies;
    }

    /** The highest promise of all copies. */
    Ballot highestPromise() {
        return highestPromise;
    }

    /**
     * The highest ballot that a majority may have accepted, or one above it; {@link Ballot#NONE} if
     * there is none. Any higher ballot was accepted by a minority and never chosen: a malicious
     * node may have sent it to some replicas, while the others continued without them.
     */
    Ballot chosen() {
        List<Ballot> accepted =
                new ArrayList<>(copies.values().stream().map(Copy::accepted).toList());
        accepted.sort(Comparator.reverseOrder());
        return accepted.get(rank - 1);
    }

    /**
     * The state of the {@linkplain #chosen chosen ballot}; null for an absent key. A malicious node
     * may have used a ballot for several states: then this is the state of the majority, and of
     * two such states always the same one.
     */
    byte @Nullable [] state() {
        Ballot chosen = chosen();
        byte[] best = null;
        long count = 0;
        for (Copy copy : copies.values()) {
            byte[] state = copy.state();
            if (state == null || !copy.accepted().equals(chosen)) {
                continue;
            }
            long same = copies.values().stream()
                    .filter(other -> other.accepted().equals(chosen) && Arrays.equals(other.state(), state))
                    .count();
            if (best == null || same > count || (same == count && Arrays.compare(state, best) < 0)) {
                best = state;
                count = same;
            }
        }
        return best;
    }

    /** Whether no majority would accept a change. */
    boolean isStuck(long bound, int majority) {
        return isAboveBallot
                || isStuck(copies.values().stream().map(Copy::promised).toList(), bound, majority);
    }

    /**
     * Whether there is no ballot, with room for more above it, that a majority would promise.
     *
     * @param promises the promises of the given replicas
     */
    static boolean isStuck(List<Ballot> promises, long bound, int majority) {
        for (Ballot promise : promises) {
            long next = promise.counter() + 1;
            boolean hasRoom = promise.counter() < Long.MAX_VALUE - BallotClock.STEP;
            long takers = promises.stream()
                    .filter(other ->
                            other.counter() < next && (next <= bound || BallotBound.isStep(next, other.counter())))
                    .count();
            if (hasRoom && takers >= majority) {
                return false;
            }
        }
        return true;
    }
}
