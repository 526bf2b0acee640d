package io.coterie.replication.internal.antientropy;

import io.coterie.replication.internal.replica.Copies;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node's replica take what others have and it lacks, in passes with one other after
 * another, of one kind of copies after the other.
 *
 * <p>While nothing differs, a pass costs one short question and an answer of 128 bytes. Under load
 * it costs some KiB more, because copies differ while they are written.
 */
public final class AntiEntropy {
    private static final Logger log = LoggerFactory.getLogger(AntiEntropy.class);

    /** With fewer copies, a transfer is nothing to report: single messages get lost. */
    private static final long MIN_REPORTED = 100;

    /** The most turns that are left out after transfers that brought nothing. */
    private static final int MAX_LEFT_OUT = 16;

    private final RpcNode node;
    private final Copies copies;
    private final List<Turn> turns = new ArrayList<>();
    private final long answerNanos;
    private final BiConsumer<RecordKey, Ballot> promisedHigher;
    private final Repetition passes;
    private final long periodNanos;
    private int next;

    /** Answers of a pass that was given up no longer count. */
    private int number;

    private volatile long taken;
    private volatile boolean caughtUp;

    /** The passes with one other replica for one kind of copies. */
    private static final class Turn {
        final NodeId other;
        final CopyKind kind;

        /** The leaves that differed in the last pass. */
        BitSet differed = new BitSet();

        /** Whether nothing differed in the last pass. */
        boolean same;

        /** Whether the last transfer, or the one that is running, has brought much. */
        boolean brought;

        final FruitlessLeaves fruitless = new FruitlessLeaves();

        /** The leaf to begin the next transfer with. */
        int first;

        /** How many transfers in a row have brought nothing. */
        int inVain;

        /** How many transfers are left out until the next. */
        int leftOut;

        Turn(NodeId other, CopyKind kind) {
            this.other = other;
            this.kind = kind;
        }
    }

    /**
     * Prepares for passes that {@link #start} begins.
     *
     * @param others the other replicas
     * @param answerNanos how long to wait for an answer
     * @param period about the time in which there is a pass for each kind, with one other replica
     * @param promisedHigher gets the keys of which this replica lacks the accepted state, but has
     *     promised not to accept it, with the promise. Maybe again and again
     */
    public AntiEntropy(
            RpcNode node,
            LocalReplica replica,
            List<NodeId> others,
            long answerNanos,
            Duration period,
            BiConsumer<RecordKey, Ballot> promisedHigher) {
        this.node = node;
        this.copies = replica.copies();
        others.forEach(this::add);
        this.answerNanos = answerNanos;
        this.promisedHigher = promisedHigher;
        this.periodNanos = period.toNanos();
        this.passes = new Repetition(node.world().scheduler(), periodNanos, this::pass, this::giveUp);
    }

    private void add(NodeId other) {
        for (CopyKind kind : CopyKind.values()) {
            turns.add(new Turn(other, kind));
        }
    }

    /** Begins the passes. They continue until the replica is closed. */
    public void start() {
        if (!turns.isEmpty()) {
            next = (int) ((node.world().random().nextLong() >>> 1) % turns.size());
            passes.guard(this::planPass);
        }
    }

    /** From now on these are the other replicas. A pass that is running comes to its end. */
    public void change(List<NodeId> others) {
        boolean began = !turns.isEmpty();
        turns.removeIf(turn -> !others.contains(turn.other));
        others.stream()
                .filter(other -> turns.stream().noneMatch(turn -> turn.other.equals(other)))
                .forEach(this::add);
        next = 0;
        caughtUp = false;
        if (!began) {
            start();
        }
    }

    /** How many copies this replica has taken from others so far. Safe for any thread. */
    public long taken() {
        return taken;
    }

    /**
     * Whether nothing differed in the last pass with each of the others. While a store is written,
     * something mostly does. Safe for any thread.
     */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /**
     * Whether the replica lacks many copies that others have, and is taking them. Unlike {@link
     * #isCaughtUp}, it is not so only because a store is written.
     */
    public boolean isBehind() {
        return turns.stream().anyMatch(each -> each.brought);
    }

    /** There are two kinds of copies to look at in each period. */
    private void planPass() {
        long jitter = (node.world().random().nextLong() >>> 1) % (periodNanos / 4);
        passes.in((periodNanos + jitter) / CopyKind.values().length);
    }

    private void giveUp() {
        number++;
    }

    private void pass() {
        if (copies.isClosed()) {
            return;
        }
        number++;
        int current = number;
        if (turns.isEmpty()) {
            return;
        }
        Turn turn = turns.get(next);
        next = (next + 1) % turns.size();
        if (!copies.compares(turn.kind)) {
            planPass();
            return;
        }
        new Comparison(
                        node,
                        copies,
                        turn.other,
                        turn.kind,
                        answerNanos,
                        part -> guarded(current, part),
                        found -> compared(turn, found))
                .start();
    }

    private void guarded(int pass, Runnable part) {
        if (pass == number) {
            passes.guard(part);
        }
    }

    private void compared(Turn turn, Differences found) {
        BitSet due = found.leaves();
        due.and(turn.differed);
        due.andNot(turn.fruitless.among(found));
        boolean isDue = found.complete() && !due.isEmpty();
        if (isDue && turn.leftOut == 0) {
            Progress progress = new Progress(turn, found);
            new CopyTransfer(node, copies, turn.other, turn.kind, answerNanos, due, turn.first, progress).start();
        } else {
            turn.leftOut -= isDue ? 1 : 0;
            turn.brought = false;
            end(turn, found);
        }
    }

    private void end(Turn turn, Differences found) {
        turn.differed = found.leaves();
        turn.same = found.complete() && found.leaves().isEmpty();
        caughtUp = turns.stream().allMatch(each -> each.same);
        number++;
        planPass();
    }

    /** What comes of the transfer of the current pass. */
    private final class Progress implements CopyTransfer.Listener {
        private final Turn turn;
        private final Differences found;
        private final int current = number;
        private final long before = taken;

        Progress(Turn turn, Differences found) {
            this.turn = turn;
            this.found = found;
        }

        /** The loop alone writes it. */
        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate")
        public void kept() {
            taken++;
            turn.brought |= taken - before >= MIN_REPORTED;
        }

        @Override
        public void promisedHigher(RecordKey key, Ballot promised) {
            promisedHigher.accept(key, promised);
        }

        @Override
        public void fruitless(int leaf) {
            turn.fruitless.add(leaf, found);
        }

        @Override
        public void guard(Runnable part) {
            guarded(current, part);
        }

        @Override
        public void end(int first) {
            turn.first = first;
            long kept = taken - before;
            turn.brought = kept >= MIN_REPORTED;
            turn.inVain = kept > 0 ? 0 : turn.inVain + 1;
            turn.leftOut = Math.min(MAX_LEFT_OUT, (1 << Math.min(turn.inVain, 10)) - 1);
            if (kept >= MIN_REPORTED) {
                log.info("{}: has taken {} copies that it had missed from {}", node.self(), kept, turn.other);
            }
            AntiEntropy.this.end(turn, found);
        }
    }
}
