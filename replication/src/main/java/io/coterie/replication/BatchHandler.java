package io.coterie.replication;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;
import java.util.List;

/** Serves requests that came together one by one, and answers when all of them are answered. */
record BatchHandler<Q, A>(InlineHandler<Q, A> one) implements InlineHandler<Requests<Q>, AnswerBatch<A>> {
    @Override
    public void handle(NodeId caller, Requests<Q> batch, Responder<AnswerBatch<A>> answer) {
        List<Q> requests = batch.received();
        Pending<A> pending = new Pending<>(requests.size(), answer);
        for (int i = 0; i < requests.size(); i++) {
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
        final AnswerBatch<A> batch;
        private final Responder<AnswerBatch<A>> answer;

        /** One more than there are, so that the last one is not thought to have come before all were asked. */
        private int unanswered;

        Pending(int size, Responder<AnswerBatch<A>> answer) {
            this.batch = AnswerBatch.of(size);
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
