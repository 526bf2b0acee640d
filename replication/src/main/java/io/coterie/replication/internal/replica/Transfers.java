package io.coterie.replication.internal.replica;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica's part in a change of the group of replicas: it lists all that it has, and takes what
 * the group before it knows.
 *
 * <p>What comes is not held to the bound of ballots. A majority of the group before may have
 * promised it, whatever the clocks were then, and a group that could not take it could never follow
 * that one.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class Transfers {
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final StoreRecords stores;
    private final Registers registers;
    private final EventualValues values;
    private final LoopShares shares;
    private final int maxPayloadBytes;
    private PartitionGate gate = PartitionGate.CLOSED;

    Transfers(
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            VotingRight votingRight,
            StoreRecords stores,
            Registers registers,
            EventualValues values,
            LoopShares shares,
            int maxPayloadBytes) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.votingRight = votingRight;
        this.stores = stores;
        this.registers = registers;
        this.values = values;
        this.shares = shares;
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** Sets which requests are served. By default none is. */
    public void gate(PartitionGate newGate) {
        gate = newGate;
    }

    void list(NodeId caller, ListMethod.Request request, Responder<ListMethod.Page> answer) {
        if (!serves(request.since(), request.incarnation(), answer)) {
            return;
        }
        ListedPage page =
                new ListedPage(tables, request.states(), request.mostBytes(), maxPayloadBytes, shares.room(caller));
        if (request.scope() instanceof ListMethod.Cursor from) {
            page.addFrom(from);
        } else if (request.scope() instanceof ListMethod.OneKey one) {
            page.addOne(one.kind(), one.key());
        }
        shares.charge(caller, page.cost());
        answers.reply(page.position(), answer, page.answer());
    }

    /**
     * Takes what the group before knows. Whatever is refused leaves the rest taken, which does no
     * harm: each part of a request is as good alone.
     */
    void take(NodeId caller, TransferMethod.Request request, Responder<TransferMethod.Answer> answer) {
        if (!serves(request.since(), request.incarnation(), answer)) {
            return;
        }
        for (StoreSpec store : request.stores()) {
            if (!stores.take(store, answer)) {
                return;
            }
        }
        long position = tables.namesPosition;
        List<Integer> refused = new ArrayList<>();
        for (int i = 0; i < request.known().size(); i++) {
            Known known = request.known().get(i);
            if (!isFit(known, answer)) {
                return;
            }
            if (known instanceof Known.Register register) {
                Acceptor acceptor = tables.acceptor(register.key());
                if (!take(register, acceptor)) {
                    refused.add(i);
                }
                position = Math.max(position, acceptor.position);
            } else if (known instanceof Known.Value value) {
                position = Math.max(position, take(value));
            } else if (known instanceof Known.Floor floor) {
                position = Math.max(position, take(floor));
            }
        }
        answers.reply(position, answer, new TransferMethod.Answer(refused));
    }

    private boolean serves(long since, long incarnation, Responder<?> answer) {
        if (!answers.hasStorage(answer)) {
            return false;
        }
        ReplicaRefusal refusal = gate.refusal(since, incarnation);
        if (refusal == null && !votingRight.votes() && votingRight.state() != ReplicaState.FAILED) {
            refusal = new ReplicaRefusal(RefusalKind.NOT_VOTING, String.valueOf(votingRight.problem()));
        }
        if (refusal != null) {
            answer.fail(refusal);
        }
        return refusal == null;
    }

    private boolean isFit(Known known, Responder<?> answer) {
        if (known instanceof Known.Floor) {
            return true;
        }
        RecordKey key = known instanceof Known.Register register ? register.key() : ((Known.Value) known).key();
        if (!tables.knowsStore(key.store())) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.UNKNOWN_STORE, "a transfer has a record of a store that is not recorded here"));
            return false;
        }
        return known instanceof Known.Register register
                ? RequestChecks.takesRegisters(tables.rules(), answer)
                        && RequestChecks.isFit(register, tables.rules(), tables.acceptor(key), answer)
                : RequestChecks.takesVersioned(tables.rules(), answer) && RequestChecks.isFit(key, answer);
    }

    /** Takes a register; returns whether the replica lacks nothing of it now. */
    private boolean take(Known.Register known, Acceptor acceptor) {
        byte[] state = known.state();
        if (state != null && !acceptor.includes(known.accepted())) {
            return registers.take(
                    new ReplicaMethods.Accept(known.key(), known.accepted(), state, known.promised()), acceptor, false);
        }
        if (known.promised().isAbove(acceptor.promised()) && acceptor.prepare(known.promised())) {
            acceptor.position = answers.append(() -> entries.promise(known.key(), acceptor.promised()));
            tables.changed(acceptor);
        }
        return true;
    }

    /** Keeps the later of two values; returns the position at which it is durable. */
    private long take(Known.Value known) {
        // The clock follows, unless the timestamp is too far ahead; it is kept in any case.
        values.takes(known.value());
        values.keep(known.key(), known.value());
        VersionedRecord kept = tables.values.get(known.key());
        return kept == null ? 0 : kept.position();
    }

    /**
     * Raises the promise of absent keys, see {@link AcceptorRules#raisedFloor}; returns the
     * position at which it is durable.
     */
    private long take(Known.Floor known) {
        if (known.floor().isAbove(tables.floors.of(known.store()))) {
            Ballot floor = tables.floors.raise(known.store(), known.floor());
            tables.floors.raisedAt(answers.append(() -> entries.floor(known.store(), floor)));
        }
        return tables.floors.position();
    }
}
