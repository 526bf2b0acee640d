package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.node.NodeId;

/**
 * The answers to a read of one key. A node that has a state of the key sends its ballot to the
 * replicas. A replica that has accepted the same ballot reports that instead of sending the state,
 * because a ballot belongs to one state only. So a read of a key that nobody writes costs a few
 * bytes, however large the value is.
 */
public final class ReadCollector implements ResponseCollector<ReadMethod.Found> {
    private final ReadAnswer known;
    private final ResponseCollector<ReadAnswer> collector;

    /**
     * Hands the answers to a collector.
     *
     * @param known the state that this node has
     */
    public ReadCollector(ReadAnswer known, ResponseCollector<ReadAnswer> collector) {
        this.known = known;
        this.collector = collector;
    }

    @Override
    public boolean onAnswer(NodeId replica, ReadMethod.Found found) {
        ReadAnswer other = found.other();
        return collector.onAnswer(replica, other == null ? known : other);
    }

    @Override
    public void onVotersChanged() {
        collector.onVotersChanged();
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        collector.onProblem(replica, problem);
    }

    @Override
    public boolean asksAgain(NodeId replica, int failures) {
        return collector.asksAgain(replica, failures);
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        collector.onTooLarge(replica, problem);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        collector.onOtherPolicy(replica, problem);
    }
}
