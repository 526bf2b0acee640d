package io.coterie.replication.internal.replica;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.tables.Compaction;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a replica: its incarnation, the random numbers of all its starts and the list of
 * replicas, all in its journal.
 */
public final class Identity {
    private final NodeId self;
    private final String replicas;
    private final Set<String> names;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final Compaction.Appender journal;
    private long position;
    private long start;

    /** The incarnation of the records that are to take the place of these; null for none. */
    private @Nullable Long renewal;

    private Runnable onRenewal = () -> {};

    /**
     * The identity of a replica whose journal has been read.
     *
     * @param replicas the names of all replicas, as a text to compare; empty if this replica founds
     *     no cluster, and looks for one
     */
    Identity(NodeId self, String replicas, ReplicaTables tables, JournalEntries entries, Compaction.Appender journal) {
        this.self = self;
        this.replicas = replicas;
        this.names = Set.of(replicas.split(", "));
        this.tables = tables;
        this.entries = entries;
        this.journal = journal;
    }

    /**
     * Refuses another list of replicas than the recorded one, where there is no configuration yet:
     * two majorities of different lists need not share a replica.
     *
     * @param storage where the list is recorded, for the text
     */
    static void requireFounders(NodeId self, String replicas, ReplicaTables tables, Storage storage) {
        String recorded = tables.replicas;
        boolean founds = !replicas.isEmpty();
        if (founds && tables.configuration == null && recorded != null && !recorded.equals(replicas)) {
            throw new ConfigurationMismatchException("replica " + self + " was started with the replicas " + replicas
                    + ", but its records in " + storage + " belong to the replicas " + recorded
                    + ". With other replicas, acknowledged writes could be lost, so it does not start. List "
                    + recorded
                    + " again, with new addresses if they have moved; to begin again without the records, give every"
                    + " replica an empty directory");
        }
    }

    /** Records this start, and what is not recorded yet. */
    void record(RandomSource random) {
        if (tables.incarnation == null) {
            tables.incarnation = random.nextLong();
            position = journal.append(() -> entries.incarnation(incarnation()));
        }
        if (tables.replicas == null && founds()) {
            tables.replicas = replicas;
            position = journal.append(() -> entries.replicas(replicas));
        }
        start = random.nextLong();
        recordStart();
    }

    private void recordStart() {
        tables.starts.add(start);
        position = journal.append(() -> entries.start(start));
    }

    /**
     * These records are an older copy. They stay as they are until a configuration names others in
     * their place: if too many are lost for that, they may be the best that is left.
     */
    void renew(RandomSource random) {
        renewal = random.nextLong();
        onRenewal.run();
    }

    /** Runs the task when these records are found to be an older copy. */
    void onRenewal(Runnable task) {
        onRenewal = task;
    }

    /** Whether these records are an older copy, and no configuration names others in their place yet. */
    boolean isRenewing() {
        return renewal != null;
    }

    /** With which records this replica is a member, or is to become one. */
    MemberId joining() {
        return new MemberId(self, renewal == null ? incarnation() : renewal);
    }

    /**
     * A configuration was chosen. If it names new records in place of an older copy, those begin
     * empty. One entry of the journal stands for that.
     */
    void renewBy(Configuration chosen) {
        Long named = renewal;
        if (named == null || chosen.find(joining()) == null) {
            return;
        }
        renewal = null;
        tables.beginAgain(named);
        position = journal.append(() -> entries.incarnation(named));
        recordStart();
    }

    /** This replica's name. */
    NodeId self() {
        return self;
    }

    /** The random number that was drawn when the replica had no records, or lost them. */
    long incarnation() {
        Long incarnation = tables.incarnation;
        if (incarnation == null) {
            throw new IllegalStateException("not opened");
        }
        return incarnation;
    }

    /** The random number of this start. */
    long start() {
        return start;
    }

    /**
     * Whether this replica's records include the start that another replica remembers, see {@link
     * AcceptorRules#recognises}.
     */
    boolean recognises(Remembered remembered) {
        return AcceptorRules.recognises(remembered, incarnation(), tables.starts);
    }

