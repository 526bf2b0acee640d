package io.coterie.replication.internal.shares;

import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The waiting requests of one node, and what it was served. {@link LoopShares} keeps the count. */
final class NodeShare {
    final NodeId node;
    final Deque<Waiting> waiting = new ArrayDeque<>();
    long waitingBytes;

    /**
     * How many of the waiting tasks the node has not asked for: events of its watches, which are
     * bounded elsewhere.
     */
    int owed;

    /** How many of its requests wait for something else before they may wait here. */
    int held;

    /** The window in which it was last served. */
    long window;

    /** What it was served in that window. */
    long usedBytes;

    NodeShare(NodeId node) {
        this.node = node;
    }

    boolean isIdle() {
        return waiting.isEmpty() && held == 0;
    }

    /** How many requests of the node wait, here or for something else first. */
    int requests() {
        return waiting.size() - owed + held;
    }

    /**
     * A task that waits for its node's turn.
     *
     * @param answer the task is dropped once nobody waits for this answer; null for a task that is
     *     done in any case
     * @param isOwed whether the node has not asked for the task
     */
    record Waiting(int bytes, @Nullable Responder<?> answer, Runnable task, boolean isOwed) {
        Waiting(int bytes, @Nullable Responder<?> answer, Runnable task) {
            this(bytes, answer, task, false);
        }

        boolean isInVain() {
            return answer != null && !answer.isAwaited();
        }
    }
}
