package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.RecordTable;
import io.coterie.replication.internal.tables.SortedKeys;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects one page of a scan. */
final class ReplicaScan {
    private static final int MAX_BYTES = 256 << 10;

    /** Bounds the time on the loop where most keys have nothing but a promise. */
    private static final int MAX_VISITED = 2_000;

    /**
     * The cost of a visit of a key besides the bytes of its state, in bytes that could be sent in
     * that time.
     */
    private static final int VISIT_BYTES = 64;

    private static final int OVERHEAD_BYTES = 16;

    private final ScanRequest request;
    private final int maxBytes;
    private final long maxCost;
    private final List<ScannedKey> found = new ArrayList<>();
    private long bytes;
    private int visited;
    private byte @Nullable [] upTo;

    /** The journal position on which the answer rests. */
    long position;

    private ReplicaScan(ScanRequest request, int maxPayloadBytes, long maxCost) {
        this.request = request;
        this.maxCost = maxCost;
        this.maxBytes = Math.min(MAX_BYTES, maxPayloadBytes - OVERHEAD_BYTES);
    }

    /**
     * Visits the keys until the range ends, or the answer is full. The first key always fits: it
     * came in a message of that size.
     *
     * @param maxCost the scan ends at this cost, after at least one key
     */
    static ReplicaScan of(
            ScanRequest request,
            SortedKeys sorted,
            RecordTable<Acceptor> acceptors,
            int maxPayloadBytes,
            long maxCost) {
        ReplicaScan scan = new ReplicaScan(request, maxPayloadBytes, maxCost);
        Iterator<RecordKey> keys = sorted.from(scan.first());
        boolean continues = true;
        while (continues && keys.hasNext()) {
            RecordKey key = keys.next();
            continues = scan.isInRange(key) && scan.visit(key.bytes(), acceptors.get(key));
        }
        return scan;
    }

    /** The cost so far, in bytes. */
    long cost() {
        return bytes + (long) visited * VISIT_BYTES;
    }

    ScanAnswer answer() {
        return new ScanAnswer(found, upTo);
    }

    private RecordKey first() {
        boolean later = Arrays.compareUnsigned(request.from(), request.prefix()) > 0;
        return new RecordKey(request.store(), later ? request.from() : request.prefix());
    }

    private boolean isInRange(RecordKey key) {
        return key.store() == request.store() && key.startsWith(request.prefix());
    }

    /** Adds a key; returns whether there is room for another. */
    private boolean visit(byte[] key, @Nullable Acceptor acceptor) {
        byte[] state = acceptor == null ? null : acceptor.state();
        if (acceptor != null && state != null) {
            ScannedKey scanned = new ScannedKey(key, acceptor.accepted(), state);
            if (!found.isEmpty() && bytes + scanned.size() > maxBytes) {
                upTo = found.get(found.size() - 1).key();
                return false;
            }
            bytes += scanned.size();
            found.add(scanned);
            position = Math.max(position, acceptor.position);
        }
        visited++;
        if (found.size() == request.limit() || visited == MAX_VISITED || cost() >= maxCost) {
            upTo = key;
            return false;
        }
        return true;
    }
}