    /** Whether a node is one of the replicas. */
    boolean isReplica(NodeId node) {
        Configuration adopted = tables.configuration;
        return adopted == null
                ? names.contains(node.name())
                : !adopted.named(node).isEmpty();
    }

    /** Whether this replica may found a cluster with others; if not, it only looks for one. */
    boolean founds() {
        return !replicas.isEmpty();
    }

    /** The names of all replicas that this node was given. */
    String replicas() {
        return replicas;
    }

    /**
     * Refuses a request that only replicas may send to a node that is none. For instance, only
     * replicas register, because a registered start is never forgotten.
     *
     * @param what the verb of the text: what only replicas can do
     */
    private void requireReplica(NodeId caller, String what) {
        if (!isReplica(caller)) {
            throw new ReplicaRefusal(
                    RefusalKind.NO_REPLICA,
                    "node " + caller + " is not one of the replicas, and only they can " + what + ". The replicas are "
                            + members());
        }
    }

    /** The position of the identity in the journal: it must be durable before others learn it. */
    long position() {
        return position;
    }

    /** Whether the adopted configuration names this replica with these records. */
    boolean isMember() {
        Configuration adopted = tables.configuration;
        return adopted != null && adopted.find(new MemberId(self, incarnation())) != null;
    }

    private String members() {
        String known = tables.members();
        return known == null ? replicas : known;
    }

    /**
     * Whether a node was given the same replicas as this one; if not, the request is refused. For
     * what nodes do before there is a configuration.
     */
    boolean hasSameReplicas(NodeId caller, String callersReplicas, Responder<?> answer) {
        if (founds() && callersReplicas.equals(replicas)) {
            return true;
        }
        if (!founds()) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.OTHER_REPLICAS,
                    "replica " + self + " was started to join a cluster, so it founds none. If there is no cluster yet,"
                            + " start those that are to found it with their list of replicas, and without joining"));
            return false;
        }
        answer.fail(
                new ReplicaRefusal(RefusalKind.OTHER_REPLICAS, difference(self, replicas, caller, callersReplicas)));
        return false;
    }

    /** Whether a node is one of the replicas; if not, the request is refused. */
    boolean isReplica(NodeId caller, String what, Responder<?> answer) {
        try {
            requireReplica(caller, what);
            return true;
        } catch (ReplicaRefusal refusal) {
            answer.fail(refusal);
            return false;
        }
    }

    /** The text for two nodes that were given different replicas. */
    static String difference(NodeId one, String itsReplicas, NodeId other, String othersReplicas) {
        return "the replicas of " + one + " are " + itsReplicas + ", those of " + other + " are " + othersReplicas
                + ". Give all nodes the same list";
    }

    /**
     * Remembers another replica's latest start, if the start that it replaces is the one that is
     * remembered.
     *
     * @return what is remembered of the other replica afterwards
     */
    @Nullable
    Remembered register(NodeId caller, RegisterMethod.Request request) {
        Remembered known = remembered(caller, request.incarnation());
        Long latest = request.start();
        if (latest == null || !AcceptorRules.replaces(known, request)) {
            return known;
        }
        Remembered updated = new Remembered(request.incarnation(), latest);
        tables.registrations.put(caller, updated);
        tables.namesPosition = journal.append(() -> entries.registration(caller, updated));
        return updated;
    }

    /**
     * What is remembered of a replica. A configuration that names its incarnation has more weight
     * than what was remembered of an earlier one: that one was replaced.
     */
    private @Nullable Remembered remembered(NodeId caller, long incarnation) {
        Remembered known = tables.registrations.get(caller);
        Configuration adopted = tables.configuration;
        boolean wasReplaced = known != null
                && known.incarnation() != incarnation
                && adopted != null
                && incarnation != 0
                && adopted.find(new MemberId(caller, incarnation)) != null;
        return wasReplaced ? null : known;
    }
}
