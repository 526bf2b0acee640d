package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Gathering;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.PrepareAnswer;
import io.coterie.replication.QuorumCall;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReadAnswer;
import io.coterie.replication.RecordKey;
import io.coterie.replication.Replication;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store of consensus registers, one a key: no log, no leader. Any node coordinates any key, and operations on
 * different keys never wait for one another.
 *
 * <p>What is held for a key between rounds is kept for the keys used of late: where there is no more {@linkplain
 * NodeMemory room} for all stores of the node, one goes that was not used since it was last looked at (the clock
 * algorithm; a map in order of access costs a cache miss or two more for each operation). It is used on the loop only,
 * and forgets the same keys again when a simulation is replayed.
 */
final class StrongStore implements PolicyStore {
    /** What is wrong where a message is over the limit of its receiver. */
    static final String TOO_LARGE = "needs messages that are over the limit of this node or of too many replicas: set"
            + " maxValueBytes to the same at all nodes, and to no less than the largest value";

    private static final int LOOKED_AT_ONCE = 64;

    private static final long LONGEST_NANOS = Duration.ofHours(1).toNanos();
    private static final int MOST_FORWARDED_BYTES = 256 << 10;

    private final StoreContext context;
    private final ConsensusRules rules;
    private final Replication replication;
    private final long storeId;
    private final KeyTable keys = new KeyTable();
    private final Expiry<StrongOperation> expiry;
    private final ConflictBackoff backoff = new ConflictBackoff();
    private final StateSenders senders;
    private final NearestReads nearestReads;
    private final Scans scans;
    private final Set<StoreWatch> watches = new LinkedHashSet<>();
    private final Homes homes;
    private final RpcMethod<ForwardRequest, HomeAnswer> forwarding;
    private final RpcMethod<HomeQuestion, HomeQuestion.Answer> asking;
    private final NodeMemory memory;
    private final NodeMemory.Cache held = this::sweep;
    private final ConnectionGate gate;
    private final boolean hasHomes;
    private long heldBytes;
    private boolean closed;

    StrongStore(StoreContext context) {
        this(context, ConsensusRules.CORRECT, true, StateSenders.LARGE_BYTES);
    }

    /**
     * A store that keeps to these rules.
     *
     * @param hasHomes whether nodes make changes for one another
     * @param largeStateBytes from which size on states are sent by one replica
     */
    StrongStore(StoreContext context, ConsensusRules rules, boolean hasHomes, int largeStateBytes) {
        this.context = context;
        this.rules = rules;
        this.hasHomes = hasHomes;
        this.replication = context.replication();
        this.senders = new StateSenders(replication, largeStateBytes);
        this.memory = replication.memory();
        memory.add(held);
        this.storeId = context.store().id();
        this.expiry = new Expiry<>(
                replication.world(), operation -> operation.key.expire(operation), replication.load()::look);
        this.nearestReads = new NearestReads(context, this);
        this.scans = new Scans(context, this, rules);
        this.homes = new Homes(replication.world().clock(), replication.replicas());
        this.forwarding = ForwardRequest.method(context.store().name());
        this.asking = HomeQuestion.method(context.store().name());
        this.gate = ConnectionGate.ofMajority(replication);
        replication.onConnectionChange(this::connectionsChanged);
        if (hasHomes && replication.replicas().contains(replication.self())) {
            replication.node().serveInline(forwarding, this::applyForAnother);
            replication.node().serveInline(asking, this::tellOfBatch);
        }
    }

    @Override
    public @Nullable OverloadedException refusal(long nanos, int operations) {
        return replication.load().refusal(context.store().name(), nanos, operations);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        if (key.length > RecordKey.MAX_BYTES && !operation.isRead()) {
            completion.fail(keyTooLong(context, key));
            return;
        }
        begin(new RecordKey(storeId, key), operation, deadlineNanos, completion);
    }

