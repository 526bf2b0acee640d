package io.coterie.consistency.internal.key;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In what order a key's home does the operations of several nodes: all that wait share a round, but
 * one batch of each other node at most, as a key's state remembers one; and who looks at the value
 * in order to change it has a reservation (see {@link StrongCommand.ReadForUpdate}).
 */
final class UpdateReservations {
    /** A round must not make a key's state forget outcomes of its own. */
    private static final int MAX_ORIGINS = RegisterState.MAX_ORIGINS - 1;

    private @Nullable Forwarded looking;
    private long reservedFor;
    private long reservedUntil;
    private boolean reserved;
    private long lastSource;
    private boolean mixed;
    private long mixedAt;

    /** Whether all but one are to wait; that one's operation is not among those that wait. */
    boolean isReservedForAnother(List<StrongOperation> waiting, long now) {
        reserved = reserved && reservedUntil - now > 0;
        if (reserved) {
            for (StrongOperation pending : waiting) {
                if (isOf(reservedFor, pending)) {
                    return false;
                }
            }
        }
        return reserved;
    }

    long reservedUntil() {
        return reservedUntil;
    }

    /** Takes what makes up the next round out of what waits. */
    List<StrongOperation> take(List<StrongOperation> waiting, long self, long now) {
        List<StrongOperation> taken = new ArrayList<>(waiting.size());
        List<StrongOperation> left = new ArrayList<>();
        StrongOperation look = null;
        Set<Long> origins = new HashSet<>();
        for (StrongOperation pending : waiting) {
            Forwarded batch = pending.forwarded();
            boolean free = batch == null || (origins.size() < MAX_ORIGINS && origins.add(batch.origin()));
            if (free && batch != null && batch.isReadForUpdate()) {
                look = look == null ? pending : look;
                free = look == pending;
            } else if (free) {
                taken.add(reserved && isOf(reservedFor, pending) ? 0 : taken.size(), pending);
            }
            if (!free) {
                left.add(pending);
            }
        }
        if (look != null) {
            taken.add(look);
        }
        waiting.clear();
        waiting.addAll(left);
        reserved = false;
        looking = look == null ? null : look.forwarded();
        note(taken, self, now);
        return taken;
    }

    /** The round is over: who looked in it has a reservation of that long. */
    void roundOver(long now, long nanos) {
        if (looking != null) {
            reserved = true;
            reservedFor = looking.origin();
            reservedUntil = now + nanos;
            looking = null;
        }
    }

    /** Whether operations of more than one node came within that time. */
    boolean isShared(long now, long nanos) {
        mixed = mixed && now - mixedAt < nanos;
        return mixed;
    }

    private void note(List<StrongOperation> taken, long self, long now) {
        for (StrongOperation pending : taken) {
            Forwarded batch = pending.forwarded();
            long source = batch == null ? self : batch.origin();
            if (source != lastSource) {
                mixed = lastSource != 0;
                mixedAt = now;
                lastSource = source;
            }
        }
    }

    private static boolean isOf(long origin, StrongOperation pending) {
        Forwarded batch = pending.forwarded();
        return batch != null && batch.origin() == origin;
    }
}
