package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.Compaction;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica's access to its journal. Changes are appended, and an answer is sent once all changes
 * that it depends on are durable. After a failure of the storage, and after the close, nothing is
 * answered.
 */
final class DurableAnswers implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final ReplicaTables tables;
    private final Journal journal;
    private final Compaction compaction;
    private Consumer<String> onFailure = reason -> {};
    private @Nullable String failure;
    private boolean closed;

    /** Opens a journal. */
    interface Opener {
        Journal open(Consumer<StorageException> onFailure);
    }

    /** Opens the journal, which fills the tables. */
    DurableAnswers(Opener opener, ReplicaTables tables, JournalEntries entries) {
        this.tables = tables;
        this.journal = opener.open(this::failed);
        this.compaction = new Compaction(journal, tables, entries, this::append);
    }

    /**
     * Sets the listener that gets the reason when the storage fails, at once if it has failed. The
     * storage may fail while it is opened, before there is a listener.
     */
    void onFailure(Consumer<String> listener) {
        onFailure = listener;
        if (failure != null) {
            listener.accept(failure);
        }
    }

    /**
     * Appends an entry. If that fails, the tables are ahead of the journal for good, and the
     * replica must no longer answer: the answer to a repeated request would depend on the lost
     * entry.
     */
    long append(Supplier<ByteBuffer> entry) {
        try {
            long position = journal.append(journal.keepsRecords() ? entry.get() : NOTHING);
            compaction.appended(position);
            return position;
        } catch (RuntimeException | Error e) {
            failed(new StorageException("cannot append an entry to the journal: " + e, true, e));
            return Compaction.FAILED;
        }
    }

    /** Answers once a position is durable. */
    <A> void reply(long position, Responder<A> answer, A content) {
        if (hasStorage(answer)) {
            // An answer rests on the configuration under which it was made, too.
            journal.whenDurable(Math.max(position, tables.configurationPosition), () -> answer.reply(content));
        }
    }

    /** Runs the task once a position is durable. */
    void whenDurable(long position, Runnable task) {
        if (failure == null) {
            journal.whenDurable(position, task);
        }
    }

    /** Whether requests are served; if not, this one is refused. */
    boolean hasStorage(Responder<?> answer) {
        if (failure != null) {
            answer.fail(new ReplicaRefusal(RefusalKind.NO_STORAGE, failure));
            return false;
        }
        if (closed) {
            answer.fail(new ReplicaRefusal(RefusalKind.NO_STORAGE, "this replica is closed"));
            return false;
        }
        return true;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        journal.close();
    }

    private void failed(StorageException e) {
        failure = String.valueOf(e.getMessage());
        onFailure.accept(failure);
    }
}
