package io.coterie.rpc.internal.server;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;
import io.coterie.rpc.internal.wire.Failure;
import org.jspecify.annotations.Nullable;

/** One request on its way to its one answer, which is sent while the caller still waits. Lives on the loop. */
final class ServerCall<Q, R> implements Responder<R>, Session.Running {
    /** Its handler, in the hands of the executor. */
    interface Run {
        void interrupt();
    }

    private final ReplyWriter replyWriter;
    private final CallingPeer peer;
    private final MethodBinding<Q, R> binding;
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
    ServerCall(
            ReplyWriter replyWriter,
            CallingPeer peer,
            MethodBinding<Q, R> binding,
            Q request,
            long correlation,
            long deadline,
            @Nullable Session session,
            long sequence) {
        this(replyWriter, peer, binding, request, correlation, deadline, session, sequence, true);
    }

    private ServerCall(
            ReplyWriter replyWriter,
            CallingPeer peer,
            MethodBinding<Q, R> binding,
            Q request,
            long correlation,
            long deadline,
            @Nullable Session session,
            long sequence,
            boolean awaited) {
        this.replyWriter = replyWriter;
        this.peer = peer;
        this.binding = binding;
        this.request = request;
        this.correlation = correlation;
        this.deadline = deadline;
        this.session = session;
        this.sequence = sequence;
        this.awaited = awaited;
    }

    /** A request that nobody waits for. */
    static <Q, R> ServerCall<Q, R> told(
            ReplyWriter replyWriter, CallingPeer peer, MethodBinding<Q, R> binding, Q request, long deadline) {
        return new ServerCall<>(replyWriter, peer, binding, request, 0, deadline, null, 0, false);
    }

    @Override
    public void reply(R response) {
        if (end()) {
            replyWriter.reply(this, response);
        }
    }

    @Override
    public void fail(Throwable error) {
        if (end()) {
            replyWriter.fail(this, Failure.ofHandler(error));
        }
    }

    @Override
    public boolean isAwaited() {
        return awaited && !ended && !isExpired(replyWriter.nanos());
    }

    /** Answers that it was not executed, and will not be. */
    void refuse(Failure failure) {
        if (end()) {
            replyWriter.fail(this, failure);
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
        deadline = replyWriter.nanos();
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

    MethodBinding<Q, R> binding() {
        return binding;
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
