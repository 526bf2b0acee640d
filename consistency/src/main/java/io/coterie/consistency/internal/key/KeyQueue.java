package io.coterie.consistency.internal.key;

import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.round.RoundKey;
import io.coterie.replication.spi.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait at one key for the next round: this node's own and, while other nodes
 * take it for the key's home, the batches that they forward, in the order of their {@linkplain
 * UpdateReservations reservations}. A superclass and no object of its own, as a node has very many
 * keys, and mostly nothing waits.
 */
abstract class KeyQueue extends RoundKey {
    static final List<StrongOperation> NOTHING = List.of();
    private static final int CROWD = 256;

    /** Mostly nothing waits, and then there is no list for it. */
    private List<StrongOperation> queue = NOTHING;

    /** Null until another node takes this one for the key's home. */
    @Nullable
    UpdateReservations reservations;

    private int forwardedWaiting;

    /** How many have ended since the queue was last rid of those. */
    private int expired;

    KeyQueue(RecordKey key) {
        super(key);
    }

    final boolean isQueueEmpty() {
        return queue.isEmpty();
    }

    final int queueSize() {
        return queue.size();
    }

    /** Whether so many batches of other nodes wait that no more are to be taken. */
    public final boolean isCrowded() {
        return forwardedWaiting >= CROWD;
    }

    final void enqueue(StrongOperation operation) {
        if (queue.isEmpty()) {
            queue = new ArrayList<>();
        }
        queue.add(operation);
        forwardedWaiting += operation.isForwarded() ? 1 : 0;
    }

    /** All that waits. */
    final List<StrongOperation> takeAll() {
        List<StrongOperation> all = queue;
        queue = NOTHING;
        forwardedWaiting = 0;
        expired = 0;
        return all;
    }

    /** The first of what waits, so many of them. */
    final List<StrongOperation> takeFirst(int operations) {
        List<StrongOperation> first = queue;
        List<StrongOperation> later = first.subList(operations, first.size());
        queue = new ArrayList<>(later);
        later.clear();
        return first;
    }

    /** The operations of the next round, where other nodes take this one for the key's home. */
    final List<StrongOperation> takeReserved(UpdateReservations order, long self, long now) {
        List<StrongOperation> taken = order.take(queue, self, now);
        forwardedWaiting = countForwarded(queue);
        return taken;
    }

    /** Whether all that waits is to leave the next round to another node. */
    final boolean isReservedForAnother(UpdateReservations order, long now) {
        return order.isReservedForAnother(queue, now);
    }

    /** This node's reads among what waits. */
    final List<StrongOperation> takeReads() {
        return takeReads(queue);
    }

    /** This node's reads, which leave the list. */
    static List<StrongOperation> takeReads(List<StrongOperation> from) {
        List<StrongOperation> reads = NOTHING;
        for (StrongOperation pending : from) {
            if (pending.isOwnRead()) {
                reads = reads.isEmpty() ? new ArrayList<>() : reads;
                reads.add(pending);
            }
        }
        if (!reads.isEmpty()) {
            from.removeIf(StrongOperation::isOwnRead);
        }
        return reads;
    }

    /** One of what waits has ended. */
    final void countExpired() {
        if (++expired > queue.size() / 2) {
            dropEnded();
        }
    }

    /**
     * An operation that has ended must not wait, with all that it holds, for the end of a round
     * that has a later deadline.
     */
    final void dropEnded() {
        expired = 0;
        if (!queue.isEmpty()) {
            queue.removeIf(PendingOperation::isDone);
            forwardedWaiting = reservations == null ? 0 : countForwarded(queue);
        }
    }

    /** Whether a batch of another node waits. */
    final boolean isWaiting(long origin, long timestamp) {
        return isAmong(queue, origin, timestamp);
    }

    static boolean isAmong(List<StrongOperation> operations, long origin, long timestamp) {
        for (StrongOperation pending : operations) {
            Forwarded batch = pending.forwarded();
            if (batch != null && batch.origin() == origin && batch.timestamp() == timestamp) {
                return true;
            }
        }
        return false;
    }

    private static int countForwarded(List<StrongOperation> operations) {
        int count = 0;
        for (StrongOperation pending : operations) {
            count += pending.isForwarded() ? 1 : 0;
        }
        return count;
    }
}
