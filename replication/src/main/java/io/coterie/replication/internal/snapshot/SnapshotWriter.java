package io.coterie.replication.internal.snapshot;

import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.DiskFile;
import io.coterie.rpc.codec.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes a snapshot. The entries in it are those of a journal. Not to be used by two threads. */
final class SnapshotWriter {
    private final DiskFile file;
    private final JournalEntries entries = new JournalEntries();
    private final ByteWriter frame = new ByteWriter();
    private CRC32C check = new CRC32C();
    private long at;
    private long stores;
    private long registers;
    private long values;
    private long floors;

    SnapshotWriter(DiskFile file) {
        this.file = file;
    }

    /** Begins the file, or begins it again. */
    void begin(SnapshotHead head) throws IOException {
        file.truncate(0);
        check = new CRC32C();
        at = 0;
        stores = 0;
        registers = 0;
        values = 0;
        floors = 0;
        ByteBuffer header = SnapshotFormat.header();
        check.update(header.duplicate());
        write(header);
        head.write(frame.clear().putByte(SnapshotFormat.HEAD));
        endFrame();
        frame.clear();
    }

    void add(List<Listed> listed) throws IOException {
        for (Listed each : listed) {
            add(each);
        }
        endEntries();
    }

    /** Ends the file, and makes all of it durable. */
    SnapshotTotals end() throws IOException {
        SnapshotTotals totals = new SnapshotTotals(stores, registers, values, floors);
        totals.write(frame.clear().putByte(SnapshotFormat.END));
        endFrame();
        file.force();
        return totals;
    }

    /** How many bytes are written. */
    long bytes() {
        return at;
    }

    private void add(Listed listed) throws IOException {
        ByteBuffer entry;
        if (listed instanceof Listed.Store store) {
            stores++;
            entry = entries.store(store.spec());
        } else if (listed instanceof Listed.Register register) {
            registers++;
            entry = entries.acceptor(register.key(), acceptor(register));
        } else if (listed instanceof Listed.Value value) {
            values++;
            entry = entries.value(value.key(), value.value());
        } else {
            floors++;
            Listed.Floor floor = (Listed.Floor) listed;
            entry = entries.floor(floor.store(), floor.floor());
        }
        if (frame.size() > 0 && frame.size() + entry.remaining() > SnapshotFormat.FRAME_BYTES) {
            endEntries();
        }
        if (frame.size() == 0) {
            frame.putByte(SnapshotFormat.ENTRIES);
        }
        frame.putInt(entry.remaining()).putBytes(entry);
    }

    private static Acceptor acceptor(Listed.Register register) {
        byte[] state = register.state();
        Acceptor acceptor = new Acceptor(register.key(), state == null ? register.promised() : Ballot.NONE, 0);
        if (state != null) {
            acceptor.accept(register.accepted(), state, register.promised());
        }
        return acceptor;
    }

    private void endEntries() throws IOException {
        if (frame.size() > 0) {
            endFrame();
            frame.clear();
        }
    }

    private void endFrame() throws IOException {
        int length = frame.size();
        ByteBuffer content = frame.view();
        SnapshotFormat.update(check, length);
        check.update(content.duplicate());
        ByteBuffer bytes = ByteBuffer.allocate(length + 2 * Integer.BYTES);
        write(bytes.putInt(length).put(content).putInt((int) check.getValue()).flip());
    }

    private void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        file.write(at, bytes);
        at += count;
    }
}
