package io.coterie.replication.internal.replica;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.RecoveredBallots;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica of this node: the methods that it serves, its registration, and its state for other
 * threads.
 */
public final class LocalReplica {
    private static final Logger log = LoggerFactory.getLogger(LocalReplica.class);

    private final RpcNode node;
    private final Replica replica;
    private final Registration registration;
    private final Copies copies;
    private final Transfers transfers;
    private BooleanSupplier behind = () -> false;
    private volatile ReplicaState state;
    private volatile @Nullable String problem;

    private LocalReplica(RpcNode node, Replica replica, Registration registration) {
        this.node = node;
        this.replica = replica;
        this.registration = registration;
        this.copies = replica.copies(node.maxPayloadBytes());
        this.transfers = replica.transfers(node.maxPayloadBytes());
        this.state = replica.votingRight().state();
        replica.votingRight().onChange(newState -> changed());
        changed();
    }

    /**
     * Reads back the replica's records. It serves nothing yet.
     *
     * @param timestamps see {@link Replica#open}
     * @param names the names of all replicas, as a text to compare; empty for one that founds no
     *     cluster, and looks for one
     * @param voters the replicas that are asked
     * @param rules what is accepted for the stores of policies, by the policies' names
     * @param retry how long to wait before another replica that failed to answer is asked again
     * @param attemptNanos how long to wait for its answer
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to other replicas
     */
    public static LocalReplica open(
            RpcNode node,
            HlcClock timestamps,
            String names,
            List<NodeId> others,
            Supplier<Voters> voters,
            Storage storage,
            Map<String, StoreRules> rules,
            RetryPolicy retry,
            long attemptNanos) {
        Replica replica = Replica.open(node.self(), node.world(), timestamps, names, storage, rules);
        replica.stores().askRoles(node.loop()::role);
        replica.stores().checkPolicies(new PolicyDisputes(node, voters, attemptNanos)::ask);
        Registration registration = new Registration(node, replica, others, retry, attemptNanos);
        return new LocalReplica(node, replica, registration);
    }

    public Replica replica() {
        return replica;
    }

    /** Safe for use by any thread. */
    public ReplicaState state() {
        return state;
    }

    /** Why it does not vote, or null. Safe for use by any thread. */
    @Nullable
    public String problem() {
        return problem;
    }

    /** What it reports to other nodes, and to this one. Only to be called on the loop. */
    public ReplicaReport report() {
        return new ReplicaReport(state, problem, 0, replica.configurations().epoch(), behind.getAsBoolean());
    }

    /** Sets who knows whether the replica lacks many copies that others have. */
    public void reportBehind(BooleanSupplier isBehind) {
        behind = isBehind;
    }

    /** Serves the methods, and begins to register if the replica may not vote yet. */
    public void start() {
        LoopShares shares = replica.shares();
        node.addPeerListener(shares);
        shares.flushBy(node.loop()::flush);
        if (replica.untrusted() > 0) {
            log.warn(
                    "eventual stores: {} values in the journal have timestamps more than {} s ahead of this machine's clock."
                            + " Check the clock. If it is right, another clock was wrong when they were written, and any later"
                            + " write replaces them",
                    replica.untrusted(),
                    HlcClock.MAX_LEAD.toSeconds());
        }
        logLead(replica.recoveredBallots());
        new ServedMethods(node, replica).serve(this);
        if (replica.votingRight().state() == ReplicaState.REGISTERING) {
            replica.whenIdentityIsDurable(registration::start);
        }
    }

    private static void logLead(RecoveredBallots ballots) {
        if (ballots.areOfCluster()) {
            log.warn(
                    "strong stores: most ballots in the journal are {} s ahead of this machine's clock, more than {} s:"
                            + " the clocks were set back since, or this clock is wrong. Check it. The replica continues from"
                            + " these ballots",
                    ballots.clusterLeadMillis() / 1_000,
                    BallotClock.MAX_LEAD.toSeconds());
        }
        if (ballots.ahead() > 0) {
            log.warn(
                    "strong stores: {} entries in the journal have ballots more than {} s ahead of this machine's clock,"
                            + " the highest {} s. Check the clock. If it is right, another clock was wrong when they were"
                            + " written, or a node is malicious. Reads and changes of their keys are slower, because they need"
                            + " ballots of their own; other keys are not affected. io.coterie.consistency.RepairBallots lists"
                            + " the keys that are stuck, and repairs them while the cluster is stopped",
                    ballots.ahead(),
                    BallotClock.MAX_LEAD.toSeconds(),
                    ballots.highestLeadMillis() / 1_000);
        }
    }

    /** The handler of scans. */
    public InlineHandler<ScanRequest, ScanAnswer> scans() {
        return (caller, request, answer) -> replica.registers().scan(caller, request, node.maxPayloadBytes(), answer);
    }

    /** The handler of watches. */
    public InlineHandler<WatchRequest, WatchAnswer> watches() {
        return (caller, request, answer) -> replica.registers().watch(caller, request, node.maxPayloadBytes(), answer);
    }

    /** All copies of the replica, for a comparison with others. */
    public Copies copies() {
        return copies;
    }

    /** The replica's part in changes of the group of replicas. */
    public Transfers transfers() {
        return transfers;
    }

    /** A configuration that names this replica is durable in its journal. */
    public void configured(Configuration adopted) {
        registration.change(adopted);
        if (state == ReplicaState.AMNESIAC && registration.isNew()) {
            replica.votingRight().beginAgain();
            registration.beginAgain();
        }
        replica.votingRight().configure();
    }

    /** Runs the task when a caller knows a newer configuration than this replica. */
    public void onNewerConfiguration(Runnable task) {
        replica.gate().onNewer(task);
    }

    /**
     * The configuration of the cluster does not name this replica.
     *
     * @param incarnation the one that it names in place of this replica's; null if it has no member
     *     of this name
     */
    public void forgotten(@Nullable Long incarnation) {
        if (incarnation == null) {
            registration.suspend();
            replica.votingRight()
                    .retire("replica " + node.self() + " is no member of this cluster: its replicas are "
                            + replica.configurations().members());
        } else {
            registration.lostMemory("the configuration of the cluster names another incarnation of it");
        }
    }

    /**
     * The cluster is not founded yet.
     *
     * @param why what the other replicas said, as a human-readable text
     */
    public void waitsForFounding(String why) {
        if (!replica.votingRight().hasVoted() && registration.isDone()) {
            replica.votingRight()
                    .waitFor("it votes once all replicas have founded the cluster together, and waits for " + why);
        }
    }

    /**
     * The replica is no member, and waits to become one.
     *
     * @param why what that waits for, as a human-readable text
     */
    public void waitsToJoin(String why) {
        replica.votingRight().waitFor("replica " + node.self() + " is no member yet. " + why);
    }

    public void close() {
        registration.stop();
        node.world().scheduler().beginLongTask("to write the last records of replica " + node.self());
        replica.close();
    }

    private void changed() {
        problem = replica.votingRight().problem();
        state = replica.votingRight().state();
        if (state == ReplicaState.FAILED) {
            log.error("replica {} has failed and answers no more requests: {}", node.self(), problem);
        }
    }
}
