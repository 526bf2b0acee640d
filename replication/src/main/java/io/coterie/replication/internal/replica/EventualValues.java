package io.coterie.replication.internal.replica;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.Iterator;

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
        long ahead = 0;
        for (Iterator<VersionedRecord> records = tables.values.iterator(); records.hasNext(); ) {
            ahead += timestamps.observe(records.next().value().timestamp()) ? 0 : 1;
        }
        return ahead;
    }

    void fetch(NodeId caller, RecordKey key, Responder<VersionedValue> answer) {
        VersionedRecord known = tables.values.get(key);
        byte[] value = known == null ? null : known.value().value();
        shares.charge(caller, value == null ? 0 : value.length);
        answers.reply(
                known == null ? 0 : known.position(), answer, known == null ? VersionedValue.NEVER : known.value());
    }

    /**
     * @param leads is called for a timestamp that is refused
     */
    void merge(NodeId caller, ReplicaMethods.Merge request, ClockLeadListener leads, Responder<HlcTimestamp> answer) {
        HlcTimestamp timestamp = request.value().timestamp();
        if (!takes(request.value())) {
            long lead = timestamps.leadMillis(timestamp);
            leads.onLead(caller, lead);
            answer.fail(new ReplicaRefusal(
                    RefusalKind.CLOCK_AHEAD,
                    "the write's timestamp is " + lead
                            + " ms ahead of this replica's clock; set the clocks of both machines"));
            return;
        }
        keep(request.key(), request.value());
        VersionedRecord kept = tables.values.get(request.key());
        answers.reply(
                kept == null ? 0 : kept.position(),
                answer,
                kept == null ? HlcTimestamp.NONE : kept.value().timestamp());
    }

    /** Whether a value's timestamp is not too far ahead of this node's clock, which follows it. */
    boolean takes(VersionedValue value) {
        return timestamps.observe(value.timestamp());
    }

    /**
     * Whether a timestamp counts as later than another at this node, see {@link HlcClock#isLater}.
     */
    boolean isLater(HlcTimestamp one, HlcTimestamp other) {
        return timestamps.isLater(one, other);
    }

    /** Keeps a value unless there is a later one; returns whether it is kept. */
    boolean keep(RecordKey key, VersionedValue value) {
        VersionedRecord known = tables.values.get(key);
        HlcTimestamp before = known == null ? HlcTimestamp.NONE : known.value().timestamp();
        if (!timestamps.isLater(value.timestamp(), before)) {
            return false;
        }
        tables.put(key, value, answers.append(() -> entries.value(key, value)));
        return true;
    }
}
