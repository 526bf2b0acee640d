package io.coterie.replication.internal.change;

import io.coterie.replication.internal.keepers.NodeConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.quorum.StoreQuorums;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.transfer.FullRound;
import io.coterie.replication.internal.transfer.Transfer;
import io.coterie.replication.internal.transfer.Transfer.Outcome;
import io.coterie.replication.internal.transfer.Transfer.Progress;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.transfer.TransferPlan;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Repetition;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one change from its joint configuration to its end. The records are transferred first:
 * only then may the next group take over. If a newcomer fails, all stays as it was.
 *
 * <p>A driver ends when this node adopts the next configuration, whoever has proposed it.
 */
final class Driver {
    private static final Logger log = LoggerFactory.getLogger(Driver.class);

    /** How long to try to have a configuration chosen before the transfer is begun again. */
    private static final long PROPOSAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RpcNode node;
    private final NodeConfiguration configuration;
    private final ConfigurationRecords records;
    private final Configuration joint;
    private final TransferPlan plan;
    private final FullRound fullRound;
    private final TransferLimits limits;
    private final Repetition attempts;
    private final long begun;
    private @Nullable Transfer transfer;
    private @Nullable String failure;
    private volatile Progress progress = new Progress(0, 0, 0);
    private volatile int keysHere;
    private boolean over;

    /** @param joint the configuration that this node has adopted */
    Driver(
            RpcNode node,
            NodeConfiguration configuration,
            ConfigurationRecords records,
            Configuration joint,
            StoreQuorums quorums,
            FullRound fullRound,
            TransferLimits limits) {
        this.node = node;
        this.configuration = configuration;
        this.records = records;
        this.joint = joint;
        this.plan = new TransferPlan(
                joint.placement().since(),
                ids(joint.placement().group()),
                ids(joint.placement().next()),
                quorums.ofTransfer());
        this.fullRound = fullRound;
        this.limits = limits;
        this.attempts = new Repetition(node.world().scheduler(), limits.retryNanos(), this::transfer);
        this.begun = node.world().clock().nanos();
    }

    private static List<MemberId> ids(List<GroupMember> group) {
        return group.stream().map(GroupMember::id).toList();
    }

    /**
     * Begins soon, not at once: this turn of the loop adopts the joint configuration, and the other
     * members must hear of that first. Until enough have adopted it, no strong operation succeeds.
     */
    void start() {
        attempts.in(limits.retryNanos());
    }

    void stop() {
        over = true;
        attempts.cancel();
        stopTransfer();
    }

    /** How far it is. This node's records say how many keys there are, unless it is a newcomer. */
    ChangeProgress progress() {
        Progress now = progress;
        return ChangeProgress.after(
                nanos(), joint.epoch(), Math.max(keysHere, now.keysSeen()), now.keysDone(), now.bytesSent());
    }

    /** Why the change is being taken back, as a human-readable text; null if it is not. */
    @Nullable
    String failure() {
        return failure;
    }

    long nanos() {
        return node.world().clock().nanos() - begun;
    }

    private void stopTransfer() {
        Transfer running = transfer;
        transfer = null;
        if (running != null) {
            running.stop();
        }
    }

    private void transfer() {
        stopTransfer();
        if (over) {
            return;
        }
        keysHere = records.keys();
        Transfer begunNow = new Transfer(node, plan, limits, fullRound, new Transfer.Listener() {
            @Override
            public void progressed(Progress now) {
                progress = now;
            }

            @Override
            public void ended(Outcome outcome) {
                attempts.guard(() -> transferred(outcome));
            }
        });
        transfer = begunNow;
        begunNow.start();
    }

    private void transferred(Outcome outcome) {
        if (over) {
            return;
        }
        if (outcome instanceof Outcome.Done) {
            propose(Successors.commit(joint));
        } else if (outcome instanceof Outcome.Failed failed) {
            MemberId member = failed.member();
            if (member == null || plan.isNewcomer(member)) {
                failure = (member == null ? "" : member.node() + ": ") + failed.reason();
                log.warn(
                        "the change of epoch {} is taken back: {}. Repair that, and begin the change again",
                        joint.epoch(),
                        failure);
                propose(Successors.abort(joint));
            } else {
                log.warn(
                        "the change of epoch {} waits for {}, whose records it needs: {}. Start it, or abort the change",
                        joint.epoch(),
                        member.node(),
                        failed.reason());
                attempts.in(limits.retryNanos());
            }
        }
    }

    private void propose(Configuration next) {
        long deadline = node.world().clock().nanos() + PROPOSAL_NANOS;
        configuration.propose(next, deadline, problem -> {
            if (problem != null && !over) {
                attempts.in(limits.retryNanos());
            }
        });
    }
}
