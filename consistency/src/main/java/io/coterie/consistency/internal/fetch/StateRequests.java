package io.coterie.consistency.internal.fetch;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Asks replicas for the state of a key: all of them to send it, or {@linkplain StateSenders where
 * states are large} one alone. For one store.
 */
public final class StateRequests {
    private final NodeReplication replication;
    private final ConsensusRules rules;
    private final StateSenders senders;

    /** @param largeBytes from which size on states are sent by one replica */
    public StateRequests(NodeReplication replication, ConsensusRules rules, int largeBytes) {
        this.replication = replication;
        this.rules = rules;
        this.senders = new StateSenders(replication, largeBytes);
    }

    /** Asks what is accepted for a key. */
    public QuorumCall read(RecordKey key, long deadline, ResponseCollector<ReadAnswer> collector) {
        NodeId sender = senders.forRead();
        if (sender == null) {
            return replication.read(key, deadline, collector);
        }
        OneState<ReadAnswer> answers = new OneState<>(this, sender, collector);
        return answers.begun(replication.read(key, sender, deadline, answers));
    }

    /**
     * Asks for promises.
     *
     * @param conflicts how many the round has met
     */
    public QuorumCall prepare(
            RecordKey key, Ballot ballot, int conflicts, long deadline, ResponseCollector<PrepareAnswer> collector) {
        NodeId sender = senders.forChange(conflicts);
        if (sender == null) {
            return replication.prepare(key, ballot, deadline, collector);
        }
        OneState<PrepareAnswer> answers = new OneState<>(this, sender, collector);
        return answers.begun(replication.prepare(key, ballot, sender, deadline, answers));
    }

    /** The replicas are others now. */
    public void change(Voters before, Voters now) {
        senders.change(before, now);
    }

    /** A state was read, if there was one, or is written. */
    public void observe(byte @Nullable [] state) {
        senders.observe(state);
    }

    StateSenders senders() {
        return senders;
    }

    NodeReplication replication() {
        return replication;
    }

    ConsensusRules rules() {
        return rules;
    }

    long now() {
        return replication.world().clock().nanos();
    }
}
