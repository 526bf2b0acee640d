package io.coterie.replication.internal.replica;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.BatchHandler;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.shares.SharedHandler;
import io.coterie.replication.internal.tables.RecoveredBallots;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.DigestMethod;
import io.coterie.replication.internal.wire.PolicyMethod;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.internal.wire.WatchMethod;
import io.coterie.replication.spi.RecordKey;
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
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
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
    private volatile ReplicaState state;
    private volatile @Nullable String problem;

    private LocalReplica(RpcNode node, Replica replica, Registration registration) {
        this.node = node;
        this.replica = replica;
        this.registration = registration;
        this.copies = replica.copies(node.maxPayloadBytes());
        this.state = replica.votingRight().state();
        replica.votingRight().onChange(newState -> changed());
        changed();
    }

    /**
     * Reads back the replica's records. It serves nothing yet.
     *
     * @param timestamps see {@link Replica#open}
     * @param names the names of all replicas, as a text to compare
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
        replica.stores().checkPolicies(new PolicyDisputes(node, names, voters, attemptNanos)::ask);
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

    /** Serves the methods, and begins to register if the replica may not vote yet. */
    public void start() {
        LoopShares shares = replica.shares();
        Registers registers = replica.registers();
        node.addPeerListener(replica.identity().introducedNodes());
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
        node.serveInline(
                ReplicaMethods.REPORT,
                (caller, request, answer) -> answer.reply(new ReplicaMethods.Report(
                        new ReplicaReport(
                                replica.votingRight().state(),
                                replica.votingRight().problem(),
                                0),
                        replica.identity().replicas(),
                        node.world().clock().wallMillis())));
        node.serveInline(RegisterMethod.METHOD, replica::register);
        node.serveInline(ReplicaMethods.OPEN, replica.stores()::open);
        node.serveInline(PolicyMethod.METHOD, replica.stores()::answerPolicy);
        serveShared(ReadMethod.BATCH, registers::read, request -> request.key().length());
        serveShared(
                ReplicaMethods.PREPARES,
                registers::prepare,
                request -> request.key().length());
        serveShared(ReplicaMethods.FETCHES, replica::fetch, RecordKey::length);
        serve(ReplicaMethods.ACCEPTS, registers::accept);
        serve(ReplicaMethods.REMOVES, registers::remove);
        serve(ReplicaMethods.MERGES, replica::merge);
        node.serveInline(ScanMethod.METHOD, new SharedHandler<>(shares, scans(), ScanRequest::bytes));
        node.serveInline(
                WatchMethod.METHOD, new SharedHandler<>(shares, watches(), request -> request.prefix().length));
        node.serveInline(
                DigestMethod.METHOD,
                new SharedHandler<>(shares, copies::answer, question -> question.nodes().length * Integer.BYTES));
        node.serveInline(
                CopyMethod.METHOD,
                new SharedHandler<>(
                        shares, copies::answer, question -> CopyMethod.VERSION_BYTES * question.versions()));
        if (replica.votingRight().state() == ReplicaState.REGISTERING) {
            replica.whenIdentityIsDurable(registration::start);
        }
    }

    /** Serves a method that changes records. */
    private <Q, A> void serve(BatchMethod<Q, A> method, InlineHandler<Q, A> handler) {
        node.serveInline(method.one(), handler);
        node.serveInline(method.many(), new BatchHandler<>(handler, replica.shares(), true));
    }

    /**
     * Serves a method that only reads, and whose answer may be much larger than its request.
     *
     * @param bytes about how many a request has
     */
    private <Q, A> void serveShared(BatchMethod<Q, A> method, InlineHandler<Q, A> handler, ToIntFunction<Q> bytes) {
        node.serveInline(method.one(), new SharedHandler<>(replica.shares(), handler, bytes));
        node.serveInline(method.many(), new BatchHandler<>(handler, replica.shares(), false));
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
