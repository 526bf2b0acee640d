package io.coterie.consistency.internal.round;

import io.coterie.consistency.Result;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.wire.SettlingRead;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers reads of one key at a node that only reads. Where no majority agrees, as a change is in
 * flight or was left halfway, it may not write back what it has found: it has a replica read the
 * key instead, which may. It asks one that is behind, as that will have taken the newer state
 * before it answers; and when it does not answer, the next one, until the time of the reads is
 * over.
 */
public final class ReaderRound extends QuorumRead implements ReplyHandler<SettlingRead.Found> {
    /**
     * A read takes a replica two round trips, or some more where others change the key: one that
     * takes longer is in trouble.
     */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private int settling;
    private @Nullable NodeId asked;
    private @Nullable String problem;

    public ReaderRound(RoundContext context, RoundKey key, Batch batch) {
        super(context, key, batch);
    }

    @Override
    void disagreed(Ballot highest, byte @Nullable [] state) {
        settling = enterPhaseAside();
        NodeId helper = helper();
        asked = helper;
        long left = deadline() - now();
        if (left > 0) {
            replication()
                    .node()
                    .loop()
                    .send(
                            helper,
                            SettlingRead.METHOD,
                            new SettlingRead(key, left),
                            Math.min(left, PATIENCE_NANOS),
                            this);
        }
    }

    @Override
    void again() {
        key.continueWith(this, new ReaderRound(context, key, batch));
    }

    @Override
    String whatIsMissing() {
        NodeId helper = asked;
        if (helper == null) {
            return super.whatIsMissing();
        }
        return "found a change of its key that is not finished, which a reader may not finish itself, and replica "
                + helper + " did not in time" + (problem == null ? "" : ": " + problem);
    }

    @Override
    public void onReply(NodeId peer, SettlingRead.Found found) {
        if (isCurrent(settling) && asked != null) {
            finish(new Result(true, found.value()));
        }
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        if (isCurrent(settling) && asked != null) {
            problem = String.valueOf(failure.getMessage());
            pause(batch.countConflict());
        }
    }

    private NodeId helper() {
        List<NodeId> replicas = voters.replicas();
        NodeId first = behind();
        int place = first == null ? 0 : replicas.indexOf(first);
        return replicas.get((place + batch.conflicts()) % replicas.size());
    }
}
