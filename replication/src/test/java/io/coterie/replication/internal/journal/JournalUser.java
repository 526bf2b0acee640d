package io.coterie.replication.internal.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.TestLoop;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Opens a journal as a replica does, and notes all that it hears. Records are texts. */
final class JournalUser implements AutoCloseable {
    final TestLoop loop = new TestLoop();
    final List<String> recovered = new ArrayList<>();
    final List<String> durable = new ArrayList<>();
    final List<StorageException> failures = new ArrayList<>();
    final Journal journal;

    JournalUser(Storage storage) {
        this(storage, "a");
    }

    JournalUser(Storage storage, String self) {
        journal = storage.open(
                NodeId.of(self),
                loop.world(),
                record -> recovered.add(UTF_8.decode(record).toString()),
                failures::add);
    }

    /** Appends a record, and notes it under {@link #durable} once it is. */
    void append(String record) {
        ByteBuffer bytes = ByteBuffer.wrap(record.getBytes(UTF_8));
        journal.whenDurable(journal.append(bytes), () -> durable.add(record));
        Arrays.fill(bytes.array(), (byte) '?');
    }

    /** Appends a record and waits until it is durable, on a disk with a thread of its own. */
    JournalUser store(String... records) throws InterruptedException {
        for (String record : records) {
            append(record);
            loop.runUntil(() -> durable.contains(record));
        }
        return this;
    }

    /** Runs loop and jobs until nothing is left to do. */
    void settle(FaultyDisk disk) {
        boolean busy = true;
        while (busy) {
            busy = loop.drain();
            busy |= disk.runJobs();
        }
    }

    @Override
    public void close() {
        journal.close();
        loop.drain();
    }
}
