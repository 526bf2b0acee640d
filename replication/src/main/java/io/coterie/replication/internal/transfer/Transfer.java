package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Repetition;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next group of replicas know all that a majority of the group before knows: the stores,
 * each register with its promise, the values, and the floors. It is done once a majority of the
 * next group and each newcomer has all of it, durably.
 *
 * <p>To be begun once both groups are the groups of the partition. Members answer under the epoch
 * of that alone. So what a member lists includes all that it has answered to rounds of before, and
 * rounds of now need both groups. It does no harm to begin again, from here or from another node,
 * also while another transfer runs.
 *
 * <p>Only to be used on the node's loop, where the listener is called, too.
 */
public final class Transfer {
    /** How often to begin again with members that were left out and may be back. */
    private static final int MAX_RESTARTS = 3;

    private final RpcNode node;
    private final TransferPlan plan;
    private final TransferLimits limits;
    private final FullRound fullRound;
    private final Listener listener;
    private final Repetition passes;
    private @Nullable MemberCalls calls;
    private @Nullable Pass pass;
    private int restarts;
    private long keysSeen;
    private long keysDone;
    private long bytesSent;

    /**
     * How far a transfer is. Those that it began again are included.
     *
     * @param keysSeen how many keys members have listed
     * @param keysDone how many of them the next group knows
     * @param bytesSent about how many bytes went to members of the next group
     */
    public record Progress(long keysSeen, long keysDone, long bytesSent) {}

    /** How a transfer ended. */
    public sealed interface Outcome {
        /** The next group knows all that a majority of the group knows. */
        record Done() implements Outcome {}

        /** This node's replica knows a later change of the partition. */
        record Superseded() implements Outcome {}

        /**
         * A member that is needed failed for too long, or refuses what it has to take.
         *
         * @param member null if it is no member's fault
         * @param reason a human-readable text
         */
        record Failed(@Nullable MemberId member, String reason) implements Outcome {}
    }

    /** Gets what comes of it. */
    public interface Listener {
        /** The transfer has got further. Called at most once for each key and request. */
        void progressed(Progress progress);

        /** The transfer is over. Called once, unless it was stopped. */
        void ended(Outcome outcome);
    }

    /**
     * A transfer that has not begun.
     *
     * @param node may be a member of both groups, of one or of none
     * @param fullRound settles what a majority of the group does not agree on
     */
    public Transfer(RpcNode node, TransferPlan plan, TransferLimits limits, FullRound fullRound, Listener listener) {
        this.node = node;
        this.plan = plan;
        this.limits = limits;
        this.fullRound = fullRound;
        this.listener = listener;
        // After a failure of this node's own it begins again.
        this.passes = new Repetition(node.world().scheduler(), limits.retryNanos(), this::begin, this::stopPass);
    }

    /** Begins. To be called once. */
    public void start() {
        passes.guard(this::begin);
    }

    /** Ends it without a report. */
    public void stop() {
        passes.cancel();
        stopPass();
    }

    /** How far it is. */
    public Progress progress() {
        return new Progress(keysSeen, keysDone, bytesSent);
    }

    private void begin() {
        stopPass();
        MemberCalls newCalls = new MemberCalls(node, limits, new Ends(), passes::guard);
        Pass newPass = new Pass(newCalls, limits, plan, fullRound, new Counts());
        calls = newCalls;
        pass = newPass;
        newPass.start();
    }

    private void stopPass() {
        MemberCalls current = calls;
        if (current != null) {
            current.stop();
        }
    }

    private void end(Outcome outcome) {
        stop();
        listener.ended(outcome);
    }

    private final class Ends implements MemberCalls.End {
        @Override
        public void superseded() {
            end(new Outcome.Superseded());
        }

        @Override
        public void failed(@Nullable MemberId member, String reason) {
            Pass current = pass;
            boolean isNewcomers = member != null && plan.isNewcomer(member);
            if (current != null && current.hasLeftOut() && !isNewcomers && restarts < MAX_RESTARTS) {
                restarts++;
                stopPass();
                passes.in(limits.retryNanos());
            } else {
                end(new Outcome.Failed(member, reason));
            }
        }
    }

    private final class Counts implements Pass.Steps {
        @Override
        public void seen() {
            keysSeen++;
        }

        @Override
        public void done() {
            keysDone++;
            listener.progressed(progress());
        }

        @Override
        public void sent(long bytes) {
            bytesSent += bytes;
            listener.progressed(progress());
        }

        @Override
        public void completed() {
            end(new Outcome.Done());
        }
    }
}
