package io.coterie.replication.internal.antientropy;

import io.coterie.replication.internal.replica.Copies;
import io.coterie.replication.internal.tables.Digests;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.internal.wire.DigestMethod;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * One comparison of this replica's digests with another's, from the root of the tree to the leaves
 * that differ. One question is in flight at a time.
 */
final class Comparison implements ReplyHandler<long[]> {
    private final RpcNode node;
    private final Copies copies;
    private final NodeId other;
    private final CopyKind kind;
    private final int maxNodes;
    private final long answerNanos;
    private final Consumer<Runnable> guard;
    private final Consumer<Differences> then;
    private final Differences found = new Differences();
    private final Deque<DigestMethod.Question> questions = new ArrayDeque<>();

    /**
     * A comparison that has not begun.
     *
     * @param guard runs a part of the comparison that comes later, unless it was given up
     * @param then is called once: with all differences, or with some if the other failed
     */
    Comparison(
            RpcNode node,
            Copies copies,
            NodeId other,
            CopyKind kind,
            long answerNanos,
            Consumer<Runnable> guard,
            Consumer<Differences> then) {
        this.node = node;
        this.copies = copies;
        this.other = other;
        this.kind = kind;
        this.maxNodes = Math.min(DigestMethod.MAX_NODES, copies.maxPayloadBytes() / (Digests.FANOUT * Long.BYTES));
        this.answerNanos = answerNanos;
        this.guard = guard;
        this.then = then;
    }

    void start() {
        questions.add(new DigestMethod.Question(kind, 0, new int[] {0}));
        ask();
    }

    private void ask() {
        DigestMethod.Question question = questions.peekLast();
        if (question == null) {
            found.completed();
            then.accept(found);
        } else {
            node.loop().send(other, DigestMethod.METHOD, copies.to(other, question), answerNanos, this);
        }
    }

    @Override
    public void onReply(NodeId peer, long[] digests) {
        guard.accept(() -> compare(digests));
    }

    private void compare(long[] digests) {
        DigestMethod.Question question = questions.removeLast();
        int[] nodes = question.nodes();
        if (digests.length != Digests.FANOUT * nodes.length) {
            then.accept(found);
            return;
        }
        int level = question.level() + 1;
        int[] differing = new int[digests.length];
        int count = 0;
        for (int i = 0; i < digests.length; i++) {
            int child = nodes[i / Digests.FANOUT] * Digests.FANOUT + i % Digests.FANOUT;
            long ours = copies.digest(kind, level, child);
            if (ours != digests[i] && level == Digests.LEAF_LEVEL) {
                found.add(child, ours, digests[i]);
            } else if (ours != digests[i]) {
                differing[count++] = child;
            }
        }
        for (int from = 0; from < count; from += maxNodes) {
            int to = Math.min(count, from + maxNodes);
            questions.add(new DigestMethod.Question(kind, level, Arrays.copyOfRange(differing, from, to)));
        }
        ask();
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        guard.accept(() -> then.accept(found));
    }
}
