package io.coterie.replication.internal.repair;

import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys and floors of the given replicas with a ballot out of bounds.
 *
 * @param bound the highest counter that all replicas accept for any key
 * @param majority how many replicas are a majority
 * @param floors for each such store, the floor of each replica
 * @param stores by their numbers
 */
record FarBallots(
        long bound,
        int majority,
        Map<RecordKey, FarKey> keys,
        Map<Long, Map<NodeId, Ballot>> floors,
        Map<Long, StoreSpec> stores) {
    /**
     * How far below the bound the new ballots are, so that they are in bounds for clocks that are
     * behind, too: one hour.
     */
    private static final long MARGIN = HybridClock.reading(3_600_000);

    /**
     * Finds the keys and floors; the keys have no copies yet, see {@link #add}.
     *
     * @param marked the counter above which an unfinished repair considers ballots out of bounds
     * @param all how many replicas the cluster has
     */
    static FarBallots of(List<RepairedReplica.Known> replicas, long marked, int all) {
        int majority = Quorums.majority(all);
        int rank = majority - (all - replicas.size());
        long bound = replicas.stream().mapToLong(RepairedReplica.Known::bound).reduce(marked, Math::min);
        Map<RecordKey, FarKey> keys = new LinkedHashMap<>();
        Map<Long, Map<NodeId, Ballot>> floors = new TreeMap<>();
        Map<Long, StoreSpec> stores = new TreeMap<>();
        for (RepairedReplica.Known replica : replicas) {
            stores.putAll(replica.stores());
            replica.suspect().forEach((key, highest) -> {
                if (highest > bound) {
                    keys.putIfAbsent(key, new FarKey(rank));
                }
            });
            replica.floors().forEach((store, floor) -> {
                if (floor.counter() > bound) {
                    floors.putIfAbsent(store, new LinkedHashMap<>());
                }
            });
        }
        floors.forEach((store, each) -> replicas.forEach(
                replica -> each.put(replica.self(), replica.floors().getOrDefault(store, Ballot.NONE))));
        return new FarBallots(bound, majority, keys, floors, stores);
    }

    /** Adds the copies of the keys at a replica. */
    void add(NodeId replica, ReplicaTables tables) {
        keys.forEach((key, far) -> {
            Acceptor acceptor = tables.acceptors.get(key);
            Ballot floor = tables.floors.of(key.store());
            far.add(replica, acceptor, floor, RepairedReplica.isAboveBallot(acceptor, tables));
        });
    }

    boolean isEmpty() {
        return keys.isEmpty() && floors.isEmpty();
    }

    boolean isStuck(FarKey key) {
        return key.isStuck(bound, majority);
    }

    boolean isStuck(Map<NodeId, Ballot> floor) {
        return FarKey.isStuck(List.copyOf(floor.values()), bound, majority);
    }

    /**
     * A ballot above all ballots of these keys and floors that are in bounds, and above those of
     * nodes whose clocks are nearly right.
     */
    Ballot replacement(long latest, long proposer) {
        long highest = latest - MARGIN;
        for (FarKey key : keys.values()) {
            for (FarKey.Copy copy : key.copies().values()) {
                highest = Math.max(highest, above(copy.promised(), latest));
                highest = Math.max(highest, above(copy.accepted(), latest));
            }
        }
        for (Map<NodeId, Ballot> floor : floors.values()) {
            for (Ballot each : floor.values()) {
                highest = Math.max(highest, above(each, latest));
            }
        }
        return new Ballot(highest, proposer);
    }

    private static long above(Ballot ballot, long latest) {
        return ballot.counter() <= latest ? ballot.counter() + 1 : 0;
    }
}
