package io.coterie.replication.internal.replica;

import io.coterie.replication.RecordKey;
import io.coterie.replication.Stamp;
import io.coterie.replication.Stamped;
import io.coterie.replication.clock.StampClock;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;

/**
 * A replica's part in eventual stores: it keeps the value with the latest stamp for each key,
 * unless that stamp is too far ahead of its clock. It need not vote for that.
 */
final class EventualValues {
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final StampClock stamps;
    private final LoopShares shares;

    EventualValues(
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            StampClock stamps,
            LoopShares shares) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.stamps = stamps;
        this.shares = shares;
    }

    /**
     * Moves the clock above the stamps of all values that were read back, except those that are too
     * far ahead; returns how many those are.
     */
    long observeAll() {
        return tables.values.values().stream()
                .filter(record -> !stamps.observe(record.value().stamp()))
                .count();
    }

    void fetch(NodeId caller, RecordKey key, Responder<Stamped> answer) {
        ReplicaTables.StampedRecord known = value(key);
        byte[] value = known.value().value();
        shares.charge(caller, value == null ? 0 : value.length);
        answers.reply(known.position(), answer, known.value());
    }

    /**
     * @param leads is called for a stamp that is refused
     */
    void merge(NodeId caller, ReplicaMethods.Merge request, ClockLeadListener leads, Responder<Stamp> answer) {
        Stamp stamp = request.value().stamp();
        if (!stamps.observe(stamp)) {
            long lead = stamps.leadMillis(stamp);
            leads.onLead(caller, lead);
            answer.fail(new ReplicaRefusal(
                    RefusalKind.CLOCK_AHEAD,
                    "the write's timestamp is " + lead
                            + " ms ahead of this replica's clock; set the clocks of both machines"));
            return;
        }
        ReplicaTables.StampedRecord known = value(request.key());
        if (stamps.isLater(stamp, known.value().stamp())) {
            long position = answers.append(() -> entries.value(request.key(), request.value()));
            known = new ReplicaTables.StampedRecord(request.value(), position);
            tables.put(request.key(), known);
        }
        answers.reply(known.position(), answer, known.value().stamp());
    }

    private ReplicaTables.StampedRecord value(RecordKey key) {
        return tables.values.getOrDefault(key, ReplicaTables.StampedRecord.NEVER);
    }
}
