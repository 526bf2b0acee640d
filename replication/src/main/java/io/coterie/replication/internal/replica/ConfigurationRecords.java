package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Tenure;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica's journal has about configurations: the one that is adopted, and what the replica
 * has promised and accepted as a keeper.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class ConfigurationRecords {
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final Identity identity;
    private final VotingRight votingRight;
    private long position;

    /** Whether the replica is to keep what it takes now. */
    private boolean stays;

    ConfigurationRecords(
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            Identity identity,
            VotingRight votingRight) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.identity = identity;
        this.votingRight = votingRight;
        this.stays = stays(tables.configuration);
    }

    private boolean stays(@Nullable Configuration adopted) {
        return adopted == null ? identity.founds() : adopted.placement().staysWith(identity.self());
    }

    /**
     * Whether what this replica takes now stays in the cluster. One that goes has listed all that it
     * has, or will have before it goes; what came later would go with it.
     */
    boolean stays() {
        return stays;
    }

    /** The configuration that is adopted; null before there is one. */
    public @Nullable Configuration adopted() {
        return tables.configuration;
    }

    /** The members of the adopted configuration, as a human-readable text. */
    String members() {
        return String.valueOf(tables.members());
    }

    /** How many keys this replica has records of. */
    public int keys() {
        return tables.acceptors.size() + tables.values.size();
    }

    /** The epoch of the configuration that is adopted; 0 before there is one. */
    public long epoch() {
        Configuration adopted = tables.configuration;
        return adopted == null ? 0 : adopted.epoch();
    }

    /** What the replica has promised and accepted for the configuration after the adopted one. */
    public KeeperRecord keeper() {
        KeeperRecord record = tables.keeper;
        return record.base() == epoch() ? record : KeeperRecord.after(epoch());
    }

    /** The incarnation of this replica's records. */
    public MemberId self() {
        return new MemberId(identity.self(), identity.incarnation());
    }

    /**
     * With which records this replica is a member, or is to become one: others than its {@linkplain
     * #self own} if those are an older copy.
     */
    public MemberId joining() {
        return identity.joining();
    }

    /** Runs the task when this replica's records are found to be an older copy. */
    public void onRenewal(Runnable task) {
        identity.onRenewal(task);
    }

    /** The replicas that this one was given, as a text to compare. */
    public String replicas() {
        return identity.replicas();
    }

    /** Whether a node was given the same replicas as this one; if not, the request is refused. */
    public boolean hasSameReplicas(NodeId caller, String callersReplicas, Responder<?> answer) {
        return identity.hasSameReplicas(caller, callersReplicas, answer);
    }

    /** Whether the replica may vote. */
    public boolean votes() {
        return votingRight.votes();
    }

    /** Whether the replica has voted before, in an earlier start or in this one. */
    public boolean hasVoted() {
        return votingRight.hasVoted();
    }

    /** Whether the replica's storage serves; if not, the request is refused. */
    public boolean hasStorage(Responder<?> answer) {
        return answers.hasStorage(answer);
    }

    /** How much this replica's memory is worth to others. */
    public Witness witness() {
        return votingRight.witness();
    }

    /** The incarnations of other replicas that this one remembers. */
    public List<MemberId> remembered() {
        List<MemberId> all = new ArrayList<>();
        tables.registrations.forEach((node, known) -> all.add(new MemberId(node, known.incarnation())));
        return all;
    }

    /**
     * Adopts a configuration that is known to be chosen, and is newer than the adopted one. A
     * replica that was away drops its registers: the entry in the journal stands for that, too.
     */
    public void adopt(Configuration chosen) {
        identity.renewBy(chosen);
        if (Tenure.isInterrupted(tables.configuration, chosen, self())) {
            tables.dropRegisters();
        }
        tables.configuration = chosen;
        stays = stays(chosen);
        position = answers.append(() -> entries.configuration(chosen));
        tables.configurationPosition = position;
    }

    /** Changes what the replica has promised and accepted as a keeper. */
    public void keep(KeeperRecord record) {
        tables.keeper = record;
        position = answers.append(() -> entries.keeper(record));
    }

    /** Answers once all that these records have is durable. */
    public <A> void reply(Responder<A> answer, A content) {
        answers.reply(position, answer, content);
    }

    /** Runs the task once all that these records have is durable. */
    public void whenDurable(Runnable task) {
        answers.whenDurable(position, task);
    }
}
