package io.coterie.replication.internal.replica;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;

/**
 * A replica's part in eventual stores: it keeps the value with the latest timestamp for each key,
 * unless that timestamp is too far ahead of its clock. It need not vote for that.
 */
final class EventualValues {
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final HlcClock timestamps;
    private final LoopShares shares;

    EventualValues(
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            HlcClock timestamps,
            LoopShares shares) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.timestamps = timestamps;
        this.shares = shares;
    }

    /**
     * Moves the clock above the timestamps of all values that were read back, except those that are
     * too far ahead; returns how many those are.
     */
    long observeAll() {
        return tables.values.values().stream()
                .filter(record -> !timestamps.observe(record.value().timestamp()))
                .count();
    }

    void fetch(NodeId caller, RecordKey key, Responder<VersionedValue> answer) {
        ReplicaTables.VersionedRecord known = value(key);
        byte[] value = known.value().value();
        shares.charge(caller, value == null ? 0 : value.length);
        answers.reply(known.position(), answer, known.value());
    }

    /**
     * @param leads is called for a timestamp that is refused
     */
    void merge(NodeId caller, ReplicaMethods.Merge request, ClockLeadListener leads, Responder<HlcTimestamp> answer) {
        HlcTimestamp timestamp = request.value().timestamp();
        if (!timestamps.observe(timestamp)) {
            long lead = timestamps.leadMillis(timestamp);
            leads.onLead(caller, lead);
            answer.fail(new ReplicaRefusal(
                    RefusalKind.CLOCK_AHEAD,
                    "the write's timestamp is " + lead
                            + " ms ahead of this replica's clock; set the clocks of both machines"));
            return;
        }
        ReplicaTables.VersionedRecord known = value(request.key());
        if (timestamps.isLater(timestamp, known.value().timestamp())) {
            long position = answers.append(() -> entries.value(request.key(), request.value()));
            known = new ReplicaTables.VersionedRecord(request.value(), position);
            tables.put(request.key(), known);
        }
        answers.reply(known.position(), answer, known.value().timestamp());
    }

    private ReplicaTables.VersionedRecord value(RecordKey key) {
        return tables.values.getOrDefault(key, ReplicaTables.VersionedRecord.NEVER);
    }
}
