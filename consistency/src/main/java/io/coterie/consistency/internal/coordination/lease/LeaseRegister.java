package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.coordination.FencingGuard;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.RecordNames;
import io.coterie.rpc.internal.settings.Durations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A record with room for so many leases at a time: a lock or an election with room for one, a
 * semaphore with room for more.
 *
 * <p>What it promises, whatever clocks, pauses and the network do: each lease has a token of its
 * own, higher than that of every lease given before; see {@link FencingGuard}. What it promises
 * only as long as the steady clocks of two nodes run apart by less than a tenth: at any moment no
 * more holders than there is room for have {@link Lease#isValid()} return true. Those who wait
 * come to their turns in the order of asking, as long as no more than 128 wait; where more wait,
 * nodes have equal shares of the queue, and those who wait at one node come in the order of asking.
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

    private final Coordinator coordinator;
    private final LeaseContext context;

    /**
     * A register, which is made at the first acquisition.
     *
     * @param kind what it is used as: registers of different kinds have nothing to do with each
     *     other
     * @param name see {@link RecordNames}
     * @param permits 1 to {@link #MAX_PERMITS}, the same at all nodes
     * @param duration how long a lease lasts without being renewed, {@link #MIN_DURATION} to {@link
     *     #MAX_DURATION}. May differ between nodes
     */
    public LeaseRegister(Coordinator coordinator, String kind, String name, int permits, Duration duration) {
        if (permits < 1 || permits > MAX_PERMITS) {
            throw new IllegalArgumentException("permits " + permits + " are not within 1 to " + MAX_PERMITS);
        }
        if (duration.compareTo(MIN_DURATION) < 0 || duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("a lease of " + Durations.text(duration) + " is not within "
                    + Durations.text(MIN_DURATION) + " to " + Durations.text(MAX_DURATION));
        }
        this.coordinator = coordinator;
        String what = kind + " \"" + RecordNames.checked(kind, name) + "\"";
        byte[] key = (kind + "/" + name).getBytes(StandardCharsets.UTF_8);
        this.context = new LeaseContext(coordinator, what, key, permits, duration.toNanos(), WaitPolicy.FOREVER);
    }

    private LeaseRegister(Coordinator coordinator, LeaseContext context) {
        this.coordinator = coordinator;
        this.context = context;
    }

    /**
     * This register with leases that are over after a time even if nobody releases them: they are
     * not renewed past it, and released. That is logged as a warning, once for each.
     *
     * @param most above zero
     */
    public LeaseRegister heldAtMost(Duration most) {
        if (most.isZero() || most.isNegative()) {
            throw new IllegalArgumentException(
                    "a lease cannot be held for at most " + Durations.text(most) + ": give a time above zero");
        }
        boolean isForever = most.compareTo(Duration.ofNanos(WaitPolicy.FOREVER)) > 0;
        return new LeaseRegister(coordinator, context.heldAtMost(isForever ? WaitPolicy.FOREVER : most.toNanos()));
    }

    /**
     * Acquires a lease. Costs two round trips to a majority if there is room, and one for each
     * renewal and for the release.
     *
     * @param waitNanos how long to wait while there is no room, zero or more. If too few
     *     replicas answer, the attempt continues for up to the operation timeout beyond that
     * @return empty if there was no room for all that time. Fails with a {@link
     *     io.coterie.rpc.error.CoterieException} if too few replicas answered; what may have been
     *     acquired without anyone knowing is released as soon as enough do. Cancelling it, on the
     *     loop, gives up
     */
    public CompletableFuture<Optional<Lease>> acquire(long waitNanos) {
        coordinator.requireOpen();
        return new Acquisition(context, context.waitPolicy(waitNanos, coordinator.operationNanos())).start();
    }

    /** Acquires a lease, however long that takes. */
    public CompletableFuture<Optional<Lease>> acquireSometime() {
        coordinator.requireOpen();
        return new Acquisition(context, context.waitPolicy(WaitPolicy.FOREVER, 0)).start();
    }

    /**
     * The holders of leases, according to the record: one round trip to a majority. Holders that
     * were cut off or died may still be named, until another takes their place.
     */
    public CompletableFuture<List<LeaseHolder>> holders() {
        coordinator.requireOpen();
        CompletableFuture<List<LeaseHolder>> future = new CompletableFuture<>();
        new HolderQuery(context, context.waitPolicy(0, coordinator.operationNanos()), future).start();
        return future;
    }

    public Coordinator coordinator() {
        return coordinator;
    }

    /** The context of its leases. */
    public LeaseContext context() {
        return context;
    }

    @Override
    public String toString() {
        return context.toString();
    }
}
