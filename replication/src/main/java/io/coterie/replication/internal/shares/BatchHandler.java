package io.coterie.replication.internal.shares;

import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.List;

/**
 * Serves requests that came together one by one, and sends their answers together. Requests beyond
 * the share of their node wait: the whole message, or the rest of it.
 *
 * @param inVain whether requests that wait are served although nobody waits for the answer any
 *     longer, because they change records
 */
public record BatchHandler<Q, A>(InlineHandler<Q, A> one, LoopShares shares, boolean inVain)
        implements InlineHandler<BatchedRequests<Q>, BatchedAnswers<A>> {
    @Override
    public void handle(NodeId caller, BatchedRequests<Q> batch, Responder<BatchedAnswers<A>> answer) {
        if (shares.begins(caller)) {
            begin(caller, batch, answer);
        } else {
            shares.await(caller, batch.bytes(), answer, inVain, () -> begin(caller, batch, answer));
        }
    }

    private void begin(NodeId caller, BatchedRequests<Q> batch, Responder<BatchedAnswers<A>> answer) {
        shares.charge(caller, LoopShares.MESSAGE_BYTES);
        serveFrom(0, caller, batch, new Pending<>(batch.received().size(), answer));
    }

    private void serveFrom(int first, NodeId caller, BatchedRequests<Q> batch, Pending<A> pending) {
        List<Q> requests = batch.received();
        for (int i = first; i < requests.size(); i++) {
            if (i > first && !shares.mayContinue(caller)) {
                int next = i;
                shares.continueLater(
                        caller,
                        batch.bytes(),
                        inVain ? null : pending.answer,
                        () -> serveFrom(next, caller, batch, pending));
                return;
            }
            shares.charge(caller, LoopShares.REQUEST_BYTES);
            Slot<A> slot = new Slot<>(pending, i);
            try {
                one.handle(caller, requests.get(i), slot);
            } catch (Throwable e) {
                slot.fail(e);
            }
        }
        pending.oneEnded();
    }

    /** The batch until its last answer. */
    private static final class Pending<A> {
        final BatchedAnswers<A> batch;
        private final Responder<BatchedAnswers<A>> answer;

        /**
         * One more than there are requests, so that the batch cannot end before all of them were
         * served.
         */
        private int unanswered;

        Pending(int size, Responder<BatchedAnswers<A>> answer) {
            this.batch = BatchedAnswers.of(size);
            this.answer = answer;
            this.unanswered = size + 1;
        }

        void oneEnded() {
            unanswered--;
            if (unanswered == 0) {
                answer.reply(batch);
            }
        }
    }

    /** Takes the answer to one of the requests. */
    private static final class Slot<A> implements Responder<A> {
        private final Pending<A> pending;
        private final int request;
        private boolean answered;

        Slot(Pending<A> pending, int request) {
            this.pending = pending;
            this.request = request;
        }

        @Override
        public void reply(A response) {
            if (!answered) {
                answered = true;
                pending.batch.answer(request, response);
                pending.oneEnded();
            }
        }

        @Override
        public void fail(Throwable error) {
            if (!answered) {
                answered = true;
                pending.batch.refuse(request, error);
                pending.oneEnded();
            }
        }
    }
}
