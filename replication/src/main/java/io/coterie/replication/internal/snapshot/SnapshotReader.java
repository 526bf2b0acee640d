package io.coterie.replication.internal.snapshot;

import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot from its first byte to its last. Whatever is damaged, cut short or too long is
 * refused: nothing that was read may be used before {@link #read} has returned.
 */
public final class SnapshotReader {
    private final DiskFile file;
    private final String place;
    private final CRC32C check = new CRC32C();
    private long at;

    /**
     * What a snapshot says of itself.
     *
     * @param bytes the size of the file
     */
    public record Manifest(SnapshotHead head, SnapshotTotals totals, long bytes) {}

    /** @param place where the file is, for texts */
    public SnapshotReader(DiskFile file, String place) {
        this.file = file;
        this.place = place;
    }

    /**
     * Reads the whole file.
     *
     * @param entries gets each entry, as a journal has it. A buffer is valid during the call only
     * @throws StorageException if the file is no snapshot, is damaged, or is of a later version
     */
    public Manifest read(Consumer<ByteBuffer> entries) throws IOException {
        readHeader();
        SnapshotHead head = null;
        long count = 0;
        while (true) {
            ByteBuffer frame = frame();
            int kind = frame.get();
            boolean isFirst = head == null;
            if (kind == SnapshotFormat.END && head != null) {
                SnapshotTotals totals = parsed(() -> SnapshotTotals.read(frame));
                requireEnd(frame, totals, count);
                return new Manifest(head, totals, at);
            } else if (kind == SnapshotFormat.HEAD && isFirst) {
                head = parsed(() -> SnapshotHead.read(frame));
            } else if (kind == SnapshotFormat.ENTRIES && !isFirst) {
                count += parsed(() -> each(frame, entries));
            } else {
                throw damaged("has a frame of kind " + kind + " where none can be");
            }
        }
    }

    private void readHeader() throws IOException {
        ByteBuffer header = bytes(SnapshotFormat.HEADER_BYTES);
        if (header.getLong(0) != SnapshotFormat.MAGIC) {
            throw new StorageException(
                    place + " is no snapshot: it does not begin as one. Give the file that snapshot has written",
                    false,
                    null);
        }
        int version = header.getInt(Long.BYTES);
        if (version > SnapshotFormat.VERSION) {
            throw new StorageException(
                    place + " is a snapshot of format " + version
                            + ", which a later version of the library has written: use that version, or a later one",
                    false,
                    null);
        }
        if (version != SnapshotFormat.VERSION) {
            throw damaged("names format " + version + ", which there is not");
        }
        check.update(header);
    }

    private ByteBuffer frame() throws IOException {
        int length = bytes(Integer.BYTES).getInt(0);
        if (length < 1 || length > SnapshotFormat.MAX_FRAME_BYTES) {
            throw damaged("has a frame of " + length + " bytes");
        }
        ByteBuffer content = bytes(length);
        SnapshotFormat.update(check, length);
        check.update(content.duplicate());
        if (bytes(Integer.BYTES).getInt(0) != (int) check.getValue()) {
            throw damaged("has a wrong checksum");
        }
        return content;
    }

    /** The next bytes. Nothing is allocated that the file does not have. */
    private ByteBuffer bytes(int count) throws IOException {
        if (count > file.size() - at) {
            throw damaged("ends too soon");
        }
        ByteBuffer read = ByteBuffer.allocate(count);
        file.read(at, read);
        if (read.hasRemaining()) {
            throw damaged("ends too soon");
        }
        at += count;
        return read.flip();
    }

    private static long each(ByteBuffer frame, Consumer<ByteBuffer> entries) {
        long count = 0;
        while (frame.hasRemaining()) {
            int length = frame.getInt();
            if (length < 1 || length > frame.remaining()) {
                throw new IllegalArgumentException("an entry of " + length + " bytes");
            }
            entries.accept(frame.slice(frame.position(), length));
            frame.position(frame.position() + length);
            count++;
        }
        return count;
    }

    private void requireEnd(ByteBuffer frame, SnapshotTotals totals, long count) throws IOException {
        if (frame.hasRemaining() || totals.entries() != count) {
            throw damaged("has " + count + " entries, and says " + totals);
        }
        if (file.size() != at) {
            throw damaged("has " + (file.size() - at) + " bytes behind its end");
        }
    }

    private interface Parser<T> {
        T parse();
    }

    /** What passes the checksum and cannot be read was not written by this version. */
    private <T> T parsed(Parser<T> parser) {
        try {
            return parser.parse();
        } catch (StorageException e) {
            throw e;
        } catch (RuntimeException e) {
            throw damaged("cannot be read: " + e, e);
        }
    }

    private StorageException damaged(String what) {
        return damaged(what, null);
    }

    private StorageException damaged(String what, @Nullable Throwable cause) {
        return new StorageException(
                "the snapshot " + place + " " + what + " (at byte " + at
                        + "). It is damaged or cut short, and nothing of it is used. Take another copy of it, or an"
                        + " earlier snapshot",
                false,
                cause);
    }
}
