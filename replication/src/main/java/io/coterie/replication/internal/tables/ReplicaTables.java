package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All that a replica remembers: what its journal had at the start, and all changes since. */
public final class ReplicaTables {
    /** The bytes of an entry in the journal besides key and state. */
    private static final int OVERHEAD_BYTES = 70;

    private final Clock clock;
    public final Map<NodeId, Remembered> registrations = new HashMap<>();

    /** The random numbers of all starts so far, in their order. */
    public final Set<Long> starts = new LinkedHashSet<>();

    public final Map<Long, StoreSpec> stores = new HashMap<>();
    public final Map<String, StoreSpec> storesByName = new HashMap<>();

    /** What strong stores have. */
    public final RecordTable<Acceptor> acceptors = new RecordTable<>();

    /** What eventual stores have. */
    public final RecordTable<VersionedRecord> values = new RecordTable<>();

    /** Of what the acceptors have accepted. */
    public final Digests registerDigests = new Digests();

    /** Of the values. */
    public final Digests valueDigests = new Digests();

    public final Floors floors = new Floors();
    public final AbsentKeys absentKeys = new AbsentKeys();

    /** The ballots of the entries that were read back. */
    public final RecoveredBallots recoveredBallots;

    @Nullable
    public Long incarnation;

    public boolean voting;

    /** The names of all replicas; null in a journal from before they were recorded. */
    @Nullable
    public String replicas;

    /** The last configuration that is known to be chosen; null before there is one. */
    @Nullable
    public Configuration configuration;

    /** The journal position of that configuration. */
    public long configurationPosition;

    /** What this replica has promised and accepted for the next configuration. */
    public KeeperRecord keeper = KeeperRecord.after(0);

    /** The keys of the acceptors in order; null until they are first asked for. */
    @Nullable
    public SortedKeys sorted;

    /** The journal position of the last store or registration. */
    public long namesPosition;

    /**
     * The last store that was looked up and is known, because consecutive requests mostly name the
     * same store; 0 for none.
     */
    private long lastStore;

    /** The rules of that store. */
    private StoreRules lastRules = StoreRules.NONE;

    private final Map<String, StoreRules> rulesOfPolicies;

    public boolean knowsStore(long id) {
        if (id == lastStore && id != 0) {
            return true;
        }
        StoreSpec known = stores.get(id);
        lastStore = known == null ? 0 : id;
        lastRules = known == null ? StoreRules.NONE : rulesOf(known.policy());
        return known != null;
    }

    private StoreRules rulesOf(String policy) {
        StoreRules rules = rulesOfPolicies.get(policy);
        return rules == null
                ? rulesOfPolicies.getOrDefault(QuorumPair.policyWithoutQuorums(policy), StoreRules.NONE)
                : rules;
    }

    /** The rules of the store that {@link #knowsStore} last found to be known. */
    public StoreRules rules() {
        return lastRules;
    }

    /** Roughly the bytes of keys and states: how large a journal of these tables would be. */
    private long liveBytes;

    /**
     * The acceptor of a key, a new one if there is none. It is in the tables once it {@link
     * #changed}.
     */
    public Acceptor acceptor(RecordKey key) {
        Acceptor acceptor = acceptors.get(key);
        return acceptor == null ? absent(key) : acceptor;
    }

    private Acceptor absent(RecordKey key) {
        return new Acceptor(key, AcceptorRules.promiseOfAbsentKey(floors.of(key.store())), floors.position());
    }

    /**
     * An acceptor has a new state.
     *
     * @param before its {@link #digest} before
     */
    public void accepted(Acceptor acceptor, long before) {
        registerDigests.changed(acceptor, before, acceptor.digest());
        changed(acceptor);
    }

    /** What an acceptor adds to the digests, to be taken before it accepts a state. */
    public static long digest(Acceptor acceptor) {
        return acceptor.digest();
    }

