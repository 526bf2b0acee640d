package io.coterie.replication.internal.antientropy;

import io.coterie.replication.internal.replica.Copies;
import io.coterie.replication.internal.tables.Digests;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.CopyMethod.Copy;
import io.coterie.replication.internal.wire.CopyMethod.Leaf;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Takes from another replica what this one lacks in some leaves, page by page. */
final class CopyTransfer implements ReplyHandler<CopyMethod.Answer> {
    /** A leaf with more copies that this replica cannot take is left to a later pass. */
    private static final int MAX_USELESS = 10_000;

    /** Room in a question for everything but leaves. */
    private static final int HEADER_BYTES = 1 << 10;

    private final RpcNode node;
    private final Copies copies;
    private final NodeId other;
    private final CopyKind kind;
    private final long answerNanos;
    private final BitSet due;
    private final Listener listener;
    private final Repetition pages;
    private final int maxVersions;
    private int first;
    private List<Leaf> asked = List.of();
    private long askedAt;
    private long askedSince;
    private long answerTook;

    /** How many leaves are asked for at once: about as many as one answer had room for. */
    private int atOnce = CopyMethod.MAX_LEAVES;

    /** How many copies of the first leaf were of no use: they are not asked for again. */
    private int useless;

    /** The leaves in which a copy was kept, or was promised higher. */
    private final BitSet fruitful = new BitSet();

    /** What comes of it. */
    interface Listener {
        /** A copy was kept. */
        void kept();

        /** See {@link Copies.Taken#PROMISED_HIGHER}. */
        void promisedHigher(RecordKey key, Ballot promised);

        /** The leaf had nothing to take. */
        void fruitless(int leaf);

        /** Runs a part of the transfer that comes later, unless it was given up. */
        void guard(Runnable part);

        /**
         * The transfer is over. Called once.
         *
         * @param next the leaf to begin with the next time: behind the one that failed, or 0
         */
        void end(int next);
    }

    /**
     * A transfer that has not begun.
     *
     * @param due the leaves; the transfer changes the set
     * @param first the leaf to begin with; those before it come last
     */
    CopyTransfer(
            RpcNode node,
            Copies copies,
            NodeId other,
            CopyKind kind,
            long answerNanos,
            BitSet due,
            int first,
            Listener listener) {
        this.node = node;
        this.copies = copies;
        this.other = other;
        this.kind = kind;
        this.answerNanos = answerNanos;
        this.due = due;
        this.first = first;
        this.listener = listener;
        this.pages = new Repetition(node.world().scheduler(), answerNanos, () -> listener.guard(this::start));
        int room = copies.maxPayloadBytes() - HEADER_BYTES;
        this.maxVersions = Math.min(CopyMethod.MAX_VERSIONS, room / (2 * CopyMethod.VERSION_BYTES));
    }

    void start() {
        asked = nextLeaves();
        if (asked.isEmpty()) {
            listener.end(0);
            return;
        }
        askedAt = node.world().clock().nanos();
        askedSince = copies.since();
        CopyMethod.Question question = new CopyMethod.Question(kind, useless, asked);
        node.loop().send(other, CopyMethod.METHOD, copies.to(other, question), answerNanos, this);
    }

    private List<Leaf> nextLeaves() {
        if (due.nextSetBit(first) < 0) {
            first = 0;
        }
        List<Leaf> leaves = new ArrayList<>();
        int versions = 0;
        int leaf = due.nextSetBit(first);
        while (leaf >= 0 && leaves.size() < atOnce) {
            Leaf next = new Leaf(leaf, copies.versions(kind, leaf));
            // Each counts for one more, so that empty leaves fill a question, too.
            versions += 1 + next.versions().size();
            if (!leaves.isEmpty() && versions > maxVersions) {
                break;
            }
            leaves.add(next);
            leaf = due.nextSetBit(leaf + 1);
        }
        return leaves;
    }

    @Override
    public void onReply(NodeId peer, CopyMethod.Answer answer) {
        answerTook = Math.max(0, node.world().clock().nanos() - askedAt);
        listener.guard(() -> take(answer));
    }

    /**
     * It may be the first leaf, for instance if a copy is too large: others must not wait for it.
     */
    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        listener.guard(() -> listener.end((asked.get(0).number() + 1) % Digests.LEAVES));
    }

    private void take(CopyMethod.Answer answer) {
        if (copies.since() != askedSince) {
            listener.end(0);
            return;
        }
        int whole = Math.min(answer.leaves(), asked.size());
        if (whole == 0 && (answer.copies().isEmpty() || useless > MAX_USELESS)) {
            listener.end((asked.get(0).number() + 1) % Digests.LEAVES);
            return;
        }
        atOnce = whole == asked.size() ? Math.min(2 * atOnce, CopyMethod.MAX_LEAVES) : whole + 1;
        answer.stores().forEach(copies::learn);
        int last = whole < asked.size() ? asked.get(whole).number() : -1;
        useless = whole > 0 ? 0 : useless;
        for (Copy copy : answer.copies()) {
            Copies.Taken taken = copies.take(copy);
            int leaf = Digests.leaf(copy.key());
            if (taken == Copies.Taken.KEPT) {
                fruitful.set(leaf);
                listener.kept();
            } else if (taken == Copies.Taken.PROMISED_HIGHER) {
                fruitful.set(leaf);
                listener.promisedHigher(copy.key(), copies.promised(copy.key()));
            }
            useless += taken != Copies.Taken.KEPT && leaf == last ? 1 : 0;
        }
        for (int i = 0; i < whole; i++) {
            int leaf = asked.get(i).number();
            due.clear(leaf);
            if (!fruitful.get(leaf)) {
                listener.fruitless(leaf);
            }
        }
        copies.whenDurable(() -> listener.guard(this::pause));
    }

    /**
     * The next page is due when as much time has passed as the answer took: who is busy is spared.
     */
    private void pause() {
        pages.in(answerTook);
    }
}
