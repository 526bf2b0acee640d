package io.coterie.consistency.internal.coordination.latch;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.RecordNames;
import io.coterie.rpc.error.OverloadedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Opens once, when so many participants have counted down, and stays open: its record stays until
 * it is {@linkplain #delete deleted}.
 *
 * <p>Whatever clocks, pauses, crashes and the network do: each participant counts once, however
 * often it tries; the latch is never seen open before as many have counted down as it was made for,
 * and by nobody as closed who asks after it was seen open. It rests on no clock.
 *
 * <p>To be used on the node's loop only. All futures complete there.
 */
public final class CountLatch {
    /** The most participants: the record has all their names. */
    public static final int MAX_COUNT = 1_000;

    private static final long MAX_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final Coordinator coordinator;
    private final String what;
    private final byte[] key;
    private final int count;

    /**
     * A latch, which is made at the first count-down.
     *
     * @param name see {@link RecordNames}
     * @param count 1 to {@link #MAX_COUNT}, the same at all nodes
     */
    public CountLatch(Coordinator coordinator, String name, int count) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("count " + count + " is not within 1 to " + MAX_COUNT);
        }
        this.coordinator = coordinator;
        this.what = "latch \"" + RecordNames.checked("latch", name) + "\"";
        this.key = ("latch/" + name).getBytes(StandardCharsets.UTF_8);
        this.count = count;
    }

    /**
     * Counts a participant; does nothing if it is counted or the latch is open. Two round trips to
     * a majority.
     *
     * @return how many are missing afterwards. Fails with a {@link
     *     io.coterie.rpc.error.CoterieException} if too few replicas answered; trying again with
     *     the same name never counts twice
     */
    public CompletableFuture<Integer> countDown(String participant) {
        RecordNames.checked("participant", participant);
        return new Run(0) {
            @Override
            CasDecision next(LatchRecord record) {
                boolean nothingToAdd =
                        record.remaining() == 0 || coordinator.rules().isCounted(record.counted(), participant);
                return nothingToAdd
                        ? new CasDecision.Done()
                        : new CasDecision.Write(record.with(participant).encode());
            }

            @Override
            public void failed(@Nullable Throwable reason) {
                future.completeExceptionally(
                        reason != null
                                ? reason
                                : new OverloadedException(what + ": others changed it all the time: try again later"));
            }
        }.start();
    }

    /** How many are missing: one round trip to a majority. */
    public CompletableFuture<Integer> remaining() {
        return new Run(0) {
            @Override
            CasDecision next(LatchRecord record) {
                return new CasDecision.Done();
            }
        }.start();
    }

    /**
     * Waits until it is open: watches the record, or reads it again and again, at most half a
     * second apart.
     *
     * @param waitNanos zero or more. If too few replicas answer, the wait continues for up to the
     *     operation timeout beyond that
     * @return whether it is open. Cancelling it, on the loop, gives up
     */
    public CompletableFuture<Boolean> await(long waitNanos) {
        CompletableFuture<Integer> missing = awaitMissing(waitNanos);
        CompletableFuture<Boolean> open = missing.thenApply(left -> left == 0);
        var unused = open.whenComplete((value, error) -> missing.cancel(false));
        return open;
    }

    /** Waits as {@link #await} does. Returns how many were missing at the end. */
    public CompletableFuture<Integer> awaitMissing(long waitNanos) {
        return new Run(waitNanos) {
            private int missing = count;

            @Override
            CasDecision next(LatchRecord record) {
                missing = record.remaining();
                return missing == 0 ? new CasDecision.Done() : new CasDecision.Wait(WaitPolicy.FOREVER);
            }

            @Override
            public void failed(@Nullable Throwable reason) {
                if (reason == null) {
                    future.complete(missing);
                } else {
                    super.failed(reason);
                }
            }
        }.start();
    }

    /**
     * Removes its record, so that it is closed and nobody is counted. To be called when nobody
     * still counts down or waits.
     *
     * @return fails as an operation of the store does
     */
    public CompletableFuture<@Nullable Void> delete() {
        return coordinator.execute(key, new Operation.Delete(), result -> null);
    }

    @Override
    public String toString() {
        return what;
    }

    /** One call, from its beginning to its end. */
    private abstract class Run implements CasLoop.Decider, CasLoop.End {
        final CompletableFuture<Integer> future = new CompletableFuture<>();
        private final CasLoop loop;

        Run(long waitNanos) {
            long waitEnd = coordinator.nanos() + Math.min(waitNanos, WaitPolicy.FOREVER);
            long end = waitEnd + coordinator.operationNanos();
            WaitPolicy policy = new WaitPolicy(waitEnd, end, coordinator.operationNanos(), MAX_PAUSE_NANOS);
            this.loop = new CasLoop(coordinator.cas(), key, policy, this, this);
        }

        abstract CasDecision next(LatchRecord record);

        CompletableFuture<Integer> start() {
            coordinator.requireOpen();
            coordinator.add(this, this::close);
            var unused = future.whenComplete((missing, error) -> {
                coordinator.remove(this);
                loop.cancel();
            });
            loop.start();
            return future;
        }

        @Override
        public CasDecision next(byte @Nullable [] current) {
            return next(LatchRecord.decode(current, count, what));
        }

        @Override
        public void done(byte @Nullable [] current) {
            future.complete(LatchRecord.decode(current, count, what).remaining());
        }

        @Override
        public void failed(@Nullable Throwable reason) {
            future.completeExceptionally(reason == null ? Coordinator.closedException() : reason);
        }

        private CompletableFuture<?> close() {
            future.completeExceptionally(Coordinator.closedException());
            return CompletableFuture.completedFuture(null);
        }
    }
}
