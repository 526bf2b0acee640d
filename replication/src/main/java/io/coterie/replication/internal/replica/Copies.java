package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.Digests;
import io.coterie.replication.internal.tables.KeyedRecord;
import io.coterie.replication.internal.tables.RecordTable;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.CopyMethod.Copy;
import io.coterie.replication.internal.wire.CopyMethod.Leaf;
import io.coterie.replication.internal.wire.CopyMethod.Version;
import io.coterie.replication.internal.wire.DigestMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All copies of this replica, strong and eventual, as other replicas compare them with theirs: what
 * it answers, and what it takes from them.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class Copies {
    /** What becomes of a copy of another replica. */
    public enum Taken {
        /** It is kept, and durable once {@link #whenDurable} says so. */
        KEPT,
        /** This replica has it, or a later one. */
        KNOWN,
        /** This replica has promised not to accept it. */
        PROMISED_HIGHER,
        /** This replica cannot keep it now. */
        REFUSED
    }

    private final ReplicaTables tables;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final Identity identity;
    private final StoreRecords stores;
    private final Registers registers;
    private final EventualValues values;
    private final LoopShares shares;
    private final int maxPayloadBytes;
    private long position;

    Copies(
            ReplicaTables tables,
            DurableAnswers answers,
            VotingRight votingRight,
            Identity identity,
            StoreRecords stores,
            Registers registers,
            EventualValues values,
            LoopShares shares,
            int maxPayloadBytes) {
        this.tables = tables;
        this.answers = answers;
        this.votingRight = votingRight;
        this.identity = identity;
        this.stores = stores;
        this.registers = registers;
        this.values = values;
        this.shares = shares;
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** A question as it goes to another replica. */
    public <Q> Addressed<Q> to(NodeId other, Q question) {
        Configuration adopted = tables.configuration;
        Placement placement = adopted == null ? null : adopted.placement();
        return placement == null
                ? new Addressed<>(0, 0, question)
                : new Addressed<>(placement.since(), placement.incarnationOf(other), question);
    }

    /**
     * The epoch of the last change of the group that compares its copies. What was asked for under
     * another one is not taken: the others may have dropped what they had then.
     */
    public long since() {
        Configuration adopted = tables.configuration;
        return adopted == null ? 0 : adopted.placement().since();
    }

    /** The most bytes of a message. */
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Whether the replica is closed, and keeps nothing more. */
    public boolean isClosed() {
        return answers.isClosed();
    }

    /**
     * Whether this replica takes part in comparisons of that kind. Registers are for replicas that
     * vote: what others have accepted may be older than what a repair of ballots has made of it.
     * Values are also for a replica that has lost its memory.
     */
    public boolean compares(CopyKind kind) {
        return switch (votingRight.state()) {
            case VOTING -> true;
            case AMNESIAC -> kind == CopyKind.VALUES;
            case REGISTERING, FAILED -> false;
        };
    }

    /** A digest of what this replica has, see {@link Digests#of}. */
    public long digest(CopyKind kind, int level, int node) {
        return (kind == CopyKind.REGISTERS ? tables.registerDigests : tables.valueDigests).of(level, node);
    }

    /** What this replica has in a leaf. */
    public List<Version> versions(CopyKind kind, int leaf) {
        List<Version> versions = new ArrayList<>();
        records(kind).forEachOfLeaf(leaf, record -> {
            Version version = version(record);
            if (version != null) {
                versions.add(version);
            }
        });
        return versions;
    }

    private RecordTable<? extends KeyedRecord> records(CopyKind kind) {
        return kind == CopyKind.REGISTERS ? tables.acceptors : tables.values;
    }

    private static @Nullable Version version(KeyedRecord record) {
        boolean none = record.version() == 0 && record.versionWriter() == 0;
        return none ? null : new Version(record.hashCode(), record.version(), record.versionWriter());
    }

    void answer(NodeId caller, DigestMethod.Question question, Responder<long[]> answer) {
        if (!serves(caller, question.kind(), answer)) {
            return;
        }
        int level = question.level() + 1;
        long[] digests = new long[Digests.FANOUT * question.nodes().length];
        for (int i = 0; i < digests.length; i++) {
            int parent = question.nodes()[i / Digests.FANOUT];
            digests[i] = digest(question.kind(), level, parent * Digests.FANOUT + i % Digests.FANOUT);
        }
        // About as many leaves are added up in the time in which a byte of state is sent.
        long leaves = (long) question.nodes().length * (Digests.LEAVES >> (4 * question.level()));
        shares.charge(caller, (long) digests.length * Long.BYTES + leaves);
        answer.reply(digests);
    }

    void answer(NodeId caller, CopyMethod.Question question, Responder<CopyMethod.Answer> answer) {
        if (serves(caller, question.kind(), answer)) {
            LackedCopies found = new LackedCopies(tables, values, question.kind(), question.skipped(), maxPayloadBytes);
            int whole = 0;
            for (Leaf leaf : question.leaves()) {
                if (!found.addAll(leaf)) {
                    break;
                }
                whole++;
            }
            shares.charge(caller, found.cost());
            answers.reply(found.position(), answer, found.answer(whole));
        }
    }

    private boolean serves(NodeId caller, CopyKind kind, Responder<?> answer) {
        if (!answers.hasStorage(answer) || !identity.isReplica(caller, "compare their copies", answer)) {
            return false;
        }
        if (!compares(kind)) {
            answer.fail(new ReplicaRefusal(RefusalKind.NOT_VOTING, String.valueOf(votingRight.problem())));
            return false;
        }
        return true;
    }

    /** Records a store of another replica that this one does not know, if it may. */
    public void learn(StoreSpec store) {
        if (answers.hasStorage(Registers.NOBODY)) {
            position = Math.max(position, stores.learn(store));
        }
    }

    /**
     * Takes a copy of another replica. One of a strong store is what the coordinator of its ballot
     * has sent to all replicas, so it is accepted as that message would be, if it came now.
     */
    public Taken take(Copy copy) {
        Taken taken = copy instanceof Copy.Register register ? take(register) : take((Copy.Value) copy);
        if (taken == Taken.KEPT) {
            position = Math.max(position, position(copy.key()));
        }
        return taken;
    }

    private Taken take(Copy.Register copy) {
        return registers.relay(copy.key(), copy.accepted(), copy.state());
    }

    private Taken take(Copy.Value copy) {
        RecordKey key = copy.key();
        if (!answers.hasStorage(Registers.NOBODY)
                || !tables.knowsStore(key.store())
                || !tables.rules().takesVersioned()
                || key.length() > RecordKey.MAX_BYTES
                || !values.takes(copy.value())) {
            return Taken.REFUSED;
        }
        return values.keep(key, copy.value()) ? Taken.KEPT : Taken.KNOWN;
    }

    /** What this replica has promised for a key of a strong store. */
    public Ballot promised(RecordKey key) {
        return tables.acceptor(key).promised();
    }

    private long position(RecordKey key) {
        Acceptor acceptor = tables.acceptors.get(key);
        VersionedRecord value = tables.values.get(key);
        return Math.max(acceptor == null ? 0 : acceptor.position, value == null ? 0 : value.position());
    }

    /** Runs the task once all copies that were taken are durable; never, if the storage fails. */
    public void whenDurable(Runnable task) {
        answers.whenDurable(position, task);
    }
}
