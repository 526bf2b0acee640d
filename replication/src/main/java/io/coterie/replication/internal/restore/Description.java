package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.snapshot.SnapshotReader.Manifest;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.spi.StoreSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says in words what a snapshot or a directory has. */
final class Description {
    private Description() {}

    static List<String> of(String place, Manifest manifest, ReplicaTables tables) {
        List<String> lines = new ArrayList<>();
        lines.add("snapshot " + place + ": it is whole, " + manifest.bytes() + " bytes");
        lines.add("  cluster \"" + manifest.head().name() + "\", number "
                + Long.toHexString(manifest.head().cluster()) + ", epoch "
                + manifest.head().epoch());
        lines.add("  taken by " + manifest.head().taker().node() + " at "
                + Instant.ofEpochMilli(manifest.head().wallMillis()) + " by its clock");
        lines.addAll(stores(tables));
        return lines;
    }

    static List<String> of(StoppedDirectory directory) {
        ReplicaTables tables = directory.tables();
        Configuration known = tables.configuration;
        List<String> lines = new ArrayList<>();
        lines.add("directory " + directory.place() + ": replica "
                + directory.id().node() + (tables.voting ? "" : ", which has never voted"));
        lines.add(
                known == null
                        ? "  no configuration; its list of replicas is " + tables.replicas
                        : "  cluster number " + Long.toHexString(known.cluster()) + ", epoch " + known.epoch());
        lines.addAll(stores(tables));
        return lines;
    }

    /** A line for each store: how many keys have a value. */
    static List<String> stores(ReplicaTables tables) {
        Map<Long, Long> keys = new HashMap<>();
        for (Iterator<Acceptor> all = tables.acceptors.iterator(); all.hasNext(); ) {
            Acceptor acceptor = all.next();
            byte[] state = acceptor.state();
            keys.merge(acceptor.store(), state == null || Acceptor.isTombstone(state) ? 0L : 1L, Long::sum);
        }
        for (Iterator<VersionedRecord> all = tables.values.iterator(); all.hasNext(); ) {
            VersionedRecord record = all.next();
            keys.merge(record.store(), record.value().value() == null ? 0L : 1L, Long::sum);
        }
        List<String> lines = new ArrayList<>();
        for (StoreSpec store : new TreeMap<>(tables.storesByName).values()) {
            lines.add("  store \"" + store.name() + "\" (" + store.policy() + "): " + keys.getOrDefault(store.id(), 0L)
                    + " keys");
        }
        return lines;
    }
}
