package io.coterie.replication.internal.restore;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one of what several replicas have: of each key of a strong store the state with the highest
 * accepted ballot, the highest promise and the highest floor; of each key of an eventual store the
 * latest value. Deletes are states and values, too.
 */
final class MergedRecords {
    private final ReplicaTables merged;
    private final HlcClock timestamps;
    private final Set<Long> leftOut = new HashSet<>();
    private final List<String> findings = new ArrayList<>();

    MergedRecords(Clock clock, RandomSource random) {
        this.merged = new ReplicaTables(clock);
        this.timestamps = new HlcClock(clock, random, random.nextLong());
    }

    /** Takes the records of all these. To be called once. */
    void add(List<ReplicaTables> all) {
        chooseStores(all);
        all.forEach(this::add);
    }

    ReplicaTables tables() {
        return merged;
    }

    /** What the operator should know, as human-readable texts. */
    List<String> findings() {
        return findings;
    }

    /** Where replicas have recorded a store under several policies, that of the most counts. */
    private void chooseStores(List<ReplicaTables> all) {
        Map<String, Map<StoreSpec, Integer>> votes = new LinkedHashMap<>();
        for (ReplicaTables tables : all) {
            tables.storesByName
                    .values()
                    .forEach(store -> votes.computeIfAbsent(store.name(), first -> new HashMap<>())
                            .merge(store, 1, Integer::sum));
        }
        votes.forEach((name, found) -> {
            StoreSpec chosen = found.entrySet().stream()
                    .max(Map.Entry.<StoreSpec, Integer>comparingByValue()
                            .thenComparing(each -> each.getKey().policy()))
                    .orElseThrow()
                    .getKey();
            merged.store(chosen);
            found.keySet().stream().filter(other -> !other.equals(chosen)).forEach(other -> {
                leftOut.add(other.id());
                findings.add("store \"" + name + "\" is recorded with policy \"" + other.policy()
                        + "\" in some directories. Policy \"" + chosen.policy()
                        + "\" is kept, and what was written under the other one is left out");
            });
        });
    }

    private void add(ReplicaTables tables) {
        tables.floors.forEach((store, floor) -> {
            if (!leftOut.contains(store)) {
                merged.floors.raise(store, floor);
            }
        });
        for (Iterator<Acceptor> all = tables.acceptors.iterator(); all.hasNext(); ) {
            Acceptor acceptor = all.next();
            if (!leftOut.contains(acceptor.store())) {
                add(acceptor);
            }
        }
        for (Iterator<VersionedRecord> all = tables.values.iterator(); all.hasNext(); ) {
            VersionedRecord record = all.next();
            if (!leftOut.contains(record.store())) {
                add(record, record.value());
            }
        }
    }

    private void add(Acceptor one) {
        Acceptor other = merged.acceptors.get(one);
        Acceptor higher = other == null || one.accepted().isAbove(other.accepted()) ? one : other;
        Ballot promised = other == null ? one.promised() : Ballot.max(one.promised(), other.promised());
        byte[] state = higher.state();
        RecordKey key = new RecordKey(one.store(), one.bytes());
        Acceptor both = new Acceptor(key, state == null ? promised : Ballot.NONE, 0);
        if (state != null) {
            both.accept(higher.accepted(), state, promised);
        }
        merged.restore(both, false);
    }

    private void add(RecordKey key, VersionedValue value) {
        VersionedRecord known = merged.values.get(key);
        if (known == null || timestamps.isLater(value.timestamp(), known.value().timestamp())) {
            merged.put(new RecordKey(key.store(), key.bytes()), value, 0);
        }
    }
}