    void begin(RecordKey recordKey, Operation operation, long deadlineNanos, Completion completion) {
        begin(new StrongOperation(keyOf(recordKey), operation, deadlineNanos, completion));
    }

    private void begin(StrongOperation pending) {
        expiry.add(pending);
        pending.key.add(pending);
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        scans.begin(range, limit, deadlineNanos, completion);
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        if (closed) {
            throw new NodeClosedException("the store is closed", false);
        }
        replication.watches().opened(context.store().name());
        StoreWatch watch =
                new StoreWatch(context, this, rules, prefix, single, queue, listener, this::forgetClosedWatches);
        watches.add(watch);
        watch.start();
        return watch;
    }

    private void forgetClosedWatches() {
        int before = watches.size();
        watches.removeIf(StoreWatch::isClosed);
        replication.watches().closed(before - watches.size());
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        if (weaker instanceof StrongPolicy) {
            return this;
        }
        if (weaker instanceof EventualPolicy) {
            return nearestReads;
        }
        return PolicyStore.super.reading(weaker);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        nearestReads.end();
        scans.end();
        List.copyOf(watches).forEach(StoreWatch::close);
        expiry.drain(operation -> operation.fail(
                new NodeClosedException(describe(operation) + ": the node was closed", operation.maybeApplied)));
        gate.clear();
        keys.forEach(StrongKey::stop);
        keys.clear();
        memory.keptChanged(-heldBytes);
        memory.remove(held);
    }

    /** The key's operations begin when a majority is connected, or are refused if it is not for too long. */
    void awaitMajority(StrongKey key) {
        gate.await(key);
    }

    /** What was in a queue behind a round when the majority was lost does not wait for that round. */
    private void connectionsChanged() {
        if (replication.isMajorityGivenUp()) {
            expiry.drain(operation -> {
                if (operation.key.hasWaiting()) {
                    gate.await(operation.key);
                }
            });
        }
    }

    /** How an operation ends that was not begun, as no majority is connected. */
    RuntimeException notBegun(StrongOperation operation) {
        return unfinished(
                operation, "was not begun: fewer than a majority of replicas are connected", replication.connections());
    }

    long now() {
        return replication.world().clock().nanos();
    }

    Replication replication() {
        return replication;
    }

    /** What the rounds of this store must keep to. */
    ConsensusRules rules() {
        return rules;
    }

    /** The replicas that merge the operations of all nodes. */
    Homes homes() {
        return homes;
    }

    /** How a home is sent the operations of another node. */
    RpcMethod<ForwardRequest, HomeAnswer> forwarding() {
        return forwarding;
    }

    /** How a home is asked for a batch that it has not answered. */
    RpcMethod<HomeQuestion, HomeQuestion.Answer> asking() {
        return asking;
    }

    /** Whether that many bytes may be sent to another node at once. */
    boolean fits(long bytes) {
        return bytes <= Math.min(MOST_FORWARDED_BYTES, replication.node().maxPayloadBytes() / 2);
    }

    ConflictBackoff backoff() {
        return backoff;
    }

    StateSenders senders() {
        return senders;
    }

    /** Asks what is accepted for a key: all replicas for the state, or where states are large one alone. */
    QuorumCall read(RecordKey key, long deadline, Gathering<ReadAnswer> gathering) {
        NodeId sender = senders.forRead();
        if (sender == null) {
            return replication.read(key, deadline, gathering);
        }
        OneState<ReadAnswer> answers = new OneState<>(this, sender, gathering);
        return answers.begun(replication.read(key, sender, deadline, answers));
    }

    /**
     * Asks for promises, in the same way.
     *
     * @param conflicts how many the round has met
     */
    QuorumCall prepare(RecordKey key, Ballot ballot, int conflicts, long deadline, Gathering<PrepareAnswer> gathering) {
        NodeId sender = senders.forChange(conflicts);
        if (sender == null) {
            return replication.prepare(key, ballot, deadline, gathering);
        }
        OneState<PrepareAnswer> answers = new OneState<>(this, sender, gathering);
        return answers.begun(replication.prepare(key, ballot, sender, deadline, answers));
    }