    /** An acceptor has a new promise. */
    public void changed(Acceptor acceptor) {
        if (!acceptor.kept) {
            add(acceptor);
        }
        boolean wasAbsent = acceptor.absent;
        count(acceptor);
        if (acceptor.absent) {
            absentKeys.add(acceptor, clock.nanos());
        } else if (wasAbsent) {
            absentKeys.remove(acceptor);
        }
    }

    private void add(Acceptor acceptor) {
        acceptor.kept = true;
        acceptors.add(acceptor);
        if (sorted != null) {
            sorted.add(acceptor);
        }
        liveBytes += OVERHEAD_BYTES + acceptor.length();
    }

    private void count(Acceptor acceptor) {
        byte[] state = acceptor.state();
        liveBytes += length(state) - acceptor.bytes;
        acceptor.bytes = length(state);
        acceptor.absent = state == null || Acceptor.isTombstone(state);
    }

    /**
     * Puts an acceptor that was read into the tables. If its key has none yet, the object itself is
     * kept.
     *
     * @param promise whether the entry had the promise alone
     * @return the acceptor of that key; if it is absent now, {@link #restoreAbsent} is to be
     *     called in the end
     */
    public Acceptor restore(Acceptor read, boolean promise) {
        Acceptor acceptor = acceptors.get(read);
        long before = acceptor == null ? 0 : acceptor.digest();
        if (acceptor == null) {
            acceptor = read;
            add(acceptor);
        } else if (promise) {
            acceptor.restorePromise(read);
        } else {
            acceptor.restore(read);
        }
        registerDigests.changed(acceptor, before, acceptor.digest());
        count(acceptor);
        return acceptor;
    }

    /** Once all is read: an acceptor that was absent at one time. */
    void restoreAbsent(Acceptor acceptor) {
        if (acceptor.kept && acceptor.absent) {
            absentKeys.add(acceptor, clock.nanos());
        }
    }

    /** A key is absent from now on. */
    public void remove(RecordKey key) {
        Acceptor acceptor = acceptors.remove(key);
        if (acceptor != null) {
            acceptor.kept = false;
            registerDigests.changed(acceptor, acceptor.digest(), 0);
            liveBytes -= OVERHEAD_BYTES + key.length() + length(acceptor.state());
            absentKeys.remove(key);
            if (sorted != null) {
                sorted.remove(key);
            }
        }
    }

    /**
     * The names of all replicas, sorted: those of the configuration, or else those that were
     * recorded before there was one. Null if neither is there.
     */
    public @Nullable String members() {
        Configuration adopted = configuration;
        return adopted == null
                ? replicas
                : adopted.members().stream()
                        .map(member -> member.id().node().name())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    /**
     * Forgets the registers: they are no longer valid. Values of eventual stores stay, as they merge
     * with whatever others have.
     */
    public void dropRegisters() {
        for (Iterator<Acceptor> each = acceptors.iterator(); each.hasNext(); ) {
            Acceptor acceptor = each.next();
            liveBytes -= OVERHEAD_BYTES + acceptor.length() + acceptor.bytes;
        }
        acceptors.clear();
        registerDigests.clear();
        floors.clear();
        absentKeys.clear();
        sorted = null;
    }

    /** The replica begins again with new records. What it knows of the cluster stays. */
    public void beginAgain(long newIncarnation) {
        dropRegisters();
        incarnation = newIncarnation;
        voting = false;
        starts.clear();
        registrations.clear();
        keeper = KeeperRecord.after(0);
    }

    /**
     * A value of an eventual store was written.
     *
     * @param position its place in the journal
     */
    public void put(RecordKey key, VersionedValue value, long position) {
        VersionedRecord record = values.get(key);
        long before = record == null ? 0 : record.digest();
        if (record == null) {
            record = new VersionedRecord(key, value, position);
            values.add(record);
            liveBytes += OVERHEAD_BYTES + key.length();
        } else {
            liveBytes -= length(record.value().value());
            record.replace(value, position);
        }
        liveBytes += length(value.value());
        valueDigests.changed(record, before, record.digest());
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
}
