package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.KeyedRecord;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.CopyMethod.Copy;
import io.coterie.replication.internal.wire.CopyMethod.Leaf;
import io.coterie.replication.internal.wire.CopyMethod.Version;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.StoreSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the copies that another replica lacks, up to the size of a page. */
final class LackedCopies {
    /** How large an answer gets, unless its only copy is larger: that keeps the turn short. */
    private static final int MAX_BYTES = 128 << 10;

    /** About what a copy has besides its key and content. */
    private static final int OVERHEAD_BYTES = 48;

    /** The cost of a look at a record, in bytes that could be sent in that time. */
    private static final int LOOK_BYTES = 16;

    /** Room in a message for everything but copies. */
    private static final int HEADER_BYTES = 64;

    private final ReplicaTables tables;
    private final EventualValues values;
    private final CopyKind kind;
    private final int maxBytes;
    private final List<Copy> copies = new ArrayList<>();
    private final Set<StoreSpec> stores = new LinkedHashSet<>();
    private int skips;
    private long bytes;
    private long looks;
    private long position;
    private boolean full;

    /** @param skips how many copies to leave out at the beginning */
    LackedCopies(ReplicaTables tables, EventualValues values, CopyKind kind, int skips, int maxPayloadBytes) {
        this.tables = tables;
        this.values = values;
        this.kind = kind;
        this.skips = skips;
        this.maxBytes = Math.min(MAX_BYTES, maxPayloadBytes - HEADER_BYTES);
    }

    /**
     * Adds what the other replica lacks in a leaf, as far as there is room; returns whether that
     * was all.
     */
    boolean addAll(Leaf leaf) {
        Map<Integer, List<Version>> theirs = new HashMap<>();
        for (Version version : leaf.versions()) {
            theirs.computeIfAbsent(version.key(), first -> new ArrayList<>(1)).add(version);
        }
        Map<Integer, Integer> ours = new HashMap<>();
        if (kind == CopyKind.REGISTERS) {
            tables.acceptors.forEachOfLeaf(leaf.number(), acceptor -> count(acceptor, ours));
            tables.acceptors.forEachOfLeaf(leaf.number(), acceptor -> {
                if (lacks(acceptor, theirs, ours)) {
                    add(acceptor);
                }
            });
        } else {
            tables.values.forEachOfLeaf(leaf.number(), value -> count(value, ours));
            tables.values.forEachOfLeaf(leaf.number(), value -> {
                if (lacks(value, theirs, ours)) {
                    add(value);
                }
            });
        }
        skips = 0;
        return !full;
    }

    private static void count(KeyedRecord record, Map<Integer, Integer> hashes) {
        hashes.merge(record.hashCode(), 1, Integer::sum);
    }

    /**
     * Whether the other replica has no such version, and no later one as far as its hashes tell:
     * where keys share a hash it may be any of them.
     */
    private boolean lacks(KeyedRecord record, Map<Integer, List<Version>> theirs, Map<Integer, Integer> ours) {
        looks++;
        Version version = new Version(record.hashCode(), record.version(), record.versionWriter());
        if (version.version() == 0 && version.writer() == 0) {
            return false;
        }
        List<Version> known = theirs.getOrDefault(version.key(), List.of());
        if (known.size() == 1 && ours.getOrDefault(version.key(), 0) == 1) {
            return isLater(version, known.get(0));
        }
        return !known.contains(version);
    }

    private boolean isLater(Version ours, Version theirs) {
        return kind == CopyKind.REGISTERS
                ? ours.isAbove(theirs)
                : values.isLater(
                        new HlcTimestamp(ours.version(), ours.writer()),
                        new HlcTimestamp(theirs.version(), theirs.writer()));
    }

    private void add(Acceptor acceptor) {
        byte[] state = acceptor.state();
        if (state != null && hasRoom(acceptor, state.length)) {
            copies.add(new Copy.Register(acceptor, acceptor.accepted(), state));
            position = Math.max(position, acceptor.position);
        }
    }

    private void add(VersionedRecord record) {
        byte[] value = record.value().value();
        if (hasRoom(record, value == null ? 0 : value.length)) {
            copies.add(new Copy.Value(record, record.value()));
            position = Math.max(position, record.position());
        }
    }

    private boolean hasRoom(KeyedRecord record, int content) {
        if (skips > 0) {
            skips--;
            return false;
        }
        StoreSpec store = tables.stores.get(record.store());
        int size = OVERHEAD_BYTES + record.length() + content;
        if (store != null && !stores.contains(store)) {
            size += Fields.utf8(store.name() + store.policy()).length + 2 * Integer.BYTES;
        }
        full |= !copies.isEmpty() && bytes + size > maxBytes;
        if (full || store == null) {
            return false;
        }
        bytes += size;
        stores.add(store);
        return true;
    }

    /** The cost so far, in bytes. */
    long cost() {
        return bytes + looks * LOOK_BYTES;
    }

    /** The journal position on which the answer rests. */
    long position() {
        return position;
    }

    CopyMethod.Answer answer(int whole) {
        return new CopyMethod.Answer(whole, List.copyOf(stores), copies);
    }
}
