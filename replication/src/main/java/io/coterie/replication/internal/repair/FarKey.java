package io.coterie.replication.internal.repair;

import io.coterie.replication.Ballot;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.rpc.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key for which a replica has a ballot that is out of bounds, or a state above its ballot, and
 * what each replica has for it.
 */
final class FarKey {
    private final int rank;
    private final Map<NodeId, Copy> copies = new LinkedHashMap<>();
    private Ballot highestPromise = Ballot.NONE;
    private boolean isAboveBallot;

    /** What a replica has promised and accepted. */
    record Copy(Ballot promised, Ballot accepted, byte @Nullable [] state) {}

    /**
     * A key.
     *
     * @param rank how many of these replicas make a majority with those whose directories are lost
     */
    FarKey(int rank) {
        this.rank = rank;
    }

    /**
     * What a replica has.
     *
     * @param acceptor null if the key is absent there
     * @param floor what absent keys have promised there
     * @param aboveBallot whether the state has something that is above its ballot, so that no
     *     change is made from it
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

    /** The highest promise of all. */
    Ballot highestPromise() {
        return highestPromise;
    }

    /**
     * The highest ballot that a majority may have accepted, or one above it; {@link Ballot#NONE} if
     * that is no ballot. What stands above it a minority has accepted, and it was never chosen: a
     * node that meant harm may have sent it to some replicas, while the others went on without
     * them.
     */
    Ballot chosen() {
        List<Ballot> accepted =
                new ArrayList<>(copies.values().stream().map(Copy::accepted).toList());
        accepted.sort(Comparator.reverseOrder());
        return accepted.get(rank - 1);
    }

    /**
     * The state of that ballot; null for an absent key. A node that meant harm may have used a
     * ballot for several states: then it is the one that most replicas have, and of two such ones
     * always the same.
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

    /** Whether no change would be taken by a majority. */
    boolean isStuck(long bound, int majority) {
        return isAboveBallot
                || isStuck(copies.values().stream().map(Copy::promised).toList(), bound, majority);
    }

    /**
     * Whether there is no ballot, with room for more above it, that a majority would take.
     *
     * @param promises of those replicas that there are
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
