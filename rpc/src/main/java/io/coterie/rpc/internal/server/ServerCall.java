package io.coterie.rpc.internal.server;

import io.coterie.rpc.Responder;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * One request until its one answer, which is sent only while the caller still waits. Lives on the
 * loop.
 */
final class ServerCall<Q, R> implements Responder<R>, Session.Running {
    /** The run of its handler on the executor. */
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
     * @param session knows the call by its sequence; null if the method is idempotent
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

    /** A request that has no answer. */
    static <Q, R> ServerCall<Q, R> oneWay(
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

    /** Answers that the call was not executed, and will not be. */
    void refuse(Failure failure) {
        if (end()) {
            replyWriter.fail(this, failure);
        }
    }

    /** Ends a call that was not executed and will not be, and whose answer nobody waits for. */
    void drop() {
        if (end()) {
            close();
        }
    }

    /**
     * A copy of the request came. The caller waits for the latest of its attempts, which has the
     * highest number. An attempt that has the number of another call gets no answer.
     */
    @Override
    public void waitFor(long otherCorrelation, long otherDeadline) {
        if (otherCorrelation - correlation > 0 && peer.find(otherCorrelation) == null) {
            peer.renamed(this, otherCorrelation);
            correlation = otherCorrelation;
            deadline = otherDeadline;
        }
    }

    /** Its caller no longer waits. A handler that has begun is interrupted. */
    void cancel() {
        deadline = replyWriter.nanos();
        if (run != null) {
            run.interrupt();
        } else if (session == null) {
            drop();
        }
    }

    /** Whether nobody will ask for its answer again, although it has none. */
    boolean isPast(long now, long memoryNanos) {
        return isExpired(now)
                && (session == null || session.mayHaveForgotten(sequence) || now - deadline >= memoryNanos);
    }

    /** Forgets the call. Its handler may have begun, but its answer is neither awaited nor kept. */
    void forget() {
        ended = true;
        close();
        if (session != null) {
            session.forget(sequence);
        }
    }

    /** The executor has it. */
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

    /** It is no longer in flight. */
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
