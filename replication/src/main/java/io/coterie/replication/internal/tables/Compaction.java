package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.storage.Journal;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * Keeps a replica's journal from growing for ever. Every entry is the whole new state of what it
 * names, and the last one counts. So a compaction appends the entries that still count again, a
 * piece at a time, with new entries in between. Once all of them are durable, the older ones are
 * removed.
 *
 * <p>A key that is removed during a compaction is not appended after its removal, because both
 * happen on one loop. A removal from before the compaction disappears together with all that it
 * removed, because the files from before the beginning count together or not at all.
 *
 * <p>The next piece waits until the last one is durable, so that a write waits for one piece at
 * most.
 */
public final class Compaction {
    /**
     * So few that a piece adds a few milliseconds to a force, and so many that there are few
     * forces.
     */
    private static final int PIECE_BYTES = 256 << 10;

    private final Journal journal;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final Appender appender;
    private Iterator<Acceptor> acceptors = Collections.emptyIterator();
    private Iterator<VersionedRecord> values = Collections.emptyIterator();
    private boolean running;
    private long position;

    /**
     * The result of {@link Appender#append} when an entry could not be appended, so that the
     * replica has failed.
     */
    public static final long FAILED = Long.MAX_VALUE;

    /** Appends an entry to the journal; returns its position. */
    public interface Appender {
        long append(Supplier<ByteBuffer> entry);
    }

    public Compaction(Journal journal, ReplicaTables tables, JournalEntries entries, Appender appender) {
        this.journal = journal;
        this.tables = tables;
        this.entries = entries;
        this.appender = appender;
    }

    /** An entry was appended. A compaction begins once it is durable, if that is worthwhile. */
    public void appended(long newPosition) {
        if (!running && journal.isWorthCompacting(tables.liveBytes())) {
            running = true;
            journal.whenDurable(newPosition, this::begin);
        }
    }

    private void begin() {
        journal.beginCompaction();
        Long incarnation = tables.incarnation;
        if (incarnation != null) {
            append(() -> entries.incarnation(incarnation));
        }
        String replicas = tables.replicas;
        if (replicas != null) {
            append(() -> entries.replicas(replicas));
        }
        Configuration configuration = tables.configuration;
        if (configuration != null) {
            append(() -> entries.configuration(configuration));
        }
        if (!tables.keeper.promised().equals(Ballot.NONE)) {
            append(() -> entries.keeper(tables.keeper));
        }
        if (tables.voting) {
            append(entries::voting);
        }
        tables.starts.forEach(start -> append(() -> entries.start(start)));
        tables.registrations.forEach((peer, known) -> append(() -> entries.registration(peer, known)));
        tables.storesByName.values().forEach(store -> append(() -> entries.store(store)));
        tables.floors.forEach((store, floor) -> append(() -> entries.floor(store, floor)));
        acceptors = tables.acceptors.iterator();
        values = tables.values.iterator();
        appendNext();
    }

    private void appendNext() {
        boolean all = appendAcceptors(acceptors) && appendValues(values);
        if (position != FAILED) {
            journal.whenDurable(position, all ? this::end : this::appendNext);
        }
    }

    private boolean appendAcceptors(Iterator<? extends RecordKey> keys) {
        long bytes = 0;
        while (bytes < PIECE_BYTES && position != FAILED && keys.hasNext()) {
            RecordKey key = keys.next();
            // Not the iterator's: that may have been removed since.
            Acceptor acceptor = tables.acceptors.get(key);
            if (acceptor != null) {
                bytes += append(() -> entries.acceptor(key, acceptor));
            }
        }
        return !keys.hasNext();
    }

    private boolean appendValues(Iterator<? extends RecordKey> keys) {
        long bytes = 0;
        while (bytes < PIECE_BYTES && position != FAILED && keys.hasNext()) {
            RecordKey key = keys.next();
            VersionedRecord record = tables.values.get(key);
            if (record != null) {
                bytes += append(() -> entries.value(key, record.value()));
            }
        }
        return !keys.hasNext();
    }

    private void end() {
        running = false;
        journal.endCompaction();
    }

    /**
     * Once an entry could not be appended, this compaction never ends: the older entries must stay.
     */
    private int append(Supplier<ByteBuffer> entry) {
        if (position == FAILED) {
            return 0;
        }
        int[] bytes = {0};
        position = appender.append(() -> {
            ByteBuffer content = entry.get();
            bytes[0] = content.remaining();
            return content;
        });
        return bytes[0];
    }
}
