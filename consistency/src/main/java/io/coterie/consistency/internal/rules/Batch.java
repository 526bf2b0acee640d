package io.coterie.consistency.internal.rules;

import io.coterie.consistency.Result;
import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.ForwardedResults;
import io.coterie.consistency.internal.register.OperationApplier;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.replication.spi.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Operations on one key that share a round: applied in order, all or none. Besides this node's own
 * there may be batches that other nodes forwarded, each under its own timestamp.
 *
 * <p>Once it was proposed, or forwarded, a batch keeps its operations and its timestamp, because it
 * may be found applied later. An operation that has ended is left out of later attempts: its
 * caller knows how it ended.
 */
public final class Batch extends BatchSetbacks {
    private List<StrongOperation> operations;

    /** The timestamp of this node's own operations; zero until they have one. */
    private long timestamp;

    /** The origin of the timestamp: a start of this process, or of its clock. */
    private long origin;

    /** The commands that another node was sent under the timestamp; null for none. */
    private @Nullable Sent sent;

    /**
     * Each attempt that was sent to anyone: one of them may be what was applied. Mostly there is
     * one, and no list.
     */
    private @Nullable Attempt first;

    private List<Attempt> later = List.of();

    private boolean mayBeApplied;

    public Batch(List<StrongOperation> operations) {
        this.operations = operations;
    }

    /**
     * One attempt to apply a batch.
     *
     * @param before the state that it was applied to
     * @param state the state afterwards; the same, if nothing was changed
     * @param recordsOwn whether the state afterwards remembers this node's operations
     * @param results each operation's result; null if it had ended before or threw
     * @param thrown what users' functions threw; those operations changed nothing. Null for nothing
     */
    public record Attempt(
            RegisterState before,
            RegisterState state,
            boolean recordsOwn,
            @Nullable Result[] results,
            @Nullable Throwable @Nullable [] thrown) {
        Attempt resultsOnly() {
            return new Attempt(RegisterState.ABSENT, RegisterState.ABSENT, recordsOwn, results, thrown);
        }
    }

    /**
     * The batch as it was sent to another node.
     *
     * @param commands as sent
     * @param instead the attempt that a {@link StrongCommand.ConditionalWrite} stands for, as
     *     functions cannot be sent; null where the batch's operations were sent as they are
     */
    public record Sent(
            List<StrongCommand> commands, @Nullable Attempt instead) {}

    public List<StrongOperation> operations() {
        return operations;
    }

