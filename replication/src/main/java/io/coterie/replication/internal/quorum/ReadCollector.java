package io.coterie.replication.internal.quorum;

import io.coterie.replication.Gathering;
import io.coterie.replication.ReadAnswer;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.rpc.NodeId;

/**
 * A read of one key. Where the node that reads has a state of it, replicas are told the ballot, and
 * one that has accepted the same says so rather than send the state: a ballot goes with one state
 * only. A key that nobody writes is so read for a few bytes, however large its value is.
 */
public final class ReadCollector implements Gathering<ReadMethod.Found> {
    private final ReadAnswer known;
    private final Gathering<ReadAnswer> gathering;

    /**
     * Tells a gathering what replicas found.
     *
     * @param known what this node has
     */
    public ReadCollector(ReadAnswer known, Gathering<ReadAnswer> gathering) {
        this.known = known;
        this.gathering = gathering;
    }

    @Override
    public boolean onAnswer(NodeId replica, ReadMethod.Found found) {
        ReadAnswer other = found.other();
        return gathering.onAnswer(replica, other == null ? known : other);
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        gathering.onProblem(replica, problem);
    }

    @Override
    public boolean asksAgain(NodeId replica, int failures) {
        return gathering.asksAgain(replica, failures);
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        gathering.onTooLarge(replica, problem);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        gathering.onOtherPolicy(replica, problem);
    }

    @Override
    public void onOtherReplicas(NodeId replica, String problem) {
        gathering.onOtherReplicas(replica, problem);
    }
}
