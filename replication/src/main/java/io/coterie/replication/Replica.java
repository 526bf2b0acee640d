package io.coterie.replication;

import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;
import io.coterie.rpc.Role;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records and answers for them. Whatever an answer rests on is durable before the answer leaves.
 *
 * <p>Only to be used on the node's loop, once it was opened.
 */
final class Replica implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final String AGAIN =
            "it has just started, and votes once the others that make a majority with it know of this start: start them, if they"
                    + " are not running";

    private static final String NEW =
            "it is new, and votes once most of the other replicas know it: start them, if they are not running";

    private final NodeId self;
    private final Clock clock;
    private final World world;
    private final StampClock stamps;
    private final ClusterTime time;
    private final BallotBound bound;
    private final ReplicaTables tables;
    private final JournalEntries entries = new JournalEntries();
    private final Journal journal;
    private final Compaction compaction;
    private final Identity identity;
    private final NewStores newStores;
    private final LoopShares shares;
    private final long untrusted;
    private boolean closed;

    /** Null as long as nobody watches. */
    private @Nullable Watchers watchers;

    private ReplicaState state;
    private @Nullable String problem;
    private Consumer<ReplicaState> stateListener = newState -> {};
    private LeadListener leadListener = (writer, leadMillis) -> {};
    private Function<NodeId, Role> roles = caller -> Role.REPLICA;
    private PolicyCheck policyCheck = (store, then) -> then.accept("there are no others to ask");

    private Replica(
            NodeId self, World world, StampClock stamps, String replicas, ReplicaTables tables, JournalOpener opener) {
        this.self = self;
        this.clock = world.clock();
        this.world = world;
        this.stamps = stamps;
        this.tables = tables;
        this.newStores = new NewStores(clock);
        this.shares = new LoopShares(self, world);
        this.journal = opener.open(this::storageFailed);
        this.time = new ClusterTime(clock);
        this.bound = new BallotBound(time, tables.recoveredBallots.bound());
        this.compaction = new Compaction(journal, tables, entries, this::append);
        this.untrusted = tables.values.values().stream()
                .filter(record -> !stamps.observe(record.value().stamp()))
                .count();
        this.state = ReplicaState.REGISTERING;
        this.problem = tables.voting ? AGAIN : NEW;
        this.identity = new Identity(self, replicas, tables, entries, this::append);
        identity.record(world.random());
    }

    /** Told of stamps and ballots that are too far ahead of this node's clock. */
    interface LeadListener {
        /** A node sent one, which was refused. */
        void onLead(NodeId writer, long leadMillis);
    }

    /** Asks the other replicas. */
    interface PolicyCheck {
        /**
         * Whether a majority of all replicas has a store recorded so, which this one has recorded otherwise.
         *
         * @param then told once: null if that is so, or else what is known
         */
        void ask(StoreSpec store, Consumer<@Nullable String> then);
    }

    private interface JournalOpener {
        Journal open(Consumer<StorageException> onFailure);
    }

    /**
     * Reads back what the replica remembers.
     *
     * @param stamps the node's clock for writes, which is kept above all that the replica has and the clock trusts: a later
     *     write of this node would be lost otherwise
     * @param replicas all replicas, as a text to compare with that of others
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to other replicas
     */
    static Replica open(NodeId self, World world, StampClock stamps, String replicas, Storage storage) {
        return open(self, world, stamps, replicas, storage, Map.of());
    }

    /**
     * The same.
     *
     * @param rules what is taken for the stores of policies, by the policies' names
     */
    static Replica open(
            NodeId self,
            World world,
            StampClock stamps,
            String replicas,
            Storage storage,
            Map<String, StoreRules> rules) {
        ReplicaTables tables = new ReplicaTables(world.clock(), rules);
        return new Replica(self, world, stamps, replicas, tables, onFailure -> {
            world.scheduler().beginLongTask("to read back what is in " + storage);
            RecoveredEntries recovered = new RecoveredEntries(tables);
            Journal journal = storage.open(self, world, recovered, onFailure);
            try {
                recovered.end();
                Identity.requireSameReplicas(self, replicas, tables, storage);
                return journal;
            } catch (Throwable e) {
                journal.close();
                throw e;
            }
        });
    }

    Identity identity() {
        return identity;
    }

    /** How the loop's time is shared among those that ask this replica. */
    LoopShares shares() {
        return shares;
    }

    /** Runs the task once this replica will remember its identity after a crash: nobody is to know of it before. */
    void whenIdentityIsDurable(Runnable task) {
        journal.whenDurable(identity.position(), task);
    }

    ReplicaState state() {
        return state;
    }

    /** Why the replica does not vote, for people; null while it does. */
    @Nullable
    String problem() {
        return problem;
    }

    /** How many values were read back whose stamps are too far ahead of this node's clock. */
    long untrusted() {
        return untrusted;
    }

    /** The time that ballots go by. */
    ClusterTime time() {
        return time;
    }

    /** How far ahead the ballots are that were read back. */
    RecoveredBallots recoveredBallots() {
        return tables.recoveredBallots;
    }

    void onLead(LeadListener listener) {
        leadListener = listener;
    }

    /** What tells callers apart besides their names. By default nothing does. */
    void askRoles(Function<NodeId, Role> asked) {
        roles = asked;
    }

    /** Who is asked where a node says that a majority has recorded a store otherwise. By default it is not believed. */
    void checkPolicies(PolicyCheck check) {
        policyCheck = check;
    }

    void onStateChange(Consumer<ReplicaState> listener) {
        stateListener = listener;
    }

    /** Whether it has voted before, in an earlier start or in this one. */
    boolean hasVoted() {
        return tables.voting;
    }

    /** Enough others know this start: the replica may vote, once it remembers for ever that it does. */
    void becomeVoting(Runnable done) {
        Runnable vote = () -> {
            if (state == ReplicaState.REGISTERING) {
                tables.voting = true;
                change(ReplicaState.VOTING, null);
                done.run();
            }
        };
        if (tables.voting) {
            vote.run();
        } else {
            whenDurable(append(entries::voting), vote);
        }
    }

    /** Another replica remembers an incarnation or a start of this one that it does not know itself. */
    void becomeAmnesiac(String reason) {
        if (state == ReplicaState.REGISTERING || state == ReplicaState.VOTING) {
            change(ReplicaState.AMNESIAC, reason);
        }
    }

    /** It does not vote yet, for this reason. */
    void waitsFor(String reason) {
        if (state == ReplicaState.REGISTERING) {
            change(state, reason);
        }
    }

    void register(NodeId caller, RegisterMethod.Request request, Responder<RegisterMethod.Answer> answer) {
        if (hasStorage(answer)
                && isIntroduced(caller, request.replicas(), answer)
                && isReplica(caller, "register", answer)) {
            Remembered known = identity.register(caller, request);
            reply(tables.namesPosition, answer, new RegisterMethod.Answer(witness(), known));
        }
    }

    private RegisterMethod.Witness witness() {
        if (state == ReplicaState.AMNESIAC) {
            return RegisterMethod.Witness.AMNESIAC;
        }
        return tables.voting ? RegisterMethod.Witness.VOTED : RegisterMethod.Witness.NEW;
    }

    private boolean isIntroduced(NodeId caller, String callersReplicas, Responder<?> answer) {
        try {
            identity.introduce(caller, callersReplicas);
            return true;
        } catch (ReplicaRefusal refusal) {
            answer.fail(refusal);
            return false;
        }
    }

    private boolean isReplica(NodeId caller, String what, Responder<?> answer) {
        try {
            identity.requireReplica(caller, what);
            return true;
        } catch (ReplicaRefusal refusal) {
            answer.fail(refusal);
            return false;
        }
    }

    void openStore(NodeId caller, ReplicaMethods.Open request, Responder<Boolean> answer) {
        if (!hasStorage(answer) || !isIntroduced(caller, request.replicas(), answer)) {
            return;
        }
        StoreSpec spec = request.store();
        StoreSpec known = tables.storesByName.get(spec.name());
        String problem = RequestChecks.problem(spec, tables.stores.get(spec.id()));
        if (problem != null) {
            answer.fail(new ReplicaRefusal(RefusalKind.WRONG_REQUEST, problem));
        } else if (roles.apply(caller) == Role.READER) {
            openAsReader(known, spec, answer);
        } else if (known == null) {
            if (isTaken(caller, spec, answer)) {
                record(spec, answer);
            }
        } else if (known.equals(spec)) {
            record(spec, answer);
        } else if (request.byMajority()) {
            policyCheck.ask(spec, doubt -> {
                if (doubt == null) {
                    record(spec, answer);
                } else {
                    refuse(known, spec, ": " + doubt, answer);
                }
            });
        } else {
            refuse(known, spec, "", answer);
        }
    }

    /** A reader has nothing recorded. */
    private void openAsReader(@Nullable StoreSpec known, StoreSpec asked, Responder<Boolean> answer) {
        if (known == null) {
            answer.fail(
                    new ReplicaRefusal(
                            RefusalKind.NOT_RECORDED,
                            "store \"" + asked.name()
                                    + "\" is not recorded here, and a reader records none: have a node that may write open it first"));
        } else if (known.equals(asked)) {
            record(asked, answer);
        } else {
            refuse(known, asked, "", answer);
        }
    }

    private static void refuse(StoreSpec known, StoreSpec asked, String why, Responder<?> answer) {
        answer.fail(new ReplicaRefusal(
                RefusalKind.OTHER_POLICY,
                "store \"" + asked.name() + "\" is recorded with policy \"" + known.policy() + "\", not \""
                        + asked.policy() + "\"" + why));
    }

    private void record(StoreSpec spec, Responder<Boolean> answer) {
        if (!hasStorage(answer)) {
            return;
        }
        if (!spec.equals(tables.storesByName.get(spec.name()))) {
            tables.store(spec);
            tables.namesPosition = append(() -> entries.store(spec));
        }
        reply(tables.namesPosition, answer, true);
    }

    /** Under which policy it has recorded a store, as another replica asks. */
    void tellPolicy(NodeId caller, PolicyMethod.Question question, Responder<PolicyMethod.Recorded> answer) {
        if (hasStorage(answer)
                && isIntroduced(caller, question.replicas(), answer)
                && isReplica(caller, "ask one another for policies", answer)) {
            StoreSpec known = tables.storesByName.get(question.store());
            reply(tables.namesPosition, answer, new PolicyMethod.Recorded(known == null ? null : known.policy()));
        }
    }

    private boolean isTaken(NodeId caller, StoreSpec store, Responder<?> answer) {
        RuntimeException refusal = newStores.refusal(caller, store, tables.stores.size());
        if (refusal == null) {
            newStores.recorded(caller);
        } else {
            answer.fail(refusal);
        }
        return refusal == null;
    }

    /** What is in its tables for a key, whether that is durable or not, and whether it may vote or not. */
    ReadAnswer known(RecordKey key) {
        return accepted(tables.registers.get(key));
    }

    void read(NodeId caller, ReadMethod.Request request, Responder<ReadMethod.Found> answer) {
        if (!mayVote(caller, request.key(), answer)) {
            return;
        }
        Register register = tables.registers.get(request.key());
        boolean known = register == null ? request.known().equals(Ballot.NONE) : register.isAccepted(request.known());
        reply(
                register == null ? tables.floors.position() : register.position,
                answer,
                known ? ReadMethod.Found.AS_KNOWN : new ReadMethod.Found(found(caller, register, request.sender())));
    }

    private ReadAnswer found(NodeId caller, @Nullable Register register, @Nullable NodeId sender) {
        return register == null
                ? ReadAnswer.NOTHING
                : new ReadAnswer(register.accepted(), stateFor(caller, register, sender));
    }

    /** What a caller is told of a register's state. */
    private byte @Nullable [] stateFor(NodeId caller, Register register, @Nullable NodeId sender) {
        byte[] told = sends(caller, sender) ? register.state() : null;
        shares.charge(caller, told == null ? 0 : told.length);
        return told;
    }

    /** Whether the state goes along with an answer. To this node itself it costs nothing. */
    private boolean sends(NodeId caller, @Nullable NodeId sender) {
        return sender == null || sender.equals(self) || caller.equals(self);
    }

    private static ReadAnswer accepted(@Nullable Register register) {
        return register == null ? ReadAnswer.NOTHING : new ReadAnswer(register.accepted(), register.state());
    }

    void scan(NodeId caller, ScanRequest request, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        if (!mayVote(caller, new RecordKey(request.store(), request.prefix()), answer) || isTooLong(request, answer)) {
            return;
        }
        SortedKeys sorted = tables.sorted;
        if (sorted == null) {
            sorted = new SortedKeys(
                    world.scheduler(), tables.registers.iterator(), key -> tables.registers.get(key) != null);
            tables.sorted = sorted;
        }
        SortedKeys complete = sorted;
        Runnable page = () -> page(caller, request, complete, maxPayloadBytes, answer);
        if (sorted.isComplete()) {
            page.run();
        } else if (shares.hold(caller, answer)) {
            // Those that wait must not all be served in one turn.
            sorted.whenComplete(() -> shares.release(caller, answer, () -> {
                try {
                    page.run();
                } catch (Throwable e) {
                    answer.fail(e);
                }
            }));
        }
    }

    private static boolean isTooLong(ScanRequest request, Responder<?> answer) {
        boolean isTooLong = request.prefix().length > Watchers.MAX_PREFIX_BYTES;
        if (isTooLong) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.LONG_PREFIX,
                    "a scan of a prefix of " + request.prefix().length + " bytes: no key has more than "
                            + Watchers.MAX_PREFIX_BYTES + ", so scan a shorter one"));
        }
        return isTooLong;
    }

    private void page(
            NodeId caller, ScanRequest request, SortedKeys sorted, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        ReplicaScan scan = ReplicaScan.of(request, sorted, tables.registers, maxPayloadBytes, shares.room(caller));
        shares.charge(caller, scan.cost());
        reply(Math.max(scan.position, tables.floors.position()), answer, scan.answer());
    }

    /** Answers with what was accepted since the last such request of a watch, when there is any. */
    void watch(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        if (!mayVote(caller, new RecordKey(request.store(), request.prefix()), answer)) {
            return;
        }
        Watchers told = watchers;
        if (told == null) {
            told = new Watchers(world, shares);
            watchers = told;
        }
        told.poll(caller, request, maxPayloadBytes, answer);
    }

    /** Nobody is to know of a state that a crash may undo. */
    private void tellWatchers(Watchers told, RecordKey key, Register register) {
        byte[] accepted = register.state();
        if (accepted != null) {
            ScannedKey event = new ScannedKey(key.bytes(), register.accepted(), accepted);
            whenDurable(register.position, () -> told.accepted(key, event));
        }
    }

    void prepare(NodeId caller, ReplicaMethods.Prepare request, Responder<PrepareAnswer> answer) {
        if (!mayVote(caller, request.key(), answer) || !RequestChecks.isFit(request, tables.rules(), answer)) {
            return;
        }
        Register register = tables.register(request.key());
        if (!isInBounds(caller, request.ballot(), register, answer)) {
            return;
        }
        boolean raises = request.ballot().isAbove(register.promised());
        if (register.prepare(request.ballot())) {
            if (raises) {
                register.position = append(() -> entries.promise(request.key(), register.promised()));
                tables.changed(register);
            }
            boolean absent = register.accepted().equals(Ballot.NONE);
            Ballot floor = absent ? tables.floors.of(request.key().store()) : Ballot.NONE;
            reply(
                    register.position,
                    answer,
                    new PrepareAnswer(
                            true,
                            register.promised(),
                            register.accepted(),
                            stateFor(caller, register, request.sender()),
                            floor));
        } else {
            reply(
                    register.position,
                    answer,
                    new PrepareAnswer(false, register.promised(), Ballot.NONE, null, Ballot.NONE));
        }
    }

    void accept(NodeId caller, ReplicaMethods.Accept request, Responder<AcceptAnswer> answer) {
        if (!mayVote(caller, request.key(), answer)) {
            return;
        }
        Register register = tables.register(request.key());
        boolean again = register.isAccepted(request.ballot());
        if (!RequestChecks.isFit(request, tables.rules(), register, again, answer)
                || (!again && !isInBounds(caller, request.ballot(), register, answer))
                || !isInBounds(caller, request.next(), register, answer)) {
            return;
        }
        Ballot promisedBefore = register.promised();
        boolean accepted = register.accept(request.ballot(), request.state(), request.next());
        if (accepted && !(again && register.isPromised(promisedBefore))) {
            register.position = append(() -> entries.register(request.key(), register));
            tables.changed(register);
        }
        if (watchers != null && accepted && !again) {
            tellWatchers(watchers, request.key(), register);
        }
        reply(register.position, answer, new AcceptAnswer(accepted, register.promised(request.next())));
    }

    /** What is too far ahead is refused: were it granted, whoever comes after it would have to go as far. */
    private boolean isInBounds(NodeId caller, Ballot ballot, Register register, Responder<?> answer) {
        if (bound.takes(ballot.counter(), register.promisedCounter())) {
            return true;
        }
        refuseLead(caller, "ballot", ballot, answer);
        return false;
    }

    private void refuseLead(NodeId caller, String what, Ballot ballot, Responder<?> answer) {
        long lead = bound.leadMillis(ballot.counter());
        leadListener.onLead(caller, lead);
        answer.fail(new ReplicaRefusal(
                RefusalKind.CLOCK_AHEAD,
                "the " + what + " is " + lead / 1_000
                        + " s ahead of this replica's clock, and it takes no more than "
                        + BallotClock.MAX_LEAD.toSeconds()
                        + " s; set the clock of " + caller + ", or this one"));
    }

    /**
     * Forgets a deleted key, of which the caller knows that all replicas have it so. A promise above the floor says that somebody
     * is about to write it again: then it stays. As the floor binds all absent keys of the store, it is held to what binds any key.
     */
    void remove(NodeId caller, ReplicaMethods.Remove request, Responder<Boolean> answer) {
        RecordKey key = request.key();
        if (!mayVote(caller, key, answer)) {
            return;
        }
        if (!isReplica(caller, "forget deleted keys", answer)) {
            return;
        }
        if (!bound.isWithin(request.floor().counter())) {
            refuseLead(caller, "floor", request.floor(), answer);
            return;
        }
        Register register = tables.register(key);
        byte[] deleted = register.state();
        boolean asked =
                register.accepted().equals(request.ballot()) && deleted != null && Register.isTombstone(deleted);
        if (asked && !register.promised().isAbove(request.floor())) {
            remove(key, request.floor());
            reply(tables.floors.position(), answer, true);
        } else {
            reply(register.position, answer, register.accepted().equals(Ballot.NONE));
        }
    }

    /** Turns a promise for a key that has nothing else into one for all absent keys, unless it is too far ahead for those. */
    void forgetPromise(RecordKey key) {
        Register register = tables.register(key);
        if (register.kept && register.state() == null && bound.isWithin(register.promisedCounter())) {
            remove(key, register.promised());
        }
    }

    private void remove(RecordKey key, Ballot atLeast) {
        Ballot floor = tables.floors.raise(key.store(), atLeast);
        tables.floors.raisedAt(append(() -> entries.removed(key, floor)));
        tables.remove(key);
    }

    /** Keys without a value of stores under a policy, those first that were not told of for longest; up to so many of each store. */
    List<Tombstone> tombstones(String policy, int limit) {
        if (closed || state != ReplicaState.VOTING) {
            return List.of();
        }
        List<Tombstone> found = new ArrayList<>();
        long now = clock.nanos();
        for (long store : tables.tombstones.stores()) {
            StoreSpec spec = tables.stores.get(store);
            if (spec != null && spec.policy().equals(policy)) {
                for (Tombstones.Entry entry : tables.tombstones.next(store, limit)) {
                    Register register = tables.register(entry.key());
                    found.add(new Tombstone(
                            entry.key(),
                            register.accepted(),
                            register.state(),
                            register.promised(),
                            now - entry.since()));
                }
            }
        }
        return found;
    }

    boolean hasTombstones() {
        return !tables.tombstones.isEmpty();
    }

    void onFirstTombstone(Runnable listener) {
        tables.tombstones.onFirst(listener);
    }

    int records() {
        return tables.registers.size() + tables.values.size();
    }

    /** The store recorded under the number, or null. */
    @Nullable
    StoreSpec store(long id) {
        return tables.stores.get(id);
    }

    void fetch(NodeId caller, RecordKey key, Responder<Stamped> answer) {
        if (knows(caller, key, answer) && RequestChecks.takesStamped(tables.rules(), answer)) {
            ReplicaTables.StampedRecord known = value(key);
            byte[] told = known.value().value();
            shares.charge(caller, told == null ? 0 : told.length);
            reply(known.position(), answer, known.value());
        }
    }

    void merge(NodeId caller, ReplicaMethods.Merge request, Responder<Stamp> answer) {
        if (!knows(caller, request.key(), answer)
                || !RequestChecks.takesStamped(tables.rules(), answer)
                || !RequestChecks.isFit(request, answer)) {
            return;
        }
        Stamp stamp = request.value().stamp();
        if (!stamps.observe(stamp)) {
            long lead = stamps.leadMillis(stamp);
            leadListener.onLead(caller, lead);
            answer.fail(new ReplicaRefusal(
                    RefusalKind.CLOCK_AHEAD,
                    "the write's stamp is " + lead
                            + " ms ahead of this replica's clock; set the clocks of both machines"));
            return;
        }
        ReplicaTables.StampedRecord known = value(request.key());
        if (stamps.isLater(stamp, known.value().stamp())) {
            long position = append(() -> entries.value(request.key(), request.value()));
            known = new ReplicaTables.StampedRecord(request.value(), position);
            tables.put(request.key(), known);
        }
        reply(known.position(), answer, known.value().stamp());
    }

    private ReplicaTables.StampedRecord value(RecordKey key) {
        return tables.values.getOrDefault(key, ReplicaTables.StampedRecord.NEVER);
    }

    @Override
    public void close() {
        closed = true;
        journal.close();
    }

    /**
     * Appends an entry. Where that fails, memory is ahead of what can ever be durable, and the replica must answer nothing any
     * more: an answer to the same request, sent again, would rest on it.
     */
    private long append(Supplier<ByteBuffer> entry) {
        try {
            long position = journal.append(journal.keepsRecords() ? entry.get() : NOTHING);
            compaction.appended(position);
            return position;
        } catch (RuntimeException | Error e) {
            storageFailed(new StorageException("an entry could not be appended to the journal: " + e, true, e));
            return Compaction.FAILED;
        }
    }

    private <A> void reply(long position, Responder<A> answer, A content) {
        if (hasStorage(answer)) {
            journal.whenDurable(position, () -> answer.reply(content));
        }
    }

    private void whenDurable(long position, Runnable task) {
        if (state != ReplicaState.FAILED) {
            journal.whenDurable(position, task);
        }
    }

    private boolean mayVote(NodeId caller, RecordKey key, Responder<?> answer) {
        if (state != ReplicaState.VOTING && state != ReplicaState.FAILED) {
            answer.fail(new ReplicaRefusal(RefusalKind.NOT_VOTING, String.valueOf(problem)));
            return false;
        }
        return knows(caller, key, answer) && RequestChecks.takesRegisters(tables.rules(), answer);
    }

    private boolean knows(NodeId caller, RecordKey key, Responder<?> answer) {
        if (!hasStorage(answer)) {
            return false;
        }
        if (!tables.knowsStore(key.store()) || !identity.callers().knows(caller)) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.UNKNOWN_STORE, "the store was not opened at this replica yet by the caller"));
            return false;
        }
        return true;
    }

    private boolean hasStorage(Responder<?> answer) {
        if (state == ReplicaState.FAILED) {
            answer.fail(new ReplicaRefusal(RefusalKind.NO_STORAGE, String.valueOf(problem)));
            return false;
        }
        if (closed) {
            answer.fail(new ReplicaRefusal(RefusalKind.NO_STORAGE, "this replica was closed"));
            return false;
        }
        return true;
    }

    private void storageFailed(StorageException failure) {
        change(ReplicaState.FAILED, failure.getMessage());
    }

    private void change(ReplicaState newState, @Nullable String reason) {
        state = newState;
        problem = reason;
        stateListener.accept(newState);
    }
}
