package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.policy.LocalTombstones;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.tables.AbsentKeys;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.spi.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica's part in the collection of deleted keys: it lists them, and forgets them on request.
 * The promise of a forgotten key lives on in the floor of its store.
 */
final class DeletedKeys implements LocalTombstones {
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final BallotBound bound;
    private final Clock clock;

    DeletedKeys(
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            VotingRight votingRight,
            BallotBound bound,
            Clock clock) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.votingRight = votingRight;
        this.bound = bound;
        this.clock = clock;
    }

    /**
     * Forgets a deleted key; the caller knows that all replicas have accepted the delete. See
     * {@link AcceptorRules#isRemoved}.
     */
    void remove(ReplicaMethods.Remove request, Responder<Boolean> answer) {
        Acceptor acceptor = tables.acceptor(request.key());
        byte[] deleted = acceptor.state();
        boolean isTombstone = deleted != null && Acceptor.isTombstone(deleted);
        if (AcceptorRules.isRemoved(
                acceptor.accepted(), isTombstone, acceptor.promised(), request.ballot(), request.floor())) {
            remove(request.key(), request.floor());
            answers.reply(tables.floors.position(), answer, true);
        } else {
            answers.reply(acceptor.position, answer, acceptor.accepted().equals(Ballot.NONE));
        }
    }

    @Override
    public void forgetPromise(RecordKey key) {
        Acceptor acceptor = tables.acceptor(key);
        if (AcceptorRules.becomesFloor(acceptor.kept, acceptor.state()) && bound.isWithin(acceptor.promisedCounter())) {
            remove(key, acceptor.promised());
        }
    }

    private void remove(RecordKey key, Ballot atLeast) {
        Ballot floor = tables.floors.raise(key.store(), atLeast);
        tables.floors.raisedAt(answers.append(() -> entries.removed(key, floor)));
        tables.remove(key);
    }

    @Override
    public List<Tombstone> next(String policy, int limit) {
        if (answers.isClosed() || !votingRight.votes()) {
            return List.of();
        }
        List<Tombstone> found = new ArrayList<>();
        long now = clock.nanos();
        for (long store : tables.absentKeys.stores()) {
            StoreSpec spec = tables.stores.get(store);
            if (spec != null && QuorumPair.policyWithoutQuorums(spec.policy()).equals(policy)) {
                for (AbsentKeys.Entry entry : tables.absentKeys.next(store, limit)) {
                    Acceptor acceptor = tables.acceptor(entry.key());
                    found.add(new Tombstone(
                            entry.key(),
                            acceptor.accepted(),
                            acceptor.state(),
                            acceptor.promised(),
                            now - entry.since()));
                }
            }
        }
        return found;
    }

    @Override
    public boolean any() {
        return !tables.absentKeys.isEmpty();
    }

    @Override
    public void onFirst(Runnable listener) {
        tables.absentKeys.onFirst(listener);
    }
}
