package io.coterie.consistency.internal.fetch;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StateAnswer;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole answers of a state that one replica sends and of the ballots that the others send.
 *
 * <p>A ballot alone is held back until the state of that ballot is known, from whichever replica,
 * and is then handed over with it, as if it had come only now. A ballot goes with one state only,
 * so that is what its replica had and would have sent; and any answer may be late. One that is
 * below the ballot of a state that was handed over needs none. So the collector has nothing to
 * distinguish, and what holds for whole answers holds, as long as it looks at all of them, and at
 * the state of the highest only.
 *
 * <p>Where a ballot is above that of the sender's state, its replica is asked for its state at
 * once; so is another replica where the sender fails, or takes longer than it should and nothing
 * comes from it.
 *
 * @param <A> an answer
 */
final class OneState<A extends StateAnswer<A>> implements ResponseCollector<A>, QuorumCall {
    /** A slow link brings a piece of a message within that time. */
    private static final long PIECE_NANOS = Duration.ofMillis(50).toNanos();

    private final StateRequests states;
    private final ResponseCollector<A> whole;
    private final Voters voters;
    private final long began;

    /** Ballots alone whose state is not known yet. */
    private final Map<NodeId, A> held = new LinkedHashMap<>();

    /** The highest ballot that was handed over with a state. */
    private Ballot highest = Ballot.NONE;

    private byte @Nullable [] state;

    /** A bit for each replica whose answer was handed over. */
    private long delivered;

    /** A bit for each replica that was asked for its state. */
    private long asked;

    /** A bit for each of them that has neither sent it nor failed to. */
    private long awaited;

    private boolean over;
    private boolean waits;
    private @Nullable QuorumCall call;

    /**
     * Answers to come.
     *
     * @param sender the replica that was named to send the state
     * @param whole gets whole answers
     */
    OneState(StateRequests states, NodeId sender, ResponseCollector<A> whole) {
        this.states = states;
        this.whole = whole;
        this.voters = states.replication().voters();
        this.began = states.now();
        this.asked = bit(sender);
        this.awaited = asked;
    }

    /**
     * Replicas were asked; some may have answered before. Returns this, which stands for the call
     * from then on.
     */
    QuorumCall begun(QuorumCall begun) {
        call = begun;
        seek();
        return this;
    }

    @Override
    public boolean onAnswer(NodeId replica, A answer) {
        if (over) {
            return true;
        }
        if ((delivered & bit(replica)) != 0) {
            // What it was asked for came from another meanwhile. Its state may be newer: nobody
            // gets it.
            awaited &= ~bit(replica);
        } else if (!answer.isBallotAlone()) {
            heardWhole(replica, answer);
        } else if (isEnough(answer.accepted())) {
            deliver(replica, completed(answer));
        } else {
            held.put(replica, answer);
        }
        seek();
        return over;
    }

    /** Whether a ballot needs no state but what is known. */
    private boolean isEnough(Ballot ballot) {
        return states.rules().needsNoState(ballot, highest, state);
    }

    /** The answer with the state of its ballot; without one, where nobody looks at it. */
    private A completed(A answer) {
        return states.rules().completed(answer, highest, state);
    }

    private void heardWhole(NodeId replica, A answer) {
        if ((awaited & bit(replica)) != 0) {
            awaited &= ~bit(replica);
            states.senders().took(replica, states.now() - began);
        }
        held.remove(replica);
        byte[] its = answer.state();
        if (its != null && answer.accepted().isAbove(highest) && RegisterState.isState(its)) {
            highest = answer.accepted();
            state = its;
        }
        deliver(replica, answer);
        for (NodeId other : held.keySet().toArray(new NodeId[0])) {
            A waiting = Objects.requireNonNull(held.get(other));
            if (!over && isEnough(waiting.accepted())) {
                held.remove(other);
                deliver(other, completed(waiting));
            }
        }
    }

    private void deliver(NodeId replica, A answer) {
        delivered |= bit(replica);
        over = whole.onAnswer(replica, answer);
    }

