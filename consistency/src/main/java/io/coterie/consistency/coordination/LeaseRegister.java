package io.coterie.consistency.coordination;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A record with room for so many leases at a time: a lock or an election with room for one, a semaphore with room for more.
 *
 * <p>What it promises, whatever clocks, pauses and the network do: each lease has a token of its own, higher than that of
 * every lease given before; see {@link FencingGuard}. What it promises only as long as the steady clocks of two nodes run
 * apart by less than a tenth: at any moment no more holders than there is room for are told by {@link Lease#isValid()} that
 * they are. Who waits comes to its turn in the order of asking, as long as no more than 128 wait; where more wait, nodes have
 * equal shares of the queue, and those who wait at one node come in the order of asking.
 *
 * <p>To be used on the node's loop only. All futures complete there.
 */
public final class LeaseRegister {
    /** The shortest lease. */
    public static final Duration MIN_DURATION = Duration.ofMillis(100);

    /** The longest lease. */
    public static final Duration MAX_DURATION = Duration.ofDays(1);

    /** The most leases at a time: each renewal writes the whole record. */
    public static final int MAX_PERMITS = 100;

    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MAX_DEPARTURE_PAUSE_NANOS =
            Duration.ofSeconds(5).toNanos();

    /** So many steps from when the first in the queue has lost its turn to when all behind may come at once. */
    private static final int TURNS_APART = 4;

    private final Coordinator coordinator;
    private final String what;
    private final byte[] key;
    private final int permits;
    private final long durationNanos;
    private final long maxHoldNanos;

    /**
     * A register, which is made at the first acquisition.
     *
     * @param kind what it is used as: registers of different kinds have nothing to do with each other
     * @param name see {@link Names}
     * @param permits 1 to {@link #MAX_PERMITS}, the same at all nodes
     * @param duration how long a lease lasts without being renewed, {@link #MIN_DURATION} to {@link #MAX_DURATION}. May differ between
     *     nodes
     */
    public LeaseRegister(Coordinator coordinator, String kind, String name, int permits, Duration duration) {
        if (permits < 1 || permits > MAX_PERMITS) {
            throw new IllegalArgumentException("permits " + permits + " are not within 1 to " + MAX_PERMITS);
        }
        if (duration.compareTo(MIN_DURATION) < 0 || duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException(
                    "a lease of " + duration + " is not within " + MIN_DURATION + " to " + MAX_DURATION);
        }
        this.coordinator = coordinator;
        this.what = kind + " \"" + Names.checked(kind, name) + "\"";
        this.key = (kind + "/" + name).getBytes(StandardCharsets.UTF_8);
        this.permits = permits;
        this.durationNanos = duration.toNanos();
        this.maxHoldNanos = Patience.FOREVER;
    }

    private LeaseRegister(LeaseRegister same, long maxHoldNanos) {
        this.coordinator = same.coordinator;
        this.what = same.what;
        this.key = same.key;
        this.permits = same.permits;
        this.durationNanos = same.durationNanos;
        this.maxHoldNanos = maxHoldNanos;
    }

    /**
     * The same register, whose leases are over after a time even if nobody releases them: they are not renewed past it, and
     * given back. That is logged as a warning, once for each.
     *
     * @param most above zero
     */
    public LeaseRegister heldAtMost(Duration most) {
        if (most.isZero() || most.isNegative()) {
            throw new IllegalArgumentException(
                    "a lease cannot be held for " + most.toMillis() + " ms at most: give a time above zero");
        }
        boolean isForever = most.compareTo(Duration.ofNanos(Patience.FOREVER)) > 0;
        return new LeaseRegister(this, isForever ? Patience.FOREVER : most.toNanos());
    }

    /**
     * Acquires a lease. Costs two round trips to a majority if there is room, and one for each renewal and for the release.
     *
     * @param waitNanos how long to wait while there is no room, zero or more. Lack of answers is waited out for one operation
     *     timeout longer
     * @return empty if there was no room for all that time. Fails with a {@link io.coterie.rpc.CoterieException} if too few
     *     replicas answered; what may have been acquired without anyone knowing is given back as soon as they do. Cancelling
     *     it, on the loop, gives up
     */
    public CompletableFuture<Optional<Lease>> acquire(long waitNanos) {
        coordinator.requireOpen();
        return new Acquisition(this, patience(waitNanos, coordinator.operationNanos())).start();
    }

    /** Acquires a lease, however long that takes. */
    CompletableFuture<Optional<Lease>> acquireSometime() {
        coordinator.requireOpen();
        return new Acquisition(this, patience(Patience.FOREVER, 0)).start();
    }

    /**
     * Who has leases, as the record says: one round trip to a majority. Holders that were cut off or died may still be named,
     * until another takes their place.
     */
    public CompletableFuture<List<Holder>> holders() {
        coordinator.requireOpen();
        CompletableFuture<List<Holder>> future = new CompletableFuture<>();
        new Look(this, patience(0, coordinator.operationNanos()), future).start();
        return future;
    }

    Coordinator coordinator() {
        return coordinator;
    }

    byte[] key() {
        return key;
    }

    long durationNanos() {
        return durationNanos;
    }

    /** For how long a lease is held at most. */
    long maxHoldNanos() {
        return maxHoldNanos;
    }

    LeaseRecord decode(byte @Nullable [] bytes) {
        return coordinator.decode(bytes, permits, what);
    }

    /** The record without the holds that have stood still for so long that their holders can't count themselves valid. */
    LeaseRecord withoutGivenUp(LeaseRecord record, long now) {
        LeaseRecord kept = record;
        for (Hold hold : record.holds()) {
            if (untilGivenUp(hold, now) <= 0) {
                kept = kept.without(hold.party());
            }
        }
        return kept;
    }

    /** The record without the places in the queue that this node has left. */
    LeaseRecord withoutOwnGivenUp(LeaseRecord record) {
        return record.withoutWaiters(coordinator::hasGivenUp);
    }

    /**
     * How long to leave the free places to those who came before. The first in the queue may take one at once. Who does not is
     * dead, cut off or slow: after a while the next may, and a little later those behind, one after the other.
     *
     * @param record without the holds that were given up
     * @return zero or less if it is this one's turn
     */
    long untilTurn(LeaseRecord record, Party party, long now) {
        int behind = record.waitersBefore(party) - record.room() + 1;
        if (record.room() == 0) {
            return Patience.FOREVER;
        }
        return behind <= 0 ? 0 : vacantSince(record, now) + turnNanos(behind) - now;
    }

    /** Whether this node has seen those who came before leave a free place alone, but not for long enough. */
    boolean leavesPlaceToOthers(LeaseRecord record, long now) {
        return !record.queue().isEmpty()
                && coordinator.vacancies().hasSeen(record.queue().get(0), record.lastToken())
                && vacantSince(record, now) + turnNanos(1) > now;
    }

    /** Remembers from when on the first in the queue may take a place. */
    void seeVacancy(LeaseRecord record, long now) {
        if (record.room() > 0 && !record.queue().isEmpty()) {
            vacantSince(record, now);
        }
    }

    private long vacantSince(LeaseRecord record, long now) {
        return coordinator.vacancies().see(record.queue().get(0), record.lastToken(), now);
    }

    /** At most one duration, and long enough for the first to come if it has to look for itself. */
    private long turnNanos(int behind) {
        long patience = 2 * maxPauseNanos();
        return patience + patience * Math.min(behind - 1, TURNS_APART) / TURNS_APART;
    }

    private long maxPauseNanos() {
        return Math.min(durationNanos / 4, MAX_PAUSE_NANOS);
    }

    long untilOneIsGivenUp(LeaseRecord record, long now) {
        long shortest = Patience.FOREVER;
        for (Hold hold : record.holds()) {
            shortest = Math.min(shortest, untilGivenUp(hold, now));
        }
        return shortest;
    }

    /** For what is renewed until a moment. */
    Patience until(long end) {
        return new Patience(end, end, operationNanos(), Math.max(durationNanos / 10, 1));
    }

    /** For what goes on until the store closes. */
    Patience endless() {
        long end = coordinator.nanos() + Patience.FOREVER;
        return new Patience(end, end, operationNanos(), MAX_DEPARTURE_PAUSE_NANOS);
    }

    @Override
    public String toString() {
        return what;
    }

    private Patience patience(long waitNanos, long graceNanos) {
        long waitEnd = coordinator.nanos() + Math.min(waitNanos, Patience.FOREVER);
        return new Patience(waitEnd, waitEnd + graceNanos, operationNanos(), maxPauseNanos());
    }

    /** An operation that hangs is not worth waiting for: what it did shows at the next look. */
    private long operationNanos() {
        return Math.min(coordinator.operationNanos(), durationNanos / 3);
    }

    private long untilGivenUp(Hold hold, long now) {
        long since = coordinator.sightings().see(hold.party(), hold.beat(), now);
        return since + coordinator.rules().takeoverAfter(hold.durationNanos()) - now;
    }
}
