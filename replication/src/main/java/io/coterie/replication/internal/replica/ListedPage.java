package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.KeyedRecord;
import io.coterie.replication.internal.tables.RecordTable;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.ListOrder;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects one page of the list of all that a replica has.
 *
 * <p>A key has one place for ever. So one that is there during the whole listing is in it, whatever
 * comes and goes meanwhile, and however the table grows. A bucket has few records. So a page costs
 * about as much as its entries, and the look at the buckets between them, which is bounded, too.
 */
final class ListedPage {
    /** Keeps the turn of the loop short. */
    private static final int MAX_BYTES = 256 << 10;

    /** Room in a message for everything but entries: a store, and the key of a cursor. */
    private static final int HEADER_BYTES = 6 << 10;

    /** About what an entry has besides its key and content. */
    private static final int OVERHEAD_BYTES = 64;

    /** The cost of a look at a bucket, in bytes that could be sent in that time. */
    private static final int LOOK_BYTES = 16;

    /** The end of the places of keys. */
    private static final long NO_PLACE = 1L << 32;

    private final ReplicaTables tables;
    private final boolean states;
    private final int maxBytes;
    private final long maxCost;
    private final List<Listed> entries = new ArrayList<>();
    private final Set<StoreSpec> stores = new LinkedHashSet<>();
    private long bytes;
    private long looks;
    private long position;

    /** Where the next page begins, once this one is full. */
    private @Nullable Cursor next;

    /**
     * An empty page.
     *
     * @param states whether it is to have states and values
     * @param maxCost the page ends at this cost, after at least one look
     */
    ListedPage(ReplicaTables tables, boolean states, int mostBytes, int maxPayloadBytes, long maxCost) {
        this.tables = tables;
        this.states = states;
        this.maxBytes = Math.min(Math.min(MAX_BYTES, mostBytes), maxPayloadBytes - HEADER_BYTES);
        this.maxCost = maxCost;
        // An absent key rests on the last removal, and an unknown store on the last that is known.
        this.position = Math.max(tables.floors.position(), tables.namesPosition);
    }

    /** Adds all from a place on, as far as there is room. */
    void addFrom(Cursor from) {
        Cursor at = from;
        for (ListKind kind : ListKind.values()) {
            if (next == null && kind.compareTo(at.kind()) >= 0) {
                Cursor first = kind == at.kind() ? at : Cursor.first(kind);
                switch (kind) {
                    case STORES -> addStores(first);
                    case REGISTERS -> addKeys(tables.acceptors, first);
                    case VALUES -> addKeys(tables.values, first);
                    case FLOORS -> addFloors(first);
                }
            }
        }
    }

    private void addStores(Cursor from) {
        for (StoreSpec store :
                new TreeMap<>(tables.stores).tailMap(from.place()).values()) {
            if (!add(new Listed.Store(store), Fields.utf8(store.name() + store.policy()).length)) {
                return;
            }
        }
    }

    private void addFloors(Cursor from) {
        List<Listed.Floor> floors = new ArrayList<>();
        tables.floors.forEach((store, floor) -> floors.add(new Listed.Floor(store, floor)));
        for (Listed.Floor floor : floors) {
            if (floor.place() >= from.place() && !add(floor, 0)) {
                return;
            }
        }
    }

    private <R extends KeyedRecord> void addKeys(RecordTable<R> table, Cursor from) {
        RecordKey after = from.after();
        long place = Math.max(0, from.place());
        while (place < NO_PLACE) {
            if (looks > 0 && cost() >= maxCost) {
                next = new Cursor(from.kind(), place, after);
                return;
            }
            List<R> found = new ArrayList<>(2);
            long following = table.forEachFrom(place, found::add);
            looks++;
            found.sort(ListOrder.KEYS);
            for (R record : found) {
                if ((after == null || ListOrder.KEYS.compare(record, after) > 0) && !add(record)) {
                    return;
                }
            }
            place = following;
            after = null;
        }
    }

    private boolean add(KeyedRecord record) {
        byte[] content = states ? content(record) : null;
        boolean added = add(entry(record, content), record.length() + (content == null ? 0 : content.length));
        if (added) {
            position = Math.max(position, position(record));
            nameStore(record.store());
        }
        return added;
    }

    private static byte @Nullable [] content(KeyedRecord record) {
        return record instanceof Acceptor acceptor
                ? acceptor.state()
                : ((VersionedRecord) record).value().value();
    }

    private static Listed entry(KeyedRecord record, byte @Nullable [] content) {
        return record instanceof Acceptor acceptor
                ? new Listed.Register(record, acceptor.promised(), acceptor.accepted(), content)
                : new Listed.Value(
                        record,
                        new VersionedValue(((VersionedRecord) record).value().timestamp(), content));
    }

    private static long position(KeyedRecord record) {
        return record instanceof Acceptor acceptor ? acceptor.position : ((VersionedRecord) record).position();
    }

    private void nameStore(long id) {
        StoreSpec store = tables.stores.get(id);
        if (store != null && stores.add(store)) {
            bytes += Fields.utf8(store.name() + store.policy()).length + 2 * Integer.BYTES;
        }
    }

    /** Adds an entry unless the page is full. The first always fits. */
    private boolean add(Listed entry, int size) {
        if (!entries.isEmpty() && bytes + OVERHEAD_BYTES + size > maxBytes) {
            next = Cursor.behind(entries.get(entries.size() - 1));
            return false;
        }
        bytes += OVERHEAD_BYTES + size;
        entries.add(entry);
        return true;
    }

    /** Adds one key, if it is there, and the floor of its store if it is a register. */
    void addOne(ListKind kind, RecordKey key) {
        KeyedRecord record = kind == ListKind.REGISTERS ? tables.acceptors.get(key) : tables.values.get(key);
        looks++;
        if (record != null) {
            add(record);
        }
        Ballot floor = tables.floors.of(key.store());
        if (kind == ListKind.REGISTERS && !floor.equals(Ballot.NONE)) {
            entries.add(new Listed.Floor(key.store(), floor));
        }
    }

    /** The cost so far, in bytes. */
    long cost() {
        return bytes + looks * LOOK_BYTES;
    }

    /** The journal position on which the answer rests. */
    long position() {
        return position;
    }

    Page answer() {
        return new Page(List.copyOf(stores), entries, next);
    }
}
