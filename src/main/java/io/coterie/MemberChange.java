package io.coterie;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.Changes;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A change of the members that was begun at this node. The cluster works meanwhile. If this node
 * ends before the change does, another member brings it to its end.
 *
 * <p><em>Threading:</em> safe for use by any number of threads.
 */
public final class MemberChange {
    private final String what;
    private final World world;
    private final @Nullable Changes changes;
    private final CompletableFuture<Void> done;
    private volatile Phase phase = Phase.PREPARING;
    private volatile long epoch;

    /** How far a change is. */
    public enum Phase {
        /** Nothing has changed yet: the members and the newcomer are asked whether they are there. */
        PREPARING,
        /** Both groups of members are needed, and the newcomer gets all records. */
        TRANSFERRING,
        /** The change is made. */
        MADE,
        /** The members are as they were before. */
        REFUSED
    }

    /**
     * How much of a change is done, as far as this node knows.
     *
     * @param keysInAll about how many keys there are: as many as a member has, or has listed so far
     * @param keysDone how many of them the next members have
     * @param bytes about how many bytes were sent to them
     * @param timeLeft how long it takes yet, if it continues as so far; empty until a key is done
     */
    public record Progress(long keysInAll, long keysDone, long bytes, Optional<Duration> timeLeft) {
        private static final Progress NONE = new Progress(0, 0, 0, Optional.empty());

        @Override
        public String toString() {
            return keysDone + " of about " + keysInAll + " keys so far, " + bytes + " bytes"
                    + timeLeft.map(left -> ", about " + left.toSeconds() + " s left")
                            .orElse("");
        }
    }

    MemberChange(String what, World world, @Nullable Changes changes) {
        this.what = what;
        this.world = world;
        this.changes = changes;
        this.done = LoopFuture.on(world);
    }

    ChangeListener listener() {
        return new ChangeListener() {
            @Override
            public void begun(long joint) {
                epoch = joint;
                phase = Phase.TRANSFERRING;
            }

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                end(refusal);
            }
        };
    }

    void end(@Nullable ChangeRefusedException refusal) {
        phase = refusal == null ? Phase.MADE : Phase.REFUSED;
        if (refusal == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(refusal);
        }
    }

    /** What changes, as a human-readable text. */
    public String what() {
        return what;
    }

    /** How far it is. */
    public Phase phase() {
        return phase;
    }

    /** How much is done; all 0 while it is prepared, and once it is over. */
    public Progress progress() {
        Changes driven = changes;
        var known = driven == null || phase != Phase.TRANSFERRING ? null : driven.progress();
        return known == null || known.epoch() != epoch
                ? Progress.NONE
                : new Progress(known.keysInAll(), known.keysDone(), known.bytes(), known.timeLeft());
    }

    /**
     * Completes when the change is made; exceptionally with a {@link ChangeRefusedException} if it
     * is not. If this node is closed before that, it does not complete, and the change continues.
     */
    public CompletionStage<Void> done() {
        return done;
    }

    /**
     * Waits until the change is made.
     *
     * @param timeout how long to wait; the change continues after it
     * @throws ChangeRefusedException if it is refused or taken back; the members are as they were
     * @throws TimeoutException if it has not ended in that time
     * @throws WaitInterruptedException if the thread is interrupted; the change continues
     */
    public void await(Duration timeout) throws TimeoutException {
        try {
            done.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(true);
        } catch (ExecutionException | CompletionException e) {
            if (e.getCause() instanceof ChangeRefusedException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(what + ": " + e.getCause(), e);
        }
    }

    /**
     * Has the members stay as they were before. Completes when that is so; exceptionally with a
     * {@link ChangeRefusedException} if the change is made already, or if too few members answer.
     */
    public CompletionStage<Void> abort() {
        CompletableFuture<Void> aborted = LoopFuture.on(world);
        Changes driven = changes;
        world.scheduler().execute(() -> {
            if (driven == null) {
                aborted.completeExceptionally(new ChangeRefusedException(
                        ChangeRefusedException.Reason.NO_MEMBER, "abort " + what + ": this node is no replica"));
                return;
            }
            driven.abort(refusal -> {
                if (refusal == null) {
                    aborted.complete(null);
                } else {
                    aborted.completeExceptionally(refusal);
                }
            });
        });
        return aborted;
    }

    @Override
    public String toString() {
        return what + ": " + phase + (phase == Phase.TRANSFERRING ? ", " + progress() : "");
    }
}
