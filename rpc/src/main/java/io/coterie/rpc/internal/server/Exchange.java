package io.coterie.rpc.internal.server;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;
import io.coterie.rpc.internal.wire.Failure;
import org.jspecify.annotations.Nullable;

/** One request on its way to its one answer, which is sent while the caller still waits. Lives on the loop. */
final class Exchange<Q, R> implements Responder<R>, Session.Running {
    /** Its handler, in the hands of the executor. */
    interface Run {
        void interrupt();
    }

    private final Answers answers;
    private final CallingPeer peer;
    private final Served<Q, R> served;
    private final Q request;
    private final @Nullable Session session;
    private final long sequence;
    private final boolean awaited;
    private long correlation;
    private long deadline;
    private @Nullable Run run;
    private boolean ended;

    /**
     * A request that gets an answer.
     *
     * @param session what knows the call by its sequence where it must not be executed twice, or null
     */
    Exchange(
            Answers answers,
            CallingPeer peer,
            Served<Q, R> served,
            Q request,
            long correlation,
            long deadline,
            @Nullable Session session,
            long sequence) {
        this(answers, peer, served, request, correlation, deadline, session, sequence, true);
    }

    private Exchange(
            Answers answers,
            CallingPeer peer,
            Served<Q, R> served,
            Q request,
            long correlation,
            long deadline,
            @Nullable Session session,
            long sequence,
            boolean awaited) {
        this.answers = answers;
        this.peer = peer;
        this.served = served;
        this.request = request;
        this.correlation = correlation;
        this.deadline = deadline;
        this.session = session;
        this.sequence = sequence;
        this.awaited = awaited;
    }

    /** A request that nobody waits for. */
    static <Q, R> Exchange<Q, R> told(
            Answers answers, CallingPeer peer, Served<Q, R> served, Q request, long deadline) {
        return new Exchange<>(answers, peer, served, request, 0, deadline, null, 0, false);
    }

    @Override
    public void reply(R response) {
        if (end()) {
            answers.reply(this, response);
        }
    }

    @Override
    public void fail(Throwable error) {
        if (end()) {
            answers.fail(this, Failure.ofHandler(error));
        }
    }

    @Override
    public boolean isAwaited() {
        return awaited && !ended && !isExpired(answers.nanos());
    }

    /** Answers that it was not executed, and will not be. */
    void refuse(Failure failure) {
        if (end()) {
            answers.fail(this, failure);
        }
    }

    /** It was not executed and will not be, and nobody waits for an answer. */
    void drop() {
        if (end()) {
            close();
        }
    }

    /**
     * A copy of the request came. Of the attempts of one call the caller waits for the latest, which
     * has the highest number; one that has the number of another call waits in vain.
     */
    @Override
    public void waitFor(long otherCorrelation, long otherDeadline) {
        if (otherCorrelation - correlation > 0 && peer.find(otherCorrelation) == null) {
            peer.renamed(this, otherCorrelation);
            correlation = otherCorrelation;
            deadline = otherDeadline;
        }
    }

    /** Its caller does not wait any more. A handler that has begun is interrupted. */
    void cancel() {
        deadline = answers.nanos();
        if (run != null) {
            run.interrupt();
        } else if (session == null) {
            drop();
        }
    }

    /** Whether nobody will ask about it any more, though it was not answered. */
    boolean isPast(long now, long memoryNanos) {
        return isExpired(now)
                && (session == null || session.mayHaveForgotten(sequence) || now - deadline >= memoryNanos);
    }

    /** Its handler may have begun, and its answer is not waited for, nor kept. */
    void forget() {
        ended = true;
        close();
        if (session != null) {
            session.forget(sequence);
        }
    }

    /** It is in the hands of the executor. */
    void running(Run handlerRun) {
        run = handlerRun;
    }

    boolean isExpired(long now) {
        return now - deadline >= 0;
    }

    /** Whether its caller waits for an answer at all. */
    boolean isCall() {
        return awaited;
    }

    CallingPeer peer() {
        return peer;
    }

    NodeId caller() {
        return peer.id;
    }

    Served<Q, R> served() {
        return served;
    }

    Q request() {
        return request;
    }

    long correlation() {
        return correlation;
    }

    long deadline() {
        return deadline;
    }

    @Nullable
    Session session() {
        return session;
    }

    long sequence() {
        return sequence;
    }

    /** It is not under way any more. */
    void close() {
        peer.closed(this);
        if (session != null) {
            session.end(sequence);
        }
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        return true;
    }
}