    public boolean isReadOnly() {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (!pending.isRead()) {
                return false;
            }
        }
        return true;
    }

    public boolean hasUserCode() {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (pending.callsFunction() && !pending.isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Whether another node sent some of it. */
    public boolean hasForwarded() {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (pending.isForwarded()) {
                return true;
            }
        }
        return false;
    }

    public boolean isOver() {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (!pending.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** Which operations are at their end; null for none. An attempt is made for the others. */
    public boolean @Nullable [] ended() {
        boolean[] ended = null;
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).isDone()) {
                ended = ended == null ? new boolean[operations.size()] : ended;
                ended[i] = true;
            }
        }
        return ended;
    }

    /**
     * Leaves out what has ended, if nobody was sent any of it: then it may yet go to the key's
     * home. Not while functions are being called: their results go by their places.
     */
    public void dropEnded() {
        if (first == null && sent == null && !isOver() && ended() != null) {
            List<StrongOperation> left = new ArrayList<>(operations);
            left.removeIf(PendingOperation::isDone);
            operations = left;
        }
    }

    /**
     * Whether a change has ended whose caller knows that it is not applied: another node, which
     * applies all, must not get it.
     */
    public boolean hasEndedUnapplied() {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (pending.isDone() && !pending.mayBeApplied() && !pending.isRead()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gives it a timestamp.
     *
     * @param writer this start of this node
     * @param next above all timestamps that this node has given
     */
    public void timestampBy(long writer, long next) {
        timestamp = next;
        origin = writer;
    }

    /** Sets which start of this node it is of, before it has a timestamp. */
    public void comeFrom(long writer) {
        origin = writer;
    }

    /** The timestamp of this node's own operations; zero until they have one. */
    public long timestamp() {
        return timestamp;
    }

    /** The origin of the timestamp: a start of this process, or of its clock. */
    public long origin() {
        return origin;
    }

    /** Whether operations of this node may be part of the key's state, or become so. */
    public boolean mayBeApplied() {
        return mayBeApplied;
    }

    /** The number of the next attempt. */
    public int attempts() {
        return first == null ? 0 : 1 + later.size();
    }

    public Attempt attempt(int number) {
        return number == 0 ? Objects.requireNonNull(first) : later.get(number - 1);
    }

    /** An attempt is about to be sent to replicas: from now on what it applies may be applied. */
    public void propose(Attempt attempt) {
        if (first == null) {
            first = attempt;
        } else {
            // Of those before, all that may be asked for are their results; their states would pile
            // up.
            int last = later.size() - 1;
            if (last < 0) {
                first = first.resultsOnly();
                later = new ArrayList<>();
            } else {
                later.set(last, later.get(last).resultsOnly());
            }
            later.add(attempt);
        }
        mayBeApplied |= attempt.recordsOwn();
        for (int i = 0; i < operations.size(); i++) {
            Result result = attempt.results()[i];
            StrongOperation pending = operations.get(i);
            if (result != null && result.applied() && !pending.isRead()) {
                pending.sent();
            }
        }
    }

    /** Whether an attempt has an operation whose caller has since heard that it is not applied. */
    public boolean endedSince(Attempt attempt) {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            if (pending.isDone() && !pending.mayBeApplied() && attempt.results()[i] != null) {
                return true;
            }
        }
        return false;
    }

    @Nullable
    public Sent sent() {
        return sent;
    }

    /**
     * Operations are about to be sent to another node under the batch's timestamp: from now on they
     * may be applied.
     */
    public void send(Sent what) {
        sent = what;
        mayBeApplied |= !isReadOnly();
        for (StrongOperation pending : operations) {
            if (!pending.isRead()) {
                pending.sent();
            }
        }
    }

    /**
     * Nobody has applied what was sent under the timestamp, and nobody will: the only one who was
     * sent it did nothing with it, or a chosen state remembers that it was refused. What is sent
     * next gets another timestamp.
     */
    public void takeBack() {
        sent = null;
        mayBeApplied = false;
        for (StrongOperation pending : operations) {
            pending.takeBack();
        }
    }

    /**
     * This node's operations have ended without a way to find out more; only those of other nodes
     * continue.
     */
    public void giveUpOwn() {
        mayBeApplied = false;
    }

    /**
     * The end of a batch that another node has applied; null if what it was sent stands for
     * functions, and was refused, as the value had changed: they must be called again.
     *
     * @param results see {@link ForwardedResults}
     * @param present a state in whose past it is
     */
    @Nullable
    public Attempt appliedByAnother(byte[] results, RegisterState present) {
        Sent what = Objects.requireNonNull(sent);
        List<@Nullable Result> read = ForwardedResults.read(what.commands(), results, present.value());
        if (what.instead() == null) {
            return attemptOf(present, read);
        }
        Result swapped = read.get(0);
        return swapped != null && swapped.applied() ? what.instead() : null;
    }

    /**
     * An attempt of which only the results are known; those that are null count as additions to
     * what was no counter.
     */
    public static Attempt attemptOf(RegisterState present, List<@Nullable Result> results) {
        Result[] known = results.toArray(new Result[0]);
        @Nullable Throwable[] thrown = new @Nullable Throwable[known.length];
        for (int i = 0; i < known.length; i++) {
            thrown[i] = known[i] == null ? OperationApplier.notACounter() : null;
        }
        return new Attempt(present, present, true, known, thrown);
    }

    /** How the next attempt is to be remembered. */
    public BatchOutcome outcome() {
        return BatchOutcome.ofOwn(origin, timestamp, attempts());
    }

    /**
     * Applies the batch to a state.
     *
     * @param ended what {@link #ended} returned on the loop: this may run elsewhere
     * @param ballot with which the state afterwards is going to be proposed
     * @param own how this node's operations are to be remembered
     */
    public Attempt applyTo(RegisterState state, Ballot ballot, BatchOutcome own, boolean @Nullable [] ended) {
        OperationApplier applier = OperationApplier.to(state);
        Result[] results = new Result[operations.size()];
        Throwable[] thrown = null;
        List<BatchOutcome> outcomes = hasForwarded() ? new ArrayList<>() : List.of();
        boolean recordsOwn = false;
        for (int i = 0; i < results.length; i++) {
            StrongOperation pending = operations.get(i);
            if (ended != null && ended[i]) {
                continue;
            }
            try {
                Forwarded batch = pending.forwarded();
                if (batch != null) {
                    results[i] = batch.applyTo(state, applier, outcomes, pending.mayBeApplied());
                } else {
                    Result result = applier.apply(pending.operation());
                    results[i] = result;
                    recordsOwn |= !pending.isRead() && (result.applied() || sent != null);
                }
            } catch (Throwable e) {
                thrown = thrown == null ? new Throwable[results.length] : thrown;
                thrown[i] = e;
            }
        }
        if (recordsOwn && outcomes.isEmpty()) {
            outcomes = List.of(own);
        } else if (recordsOwn) {
            outcomes.add(own);
        }
        return new Attempt(state, after(state, ballot, applier, outcomes), recordsOwn, results, thrown);
    }

    private static RegisterState after(
            RegisterState state, Ballot ballot, OperationApplier applier, List<BatchOutcome> outcomes) {
        if (applier.hasChanged()) {
            return state.after(applier.value(), ballot, outcomes);
        }
        return outcomes.isEmpty() ? state : state.remembering(outcomes);
    }

    /** Ends the operations with the results of an attempt. */
    public void complete(Attempt attempt) {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            Result result = attempt.results()[i];
            @Nullable Throwable @Nullable [] thrown = attempt.thrown();
            if (result != null) {
                pending.complete(result);
            } else if (thrown != null && thrown[i] != null) {
                pending.fail(thrown[i]);
            }
        }
    }

    /** Ends the operations of a batch that does nothing but read. */
    public void complete(Result read) {
        for (int i = 0; i < operations.size(); i++) {
            operations.get(i).complete(read);
        }
    }
}