    /** A ballot that was never used, above all that this node has seen. */
    Ballot nextBallot() {
        return rules.nextBallot(replication.ballotClock());
    }

    /** A stamp above those of all batches of this node so far. */
    long nextStamp() {
        return rules.nextStamp(replication.ballotClock());
    }

    /** A ballot to be promised along with another one of this node, which it is above. */
    Ballot nextBallotAfter(Ballot ballot) {
        BallotClock clock = replication.ballotClock();
        return clock.isBelow(ballot) ? clock.nextAbove(ballot) : nextBallot();
    }

    Round newReadRound(StrongKey key, Batch batch) {
        return replication.isReadOnly() ? new ReaderRound(this, key, batch) : new ReadRound(this, key, batch);
    }

    Round newWriteRound(StrongKey key, Batch batch) {
        return new WriteRound(this, key, batch);
    }

    Round newForwarding(StrongKey key, Batch batch) {
        NodeId home = hasHomes ? homes.of(key) : null;
        return home == null ? newWriteRound(key, batch) : new Forwarding(this, key, batch, home);
    }

    void runUserCode(Runnable task) {
        context.userCode().execute(task);
    }

    void heldChanged(int weightBefore, int weightAfter) {
        if (!closed) {
            heldBytes += weightAfter - weightBefore;
            memory.keptChanged(weightAfter - weightBefore);
        }
    }

    /** The key has nothing to do; it stays as long as there is room for what it holds. */
    void becameIdle(StrongKey key) {
        if (!key.isWorthKeeping()) {
            keys.remove(key);
        }
        if (!memory.hasRoom()) {
            memory.sweep();
        }
    }

    /** How an operation ends whose time is over. */
    RuntimeException expired(StrongOperation operation, @Nullable Round round) {
        boolean hasBegun = round != null && round.batch.operations().contains(operation);
        if (!hasBegun && !replication.hasMajority()) {
            return notBegun(operation);
        }
        Map<NodeId, String> said = round == null ? nobodyAsked() : round.said();
        if (!operation.maybeApplied && round != null && round.isTurnedAway()) {
            return OverloadedException.ofReplicas(
                    describe(operation) + " was turned away by too many replicas until its time was over; not applied,"
                            + " trying again later is safe. Send less at once.",
                    said);
        }
        return unfinished(operation, whyUnfinished(operation, round), said);
    }

    private static String whyUnfinished(StrongOperation operation, @Nullable Round round) {
        if (round == null) {
            return "waited in vain for another node to change the key";
        }
        return round.batch.operations().contains(operation) ? round.why() : round.whyOthersWait();
    }

    /** What each replica said to an operation that none was asked for. */
    Map<NodeId, String> nobodyAsked() {
        Map<NodeId, String> said = new LinkedHashMap<>();
        replication.replicas().forEach(replica -> said.put(replica, "not asked"));
        return said;
    }

    /** How an operation ends whose value is over the limit of this node, or of too many replicas. */
    RuntimeException tooLarge(StrongOperation operation, Map<NodeId, String> said) {
        String what = describe(operation) + " " + TOO_LARGE;
        return operation.maybeApplied
                ? new OutcomeUnknownException(what, said)
                : new MessageTooLargeException(what + "; not applied. Replicas: " + said, false);
    }

    /** How an operation ends whose ballot is too far ahead for too many replicas, by their clocks. */
    RuntimeException tooFarAhead(StrongOperation operation, Map<NodeId, String> said) {
        return unfinished(
                operation,
                "was refused by so many replicas that the others are no majority, as their clocks and this node's differ: set the"
                        + " clocks that are wrong, by NTP for instance; if they are right, stop the cluster and free the key by"
                        + " io.coterie.consistency.RepairBallots",
                said);
    }

