package io.coterie.replication.internal.tables;

import io.coterie.replication.RecordKey;
import io.coterie.replication.Stamped;
import io.coterie.replication.StoreRules;
import io.coterie.replication.StoreSpec;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All that a replica remembers, as read back from its journal and kept since. */
public final class ReplicaTables {
    /** What an entry takes in the journal besides key and state. */
    private static final int OVERHEAD_BYTES = 70;

    private final Clock clock;
    public final Map<NodeId, Remembered> registrations = new HashMap<>();

    /** The random numbers of all starts so far, in their order. */
    public final Set<Long> starts = new LinkedHashSet<>();

    public final Map<Long, StoreSpec> stores = new HashMap<>();
    public final Map<String, StoreSpec> storesByName = new HashMap<>();

    public final RegisterTable registers = new RegisterTable();

    /**
     * A concurrent map although only the loop uses it: its iterators go on while entries come and
     * go, which is how a compaction gets through without a copy of all keys. Those of the registers
     * do so, too.
     */
    public final Map<RecordKey, StampedRecord> values = new ConcurrentHashMap<>();

    public final Floors floors = new Floors();
    public final Tombstones tombstones = new Tombstones();

    /** Of what was read back. */
    public final RecoveredBallots recoveredBallots;

    @Nullable
    public Long incarnation;

    public boolean voting;

    /** The names of all replicas; null in a journal from before they were recorded. */
    @Nullable
    public String replicas;

    /** The keys of the registers in order; null until they are first asked for. */
    @Nullable
    public SortedKeys sorted;

    /** The journal position of the last store or registration. */
    public long namesPosition;

    /**
     * The store that was asked for last and is known, as nearly all requests in a row are for the
     * same; 0 for none.
     */
    private long lastStore;

    /** Of that store. */
    private StoreRules lastRules = StoreRules.NONE;

    private final Map<String, StoreRules> rulesOfPolicies;

    public boolean knowsStore(long id) {
        if (id == lastStore && id != 0) {
            return true;
        }
        StoreSpec known = stores.get(id);
        lastStore = known == null ? 0 : id;
        lastRules = known == null ? StoreRules.NONE : rulesOfPolicies.getOrDefault(known.policy(), StoreRules.NONE);
        return known != null;
    }

    /** What is taken for the store that was last found to be known. */
    public StoreRules rules() {
        return lastRules;
    }

    /**
     * The bytes of keys and states, roughly: what a journal of all this and nothing else would
     * hold.
     */
    private long liveBytes;

    /**
     * The register of a key, a new one if there is none. It is in the tables once it {@link
     * #changed}.
     */
    public Register register(RecordKey key) {
        Register register = registers.get(key);
        return register == null ? new Register(key, floors.of(key.store()), floors.position()) : register;
    }

    /** A register has a new promise or state. */
    public void changed(Register register) {
        if (!register.kept) {
            add(register);
        }
        boolean wasAbsent = register.absent;
        count(register);
        if (register.absent) {
            tombstones.add(register, clock.nanos());
        } else if (wasAbsent) {
            tombstones.remove(register);
        }
    }

    private void add(Register register) {
        register.kept = true;
        registers.add(register);
        if (sorted != null) {
            sorted.add(register);
        }
        liveBytes += OVERHEAD_BYTES + register.length();
    }

    private void count(Register register) {
        byte[] state = register.state();
        liveBytes += length(state) - register.bytes;
        register.bytes = length(state);
        register.absent = state == null || Register.isTombstone(state);
    }

    /**
     * Takes over what was read of a register, which is kept if there is none of its key yet.
     *
     * @param promise whether no more was read than a promise
     * @return the register of that key; if it is absent now, {@link #restoreTombstone} is to be
     *     called in the end
     */
    public Register restore(Register read, boolean promise) {
        Register register = registers.get(read);
        if (register == null) {
            register = read;
            add(register);
        } else if (promise) {
            register.restorePromise(read);
        } else {
            register.restore(read);
        }
        count(register);
        return register;
    }

    /** Once all is read: a register that was absent at one time. */
    void restoreTombstone(Register register) {
        if (register.kept && register.absent) {
            tombstones.add(register, clock.nanos());
        }
    }

    /** A key is absent from now on. */
    public void remove(RecordKey key) {
        Register register = registers.remove(key);
        if (register != null) {
            register.kept = false;
            liveBytes -= OVERHEAD_BYTES + key.length() + length(register.state());
            tombstones.remove(key);
            if (sorted != null) {
                sorted.remove(key);
            }
        }
    }

    /** A value of an eventual store came. */
    public void put(RecordKey key, StampedRecord record) {
        StampedRecord before = values.put(key, record);
        liveBytes += length(record.value().value())
                + (before == null
                        ? OVERHEAD_BYTES + key.length()
                        : -length(before.value().value()));
    }

    long liveBytes() {
        return liveBytes;
    }

    public ReplicaTables(Clock clock) {
        this(clock, Map.of());
    }

    /** @param rulesOfPolicies by the policies' names */
    public ReplicaTables(Clock clock, Map<String, StoreRules> rulesOfPolicies) {
        this.clock = clock;
        this.rulesOfPolicies = rulesOfPolicies;
        this.recoveredBallots = new RecoveredBallots(clock);
    }

    public void store(StoreSpec spec) {
        lastStore = 0;
        StoreSpec replaced = storesByName.get(spec.name());
        if (replaced != null) {
            stores.remove(replaced.id());
        }
        stores.put(spec.id(), spec);
        storesByName.put(spec.name(), spec);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /**
     * A record of an eventual store.
     *
     * @param position its place in the journal
     */
    public record StampedRecord(Stamped value, long position) {
        public static final StampedRecord NEVER = new StampedRecord(Stamped.NEVER, 0);
    }
}
