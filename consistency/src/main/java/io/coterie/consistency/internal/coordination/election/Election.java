package io.coterie.consistency.internal.coordination.election;

import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.usercode.SerialExecutor;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate for the lease of a register: campaigns whenever it does not lead, until it
 * withdraws. To be used on the node's loop only.
 */
public final class Election {
    private static final Logger log = LoggerFactory.getLogger(Election.class);
    private static final long PAUSE_AFTER_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

    private final LeaseRegister register;
    private final Coordinator coordinator;
    private final LeadershipListener listener;
    private final SerialExecutor listenerCalls;
    private final Repetition campaigns;
    private @Nullable CompletableFuture<Optional<Lease>> acquisition;
    private @Nullable Lease lease;
    private boolean withdrawn;

    /** A candidate that does not campaign yet. */
    public Election(LeaseRegister register, LeadershipListener listener) {
        this.register = register;
        this.coordinator = register.coordinator();
        this.listener = listener;
        this.campaigns = new Repetition(coordinator.world().scheduler(), PAUSE_AFTER_FAILURE_NANOS, this::campaign);
        this.listenerCalls =
                new SerialExecutor(coordinator.world().scheduler(), coordinator.userCode(), register.toString());
    }

    /** Campaigns from now on. To be called once. */
    public void start() {
        coordinator.requireOpen();
        coordinator.add(this, this::withdraw);
        campaign();
    }

    /**
     * Ends the candidacy, and releases the leadership.
     *
     * @return as {@link Lease#release()}
     */
    public CompletableFuture<@Nullable Void> withdraw() {
        withdrawn = true;
        coordinator.remove(this);
        if (acquisition != null) {
            acquisition.cancel(false);
        }
        return lease == null ? CompletableFuture.completedFuture(null) : lease.release();
    }

    @SuppressWarnings("ReferenceEquality") // Whether it is this very attempt that is in flight.
    private void campaign() {
        if (withdrawn) {
            return;
        }
        CompletableFuture<Optional<Lease>> began;
        try {
            began = register.acquireSometime();
        } catch (CoterieException error) {
            retryAfter(error);
            return;
        }
        acquisition = began;
        var unused = began.whenComplete((won, error) -> {
            if (acquisition == began) {
                acquisition = null;
            }
            if (won != null && won.isPresent()) {
                lead(won.get());
            } else if (!withdrawn) {
                retryAfter(error);
            }
        });
    }

    private void lead(Lease won) {
        lease = won;
        listenerCalls.execute(() -> listener.elected(won));
        var unused = won.ended().thenRun(() -> {
            lease = null;
            listenerCalls.execute(listener::deposed);
            campaigns.guard(this::campaign);
        });
    }

    private void retryAfter(@Nullable Throwable error) {
        if (error instanceof NodeClosedException) {
            coordinator.remove(this);
            return;
        }
        log.warn("a candidate of {} cannot campaign now and will try again", register, error);
        long pause = PAUSE_AFTER_FAILURE_NANOS / 2 + coordinator.random().nextLong(PAUSE_AFTER_FAILURE_NANOS / 2);
        campaigns.in(pause);
    }
}
