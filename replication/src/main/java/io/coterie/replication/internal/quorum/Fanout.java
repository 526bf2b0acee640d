package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request to all replicas: to the local one by a direct call, to the others by messages, and
 * again to those that did not answer, until the collector has enough or the deadline is over. It
 * waits for no particular replica, so a dead one costs nothing.
 *
 * <p>It asks the voters of when it began. When these change, it ends, and its collector decides what
 * to do.
 */
public final class Fanout<Q, A> extends RunningRequests.Request
        implements QuorumCall, BatchedAnswers.Asking<A>, Responder<A>, PeerRecovery.Waiting {
    /** Stands for no store. */
    static final long NO_STORE = 0;

    private final QuorumMethod<Q, A> method;
    private final VotersHere here;
    private final Q request;
    private final Q whole;
    private final long storeId;
    private final long deadline;
    private final ResponseCollector<A> collector;

    /** A bit for each replica. */
    private long answered;

    /** A bit for each replica. */
    private long overloaded;

    /** A bit for each replica that was asked and has neither answered nor refused. */
    private long asked;

    /** A bit for each replica that may have executed a copy of the request without an answer. */
    private long uncertain;

    /**
     * A bit for each replica that was asked for the state although another one was named to send
     * it.
     */
    private long askedForState;

    /** Made for the first failure: nearly all requests have none. */
    private @Nullable ReplicaErrors errors;

    /** A bit for each replica that is not asked again. */
    private long stopped;

    private boolean over;

    /** Whether it has ended because the replicas changed, and its collector has not heard so. */
    private boolean outdated;

    /**
     * A request that was not sent yet.
     *
     * @param storeId the store that a replica must know for it; {@link #NO_STORE} for none
     */
    public Fanout(QuorumMethod<Q, A> method, Q request, long storeId, long deadline, ResponseCollector<A> collector) {
        this(method, request, request, storeId, deadline, collector);
    }

    /**
     * A request of which one replica sends the state.
     *
     * @param whole the request to a replica that is to send the state although another one was
     *     named for it
     */
    Fanout(QuorumMethod<Q, A> method, Q request, Q whole, long storeId, long deadline, ResponseCollector<A> collector) {
        this.method = method;
        this.here = method.context().here();
        this.request = request;
        this.whole = whole;
        this.storeId = storeId;
        this.deadline = deadline;
        this.collector = collector;
    }

    /** Asks the remote replicas first: their answers take longest. */
    public void start() {
        begin();
        askOthers();
        askSelf();
    }

    /** It is running from now on. To be called before replicas are asked. */
    void begin() {
        method.context().running().add(this);
    }

    @Override
    void end() {
        over = true;
        outdated = true;
    }

    @Override
    void votersChanged() {
        if (outdated) {
            outdated = false;
            collector.onVotersChanged();
        }
    }

    void askOthers() {
        List<NodeId> others = here.others();
        for (int i = 0; i < others.size(); i++) {
            ask(indexOf(others.get(i)));
        }
    }

    /** Asks the local replica, if there is one. */
    void askSelf() {
        int self = here.self();
        if (self >= 0) {
            ask(self);
        }
    }

    @Override
    public void askAlone(NodeId replica) {
        ask(indexOf(replica));
    }

    /** The voters that it asks: those of when it began. */
    VotersHere here() {
        return here;
    }

    Q request() {
        return request;
    }

    long deadline() {
        return deadline;
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public boolean isWanted() {
        return !over;
    }

    @Override
    public void cancel() {
        over = true;
        outdated = false;
        leave();
    }

    @Override
    public long overloaded() {
        return overloaded & ~answered;
    }

    @Override
    public boolean maybeExecuted() {
        return ((asked & ~answered) | uncertain) != 0;
    }

    @Override
    public Map<NodeId, String> said() {
        List<NodeId> replicas = here.voters().replicas();
        Map<NodeId, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < replicas.size(); i++) {
            String problem = errors == null ? null : errors.of(i);
            texts.put(replicas.get(i), hasAnswered(i) ? "answered" : problem != null ? problem : "no answer yet");
        }
        return texts;
    }

    @Override
    public void askForState(NodeId replica) {
        int index = indexOf(replica);
        long bit = 1L << index;
        if (!over && (askedForState & bit) == 0) {
            askedForState |= bit;
            answered &= ~bit;
            stopped &= ~bit;
            begin();
            errors();
            ask(index);
        }
    }

    @Override
    public void onReply(NodeId peer, A answer) {
        answered(indexOf(peer), answer, false);
    }

    /** The first request to the replica failed. */
    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        failedAfter(0, peer, failure);
    }

    private void failedAfter(int again, NodeId peer, RpcException failure) {
        int index = indexOf(peer);
        if (again != askedAgain(index)) {
            // The replica was asked once more since: only that request counts.
            return;
        }
        long bit = 1L << index;
        overloaded = failure instanceof OverloadedException ? overloaded | bit : overloaded & ~bit;
        RefusalKind kind = RefusalKind.of(failure);
        ended(bit, failure.maybeExecuted() && !kind.didNothing());
        refused(index, kind, method.context().describe(peer, failure));
    }

    /** The local replica answers. */
    @Override
    public void reply(A answer) {
        answered(here.self(), answer, true);
    }

    /** The local replica refuses. */
    @Override
    public void fail(Throwable error) {
        RefusalKind kind = RefusalKind.of(error);
        ended(1L << here.self(), !kind.didNothing());
        refused(here.self(), kind, String.valueOf(error.getMessage()));
    }

    @Override
    public void onSign(int index) {
        ask(index);
    }

    /** A request to a replica failed; it may have been executed nevertheless, or not. */
    private void ended(long bit, boolean maybe) {
        asked &= ~bit;
        uncertain = maybe ? uncertain | bit : uncertain;
    }

    /** The request is being sent to all other replicas, in a batch. */
    void leavesForOthers() {
        asked |= here.otherBits();
    }

    private void ask(int index) {
        if (over || hasAnswered(index)) {
            return;
        }
        NodeId replica = replica(index);
        InlineHandler<Q, A> direct = method.local();
        if (direct != null && index == here.self()) {
            asked |= 1L << index;
            direct.handle(replica, request, this);
        } else {
            long left = deadline - method.context().world().clock().nanos();
            if (left > 0) {
                long timeout = method.context().attemptNanos(left);
                boolean sent = method.context()
                        .loop()
                        .send(
                                replica,
                                method.rpc(),
                                here.to(index, isAskedForState(index) ? whole : request),
                                timeout,
                                errors == null ? this : again(errors, index));
                if (sent) {
                    asked |= 1L << index;
                }
            } else {
                stop(index);
            }
        }
    }

    private ReplyHandler<A> again(ReplicaErrors known, int index) {
        int again = known.askAgain(index);
        boolean forState = isAskedForState(index);
        return new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, A answer) {
                answered(indexOf(peer), answer, forState);
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                failedAfter(again, peer, failure);
            }

            @Override
            public boolean isWanted() {
                return Fanout.this.isWanted();
            }
        };
    }

    private int indexOf(NodeId replica) {
        return here.voters().indexOf(replica);
    }

    private NodeId replica(int index) {
        return here.voters().replicas().get(index);
    }

    private int askedAgain(int index) {
        return errors == null ? 0 : errors.askedAgain(index);
    }

    private boolean isAskedForState(int index) {
        return (askedForState & 1L << index) != 0;
    }

    private boolean hasAnswered(int index) {
        return (answered & 1L << index) != 0;
    }

    private void answered(int index, A answer, boolean hasState) {
        // A late answer without the state must not pass for the one that brings the state.
        if (over || hasAnswered(index) || (isAskedForState(index) && !hasState)) {
            return;
        }
        answered |= 1L << index;
        try {
            if (collector.onAnswer(replica(index), answer)) {
                over = true;
            }
        } catch (Throwable e) {
            answered &= ~(1L << index);
            errors().note(index, "answered, but this node failed to process the answer: " + e);
            throw e;
        }
        leaveIfNothingIsToCome();
    }

    private void refused(int index, RefusalKind kind, String problem) {
        if (over) {
            stop(index);
            return;
        }
        switch (kind) {
            case UNKNOWN_STORE -> introduceStore(index);
            case OTHER_POLICY -> {
                errors().note(index, problem);
                stop(index);
                collector.onOtherPolicy(replica(index), problem);
            }
            case OTHER_EPOCH, OTHER_INCARNATION -> {
                // With a newer configuration the request ends. Where the replica lags, or its records
                // are lost, this is a problem like any other: who does not ask again must hear of it.
                method.context().refusedBy(replica(index));
                failed(index, problem);
            }
            case CLOCK_AHEAD -> refusedForGood(index, problem, collector::onClockAhead);
            case WRONG_REQUEST -> refusedForGood(index, problem, collector::onProblem);
            case TOO_LARGE -> {
                if (!hasAnswered(index)) {
                    errors().note(index, problem);
                    collector.onTooLarge(replica(index), problem);
                }
                failed(index, problem);
            }
            default -> failed(index, problem);
        }
    }

    /** The replica is not asked again. */
    private void refusedForGood(int index, String problem, BiConsumer<NodeId, String> report) {
        errors().note(index, problem);
        stop(index);
        if (!hasAnswered(index)) {
            report.accept(replica(index), problem);
        }
    }

    private void failed(int index, String problem) {
        if (over || hasAnswered(index)) {
            stop(index);
            return;
        }
        errors().note(index, problem);
        collector.onProblem(replica(index), problem);
        askLater(index);
    }

    private void askLater(int index) {
        QuorumContext context = method.context();
        ReplicaErrors known = errors();
        int failures = known.fail(index);
        NodeId replica = replica(index);
        long left = deadline - context.world().clock().nanos();
        if (left <= 0 || !collector.asksAgain(replica, failures)) {
            stop(index);
            return;
        }
        long wait = context.retry().backoffNanos(failures, context.world().random());
        // Requests that were refused for overload must not all come back at once.
        if (known.isSilent(index) && (overloaded & 1L << index) == 0) {
            method.recovery().await(index, this);
            wait = Math.min(wait, left);
        }
        if (wait <= left) {
            int again = known.askedAgain(index);
            context.world().scheduler().schedule(wait, () -> waited(index, again));
        } else {
            stop(index);
        }
    }

    private void waited(int index, int again) {
        if (over
                || hasAnswered(index)
                || deadline - method.context().world().clock().nanos() <= 0) {
            stop(index);
        } else if (again == askedAgain(index)) {
            ask(index);
        }
    }

    /**
     * The replica is not asked again. Only a request that was sent again waits for a sign of life.
     */
    private void stop(int index) {
        if (askedAgain(index) > 0 && here.equals(method.context().here())) {
            method.recovery().leave(index, this);
        }
        stopped |= 1L << index;
        leaveIfNothingIsToCome();
    }

    /** The deadline of all others is over. */
    void stopOthers() {
        stopped |= here.otherBits();
        leaveIfNothingIsToCome();
    }

    /** A request of which nothing is to come would otherwise be kept until the replicas change. */
    private void leaveIfNothingIsToCome() {
        if (over || (answered | stopped) == here.voters().allBits()) {
            leave();
        }
    }

    private ReplicaErrors errors() {
        ReplicaErrors known = errors;
        if (known == null) {
            known = new ReplicaErrors(
                    method.recovery(), here.voters().replicas().size());
            errors = known;
        }
        return known;
    }

    /** The replica did not run, or was cut off, when the store was opened. */
    private void introduceStore(int index) {
        boolean introduces = storeId != NO_STORE
                && method.stores().introduce(replica(index), storeId, problem -> {
                    if (problem == null) {
                        ask(index);
                    } else {
                        failed(index, problem);
                    }
                });
        if (!introduces) {
            stop(index);
        }
    }
}
