package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The phases of a round: at most one is current, and each is a request to all replicas, a call of
 * functions, or a pause. A phase that was left hears nothing, so that late answers to it change
 * nothing.
 */
abstract class RoundPhases {
    final RoundContext context;
    final ConsensusRules rules;
    public final Batch batch;
    private final long store;

    /** The replicas that the current phase asks or, if that asks nobody, the last one that did. */
    Voters voters;

    private int phase;
    private boolean measured;

    /** Of which kind of quorum the current phase needs answers. */
    enum Needed {
        READ,
        PREPARE,
        ACCEPT
    }

    Needed needed = Needed.READ;

    private long phaseBegan;

    /** A bit for each replica that has answered the current phase, with whatever answer. */
    long answered;

    /** Whether they are a quorum. */
    private boolean progressed;

    /** The call of the current phase or, if that asked nobody, of the last one that did. */
    @Nullable
    QuorumCall call;

    /** The functions that the current phase calls; null if it calls none. */
    @Nullable
    FunctionCall functions;

    Scheduler.@Nullable Timer timer;

    /** The load that the current phase counts for until a quorum has answered; otherwise 0. */
    private int inFlight;

    /** Functions that the executor was given. */
    static final class FunctionCall {
        final long calledAt;
        volatile boolean begun;

        FunctionCall(long calledAt) {
            this.calledAt = calledAt;
        }
    }

    RoundPhases(RoundContext context, long store, Batch batch) {
        this.context = context;
        this.rules = context.rules();
        this.batch = batch;
        this.store = store;
        this.voters = context.voters(store);
    }

    /** The replicas that a phase asks which begins now. */
    final Voters votersNow() {
        return context.voters(store);
    }

    /** Stops and notifies nobody. */
    public void abandon() {
        leavePhase();
    }

    final NodeReplication replication() {
        return context.replication();
    }

    final NodeLoad load() {
        return replication().load();
    }

    final long now() {
        return replication().world().clock().nanos();
    }

    /** Until when replicas are asked again: the last deadline of the batch. */
    final long deadline() {
        List<StrongOperation> operations = batch.operations();
        long last = operations.get(0).deadline;
        for (int i = 1; i < operations.size(); i++) {
            long next = operations.get(i).deadline;
            last = next - last > 0 ? next : last;
        }
        return last;
    }

    /**
     * Leaves the current phase, if any, and begins one that asks all replicas.
     *
     * @param quorum of which kind of quorum it needs answers
     * @param bytes how much is sent to each, about
     */
    final int begin(Needed quorum, int bytes) {
        leavePhase();
        inFlight = load().begin(bytes);
        needed = quorum;
        measured = context.backoff().wantsMeasure();
        phaseBegan = measured ? now() : 0;
        voters = votersNow();
        answered = 0;
        progressed = false;
        return phase;
    }

    /** Leaves the current phase, if any, and begins one that asks no replicas. */
    final int enterPhaseAside() {
        leavePhase();
        return phase;
    }

    final boolean isCurrent(int number) {
        return phase == number;
    }

    /**
     * The request of a phase is in flight. The phase may have been left by then, where the answers
     * that came at once were enough.
     */
    final void asked(int number, QuorumCall request) {
        if (isCurrent(number)) {
            call = request;
        } else {
            request.cancel();
        }
    }

    /** Runs the task after a while, if the phase is still the current one then. */
    final void later(long nanos, Runnable task) {
        int number = phase;
        timer = replication().world().scheduler().schedule(nanos, () -> {
            if (isCurrent(number)) {
                task.run();
            }
        });
    }

    /** Runs the task after a while, if the phase is the current one until then. */
    final void laterInPhase(long nanos, Runnable task) {
        int number = phase;
        replication().world().scheduler().schedule(nanos, () -> {
            if (isCurrent(number)) {
                task.run();
            }
        });
    }

    /** Has functions called in the current phase, off the loop. */
    final void startFunctions(Runnable task) {
        FunctionCall called = new FunctionCall(now());
        functions = called;
        try {
            context.runUserCode(() -> {
                called.begun = true;
                task.run();
            });
        } catch (RejectedExecutionException e) {
            throw e;
        } catch (Throwable e) {
            // It has no memory for a thread, or is a user's that throws what it likes.
            throw new RejectedExecutionException("the executor threw " + e, e);
        }
    }

    /** Whether functions are called, or wait for the executor. */
    public final boolean isInUserCode() {
        return functions != null;
    }

    /**
     * A replica answered the current phase, with whatever answer. Returns whether a quorum has, for
     * the first time.
     */
    final boolean countAnswer(NodeId replica, long bit) {
        context.homes().heard(replica);
        answered |= bit;
        if (progressed || !isEnough(answered)) {
            return false;
        }
        progressed = true;
        if (inFlight > 0) {
            load().answered(inFlight);
            inFlight = 0;
        }
        if (measured) {
            context.backoff().measured(phaseBegan, now(), needed != Needed.READ);
        }
        return true;
    }

    /** Whether these replicas are a quorum of the kind that the current phase needs. */
    final boolean isEnough(long replicas) {
        return switch (needed) {
            case READ -> voters.isReadQuorum(replicas);
            case PREPARE -> voters.isPrepareQuorum(replicas);
            case ACCEPT -> voters.isAcceptQuorum(replicas);
        };
    }

    final long bit(NodeId replica) {
        return voters.bit(replica);
    }

    final void leavePhase() {
        phase++;
        if (inFlight > 0) {
            load().givenUp(inFlight);
            inFlight = 0;
        }
        functions = null;
        if (call != null) {
            call.cancel();
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