    /**
     * Asks for the newest state that is missing, unless one that was asked for may yet bring it.
     */
    private void seek() {
        QuorumCall current = call;
        NodeId next = over || current == null ? null : newest();
        if (current == null || next == null) {
            return;
        }
        if (awaited == 0) {
            ask(current, next);
        } else if (!waits) {
            waits = true;
            long patience = states.senders().patienceNanos(anyAwaited(), states.now() - began);
            states.replication().world().scheduler().schedule(patience, this::waited);
        }
    }

    private void waited() {
        waits = false;
        QuorumCall current = call;
        NodeId next = over || current == null ? null : newest();
        if (current == null || next == null) {
            return;
        }
        if (!isAnyAwaitedSending()) {
            for (NodeId replica : voters.replicas()) {
                if ((awaited & bit(replica)) != 0) {
                    states.senders().failed(replica, states.now() - began);
                }
            }
            ask(current, next);
        }
        seek();
    }

    /** Whether a state may be in flight over a slow link: another copy would only fill it. */
    private boolean isAnyAwaitedSending() {
        for (NodeId replica : voters.replicas()) {
            long within = Math.max(PIECE_NANOS, states.senders().patienceNanos(replica, 0));
            if ((awaited & bit(replica)) != 0 && states.replication().isSending(replica, within)) {
                return true;
            }
        }
        return false;
    }

    private void ask(QuorumCall current, NodeId replica) {
        asked |= bit(replica);
        awaited |= bit(replica);
        current.askForState(replica);
    }

    /** The replica that sent the highest ballot alone and was not asked for its state, or null. */
    private @Nullable NodeId newest() {
        NodeId newest = null;
        Ballot ballot = Ballot.NONE;
        for (Map.Entry<NodeId, A> entry : held.entrySet()) {
            if ((asked & bit(entry.getKey())) == 0
                    && entry.getValue().accepted().isAbove(ballot)) {
                newest = entry.getKey();
                ballot = entry.getValue().accepted();
            }
        }
        return newest;
    }

    private NodeId anyAwaited() {
        return voters.replicas().get(Long.numberOfTrailingZeros(awaited));
    }

    private long bit(NodeId replica) {
        return voters.bit(replica);
    }

    private void lost(NodeId replica) {
        if ((awaited & bit(replica)) != 0) {
            awaited &= ~bit(replica);
            states.senders().failed(replica, states.now() - began);
            seek();
        }
    }

    @Override
    public void cancel() {
        over = true;
        call().cancel();
    }

    @Override
    public long overloaded() {
        return call().overloaded();
    }

    @Override
    public boolean maybeExecuted() {
        return call().maybeExecuted();
    }

    @Override
    public void askForState(NodeId replica) {
        call().askForState(replica);
    }

    /**
     * As far as answers were handed over: a replica that sent its ballot alone counts for nobody
     * yet.
     */
    @Override
    public Map<NodeId, String> said() {
        Map<NodeId, String> said = call().said();
        for (NodeId replica : voters.replicas()) {
            if ((delivered & bit(replica)) != 0) {
                said.put(replica, "answered");
            } else if (held.containsKey(replica)) {
                said.put(replica, "no answer yet with the state");
            }
        }
        return said;
    }

    private QuorumCall call() {
        return Objects.requireNonNull(call, "nobody was asked yet");
    }

    @Override
    public void onVotersChanged() {
        over = true;
        whole.onVotersChanged();
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        whole.onProblem(replica, problem);
        lost(replica);
    }

    @Override
    public boolean asksAgain(NodeId replica, int failures) {
        return whole.asksAgain(replica, failures);
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        whole.onTooLarge(replica, problem);
    }

    @Override
    public void onClockAhead(NodeId replica, String problem) {
        whole.onClockAhead(replica, problem);
        lost(replica);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        whole.onOtherPolicy(replica, problem);
        lost(replica);
    }
}
