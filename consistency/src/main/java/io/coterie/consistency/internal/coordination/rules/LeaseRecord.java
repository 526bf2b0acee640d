package io.coterie.consistency.internal.coordination.rules;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The record behind a lock, an election or a semaphore. It is removed a while after nobody holds or
 * waits for anything.
 *
 * <p>No state of a record ever comes back: each new entry raises the last token, each beat is
 * higher than the one before, each new waiter raises the last ticket, and all other changes only
 * remove entries and waiters. So a compare-and-set that rests on a state which was left can no
 * longer be applied. Nor can one that rests on a record that was removed: the next has another era.
 *
 * @param permits how many leases there may be at a time
 * @param lastToken the highest token ever given; zero if none was
 * @param lastTicket how many waiters ever came into the queue
 * @param isAboveFloor whether its tokens are known to be above those of earlier records of the same
 *     name
 * @param era which making of the record it is
 * @param entries one for each lease
 * @param queue who waits for a place, in the order of coming; at most {@link #MAX_WAITERS}
 */
public record LeaseRecord(
        int permits,
        long lastToken,
        long lastTicket,
        boolean isAboveFloor,
        OwnerId era,
        List<LeaseEntry> entries,
        List<OwnerId> queue) {
    /** Whoever comes when so many wait is not remembered: each write carries all of them. */
    static final int MAX_WAITERS = 256;

    /**
     * Up to so many come in as they come. Then each node has a share, so that none keeps another
     * out.
     */
    private static final int MAX_UNSHARED = 128;

    /** The rest is left to nodes that have nobody in the queue yet. */
    private static final int MAX_SHARED = 224;

    private static final int KIND = 'M';

    /** The era of records that are not written yet, or were written before records were removed. */
    private static final OwnerId NO_ERA = new OwnerId(0, 0);

    /** The kind of records that were written by versions that knew no queue. */
    private static final int KIND_WITHOUT_QUEUE = 'L';

    @Nullable
    public LeaseEntry of(OwnerId owner) {
        for (LeaseEntry entry : entries) {
            if (entry.owner().equals(owner)) {
                return entry;
            }
        }
        return null;
    }

    /** How many more leases it may have. */
    public int room() {
        return Math.max(permits - entries.size(), 0);
    }

    /**
     * This record with an entry in place of the one that its owner has, if any, or of its place in
     * the queue.
     */
    public LeaseRecord with(LeaseEntry entry) {
        LeaseRecord others = without(entry.owner());
        List<LeaseEntry> next = new ArrayList<>(others.entries);
        next.add(entry);
        return new LeaseRecord(
                permits, Math.max(lastToken, entry.token()), lastTicket, isAboveFloor, era, next, others.queue);
    }

    /** This record without an owner's entry and place in the queue. */
    public LeaseRecord without(OwnerId owner) {
        List<LeaseEntry> next = new ArrayList<>(entries);
        next.removeIf(entry -> entry.owner().equals(owner));
        return new LeaseRecord(permits, lastToken, lastTicket, isAboveFloor, era, next, queue)
                .withoutWaiters(owner::equals);
    }

    /**
     * This record with one token skipped: a write that rests on this state is refused from then on.
     */
    public LeaseRecord touched() {
        return new LeaseRecord(permits, lastToken + 1, lastTicket, isAboveFloor, era, entries, queue);
    }

    /** How many wait before an owner; all of them if it does not wait. */
    public int waitersBefore(OwnerId owner) {
        int place = queue.indexOf(owner);
        return place < 0 ? queue.size() : place;
    }

    /**
     * How many more acquisitions of one node may come into the queue.
     *
     * @param origin of its {@link OwnerId owners}
     */
    public int roomToWait(long origin) {
        int waiters = queue.size();
        if (waiters < MAX_UNSHARED) {
            return MAX_UNSHARED - waiters;
        }
        Set<Long> origins = new HashSet<>();
        int own = 0;
        for (OwnerId waiter : queue) {
            origins.add(waiter.origin());
            own += waiter.origin() == origin ? 1 : 0;
        }
        if (own == 0) {
            return Math.min(MAX_WAITERS - waiters, 1);
        }
        return Math.min(MAX_SHARED - waiters, MAX_SHARED / origins.size() - own);
    }

    /** This record with one more who waits. */
    public LeaseRecord withWaiter(OwnerId owner) {
        List<OwnerId> next = new ArrayList<>(queue);
        next.add(owner);
        return new LeaseRecord(permits, lastToken, lastTicket + 1, isAboveFloor, era, entries, next);
    }

    /** This record without those who wait and have left. */
    public LeaseRecord withoutWaiters(Predicate<OwnerId> gone) {
        if (queue.stream().noneMatch(gone)) {
            return this;
        }
        List<OwnerId> next = new ArrayList<>(queue);
        next.removeIf(gone);
        return new LeaseRecord(permits, lastToken, lastTicket, isAboveFloor, era, entries, next);
    }

    /** This record without the first so many of those who wait. */
    public LeaseRecord withoutFirst(int waiters) {
        return new LeaseRecord(
                permits, lastToken, lastTicket, isAboveFloor, era, entries, queue.subList(waiters, queue.size()));
    }

    /**
     * This record, once it is known that its last token is above those of earlier records of the
     * same name.
     */
    public LeaseRecord aboveFloor() {
        return new LeaseRecord(permits, lastToken, lastTicket, true, era, entries, queue);
    }

    /** This record as one that is made anew. An era is used for one making at most. */
    public LeaseRecord madeAs(OwnerId making) {
        return new LeaseRecord(permits, lastToken, lastTicket, isAboveFloor, making, entries, queue);
    }

    /** Whether nobody holds it or waits for it. */
    public boolean isUnused() {
        return entries.isEmpty() && queue.isEmpty();
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.putByte(KIND).putInt(permits).putLong(lastToken).putInt(entries.size());
        entries.forEach(entry -> entry.encode(out));
        out.putLong(lastTicket).putInt(queue.size());
        queue.forEach(owner -> owner.encode(out));
        out.putByte(isAboveFloor ? 1 : 0);
        era.encode(out);
        return out.toByteArray();
    }

    /**
     * Reads a record; null stands for one that was never written.
     *
     * @param what it is, as human-readable text
     * @throws IllegalStateException if it is something else, or was made for another number of
     *     permits
     */
    public static LeaseRecord decode(byte @Nullable [] bytes, int permits, String what) {
        if (bytes == null) {
            return new LeaseRecord(permits, 0, 0, false, NO_ERA, List.of(), List.of());
        }
        LeaseRecord record;
        try {
            record = read(ByteBuffer.wrap(bytes));
        } catch (BufferUnderflowException e) {
            throw notOurs(bytes, what, e);
        }
        if (record == null) {
            throw notOurs(bytes, what, null);
        }
        if (record.permits != permits) {
            throw new IllegalStateException(what + " was made with " + record.permits + " permits, not " + permits
                    + ": give the same number at all nodes, or choose another name");
        }
        return record;
    }

    /** Reads a record with any number of permits, or null if it is something else. */
    public static @Nullable LeaseRecord decodeAny(byte[] bytes) {
        try {
            return read(ByteBuffer.wrap(bytes));
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static @Nullable LeaseRecord read(ByteBuffer in) {
        byte kind = in.get();
        if (kind != KIND && kind != KIND_WITHOUT_QUEUE) {
            return null;
        }
        int permits = in.getInt();
        long lastToken = in.getLong();
        int count = in.getInt();
        List<LeaseEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(LeaseEntry.decode(in));
        }
        if (kind == KIND_WITHOUT_QUEUE) {
            return new LeaseRecord(permits, lastToken, 0, false, NO_ERA, entries, List.of());
        }
        long lastTicket = in.getLong();
        int waiters = in.getInt();
        List<OwnerId> queue = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            queue.add(OwnerId.decode(in));
        }
        boolean isAboveFloor = in.get() != 0;
        return new LeaseRecord(permits, lastToken, lastTicket, isAboveFloor, OwnerId.decode(in), entries, queue);
    }

    private static IllegalStateException notOurs(byte[] bytes, String what, @Nullable Exception cause) {
        return new IllegalStateException(
                what + " found a value of " + bytes.length
                        + " bytes that it did not write: keep its store for it alone",
                cause);
    }
}