    /** How an operation ends that cannot be brought to its end. */
    RuntimeException unfinished(StrongOperation operation, String why, Map<NodeId, String> said) {
        String what = describe(operation) + " " + why;
        return rules.mayBeApplied(operation)
                ? new OutcomeUnknownException(what, said)
                : new QuorumUnavailableException(what, said);
    }

    static IllegalArgumentException keyTooLong(StoreContext context, byte[] key) {
        return new IllegalArgumentException("store \"" + context.store().name() + "\": a key has " + key.length
                + " bytes, and replicas take up to " + RecordKey.MAX_BYTES + ": use a shorter one, such as a hash");
    }

    String describe(StrongOperation operation) {
        return "store \"" + context.store().name() + "\": " + operation.name();
    }

    /** Another node takes this one for the key's home. */
    private void applyForAnother(NodeId caller, ForwardRequest request, Responder<HomeAnswer> answer) {
        if (!replication.hasSameReplicas(caller)) {
            answer.fail(new IllegalStateException(
                    caller + " has not shown yet that it was given the replicas " + replication.replicas()));
            return;
        }
        if (request.key().length > RecordKey.MAX_BYTES && !request.batch().isRead()) {
            answer.fail(keyTooLong(context, request.key()));
            return;
        }
        if (!replication.ballotClock().trusts(request.batch().stamp())) {
            // Once it is in the key's state, nobody could give its own batches a higher one.
            answer.reply(new HomeAnswer(false, new ForwardAnswer.Stale(0)));
            return;
        }
        long bytes = request.bytes();
        if (!memory.hold(caller, bytes)) {
            answer.fail(OverloadedException.ofHandler(
                    "this node holds " + memory.heldBytes()
                            + " bytes of changes that others have it make for them, and no" + " more of " + caller
                            + " for now",
                    null));
            return;
        }
        StrongKey strongKey = keyOf(new RecordKey(storeId, request.key()));
        if (strongKey.isCrowded()) {
            memory.release(caller, bytes);
            answer.fail(OverloadedException.ofHandler(
                    "too many nodes change one key of store \""
                            + context.store().name() + "\" at once",
                    null));
            return;
        }
        long deadline = replication.world().clock().nanos() + Math.max(0, Math.min(request.nanosLeft(), LONGEST_NANOS));
        ForwardReply reply = new ForwardReply(strongKey, answer, () -> memory.release(caller, bytes));
        if (closed) {
            reply.fail(new NodeClosedException("the store is closed", false));
        } else {
            begin(new StrongOperation(strongKey, request.batch(), deadline, reply));
        }
    }

    private StrongKey keyOf(RecordKey recordKey) {
        StrongKey strongKey = keys.get(recordKey);
        if (strongKey == null) {
            strongKey = new StrongKey(this, recordKey);
            keys.add(strongKey);
        }
        strongKey.used = true;
        return strongKey;
    }

    private void tellOfBatch(NodeId caller, HomeQuestion question, Responder<HomeQuestion.Answer> answer) {
        StrongKey strongKey = keys.get(new RecordKey(storeId, question.key()));
        if (strongKey == null || !strongKey.has(question.origin(), question.stamp())) {
            answer.reply(HomeQuestion.Answer.NOT_HERE);
        } else {
            boolean goesOn = strongKey.goesOn(homes.patienceNanos(backoff.roundTripNanos()));
            answer.reply(goesOn ? HomeQuestion.Answer.GOES_ON : HomeQuestion.Answer.STANDS);
        }
    }

    private boolean sweep() {
        return heldBytes == 0 || keys.sweep(LOOKED_AT_ONCE, this::stays);
    }

    private boolean stays(StrongKey key) {
        if (memory.hasRoom()) {
            return true;
        }
        boolean stays = key.used || !key.isIdle();
        key.used = false;
        if (!stays) {
            key.forget();
        }
        return stays;
    }
}
