package io.coterie.replication;

import io.coterie.rpc.NodeId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that a replica remembers, as read back from its journal and kept since. */
final class ReplicaTables implements JournalEntries.Reader {
    final Map<NodeId, Long> registrations = new HashMap<>();
    final Map<Long, StoreSpec> stores = new HashMap<>();
    final Map<String, StoreSpec> storesByName = new HashMap<>();
    final Map<RecordKey, Register> registers = new HashMap<>();
    final Map<RecordKey, StampedRecord> values = new HashMap<>();

    @Nullable
    Long incarnation;

    boolean voting;

    /** The keys of the registers in order; null until they are first asked for. */
    @Nullable
    SortedKeys sorted;

    /** The journal position of the last store or registration. */
    long namesPosition;

    /** The store that was asked for last and is known, as nearly all requests in a row are for the same; 0 for none. */
    private long lastStore;

    boolean knowsStore(long id) {
        if (id == lastStore && id != 0) {
            return true;
        }
        boolean known = stores.containsKey(id);
        lastStore = known ? id : 0;
        return known;
    }

    /** The register of a key, made if there is none. */
    Register register(RecordKey key) {
        return registers.computeIfAbsent(key, this::newRegister);
    }

    private Register newRegister(RecordKey key) {
        SortedKeys order = sorted;
        if (order != null) {
            order.add(key);
        }
        return new Register();
    }

    @Override
    public void incarnation(long value) {
        incarnation = value;
    }

    @Override
    public void voting() {
        voting = true;
    }

    @Override
    public void registration(NodeId peer, long peerIncarnation) {
        registrations.put(peer, peerIncarnation);
    }

    @Override
    public void store(StoreSpec spec) {
        lastStore = 0;
        StoreSpec replaced = storesByName.get(spec.name());
        if (replaced != null) {
            stores.remove(replaced.id());
        }
        stores.put(spec.id(), spec);
        storesByName.put(spec.name(), spec);
    }

    @Override
    public void register(RecordKey key, Ballot promised, Ballot accepted, byte @Nullable [] state) {
        register(key).restore(promised, accepted, state);
    }

    @Override
    public void promise(RecordKey key, Ballot promised) {
        Register register = register(key);
        register.restore(promised, register.accepted(), register.state());
    }

    @Override
    public void value(RecordKey key, Stamped value) {
        values.put(key, new StampedRecord(value, 0));
    }

    /**
     * A record of an eventual store.
     *
     * @param position its place in the journal
     */
    record StampedRecord(Stamped value, long position) {
        static final StampedRecord NEVER = new StampedRecord(Stamped.NEVER, 0);
    }
}
