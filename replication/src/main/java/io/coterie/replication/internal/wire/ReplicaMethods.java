package io.coterie.replication.internal.wire;

import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import org.jspecify.annotations.Nullable;

/**
 * The methods of replicas, with the layout of requests and answers. All requests may be repeated: a
 * second copy of a request has no further effect.
 */
public final class ReplicaMethods {
    /**
     * A request of {@link #OPEN}.
     *
     * @param byMajority whether the caller claims that a majority has recorded the store so: a
     *     replica with another record asks the others whether that is true
     */
    public record Open(StoreSpec store, boolean byMajority) {}

    /**
     * A request of {@link #PREPARE}.
     *
     * @param sender the replica that is to send the state, while the others send the ballot alone;
     *     null if each is to send it
     */
    public record Prepare(
            RecordKey key, Ballot ballot, @Nullable NodeId sender) {
        public Prepare(RecordKey key, Ballot ballot) {
            this(key, ballot, null);
        }
    }

    /** A request of {@link #ACCEPT}: take this state with this ballot, and promise the next. */
    public record Accept(RecordKey key, Ballot ballot, byte[] state, Ballot next) {}

    /**
     * A request of {@link #REMOVE}: forget the key, if exactly this ballot is accepted for it and
     * no promise is above the floor.
     *
     * @param floor the lowest promise of the store's absent keys from then on
     */
    public record Remove(RecordKey key, Ballot ballot, Ballot floor) {}

    /** A request of {@link #MERGE}. */
    public record Merge(RecordKey key, VersionedValue value) {}

    /**
     * An answer of {@link #REPORT}.
     *
     * @param report without the difference of the clocks
     * @param wallMillis its wall clock, in milliseconds since 1970
     */
    public record Report(ReplicaReport report, long wallMillis) {}

    private static final int NO_STATE = 0;

    /** Record a store with its policy. */
    public static final RpcMethod<Addressed<Open>, Boolean> OPEN = Addressed.method(new RpcMethod<>(
                    "replica.open",
                    Fields.codec(
                            (open, out) -> {
                                Fields.putStore(open.store(), out);
                                Fields.putBoolean(open.byMajority(), out);
                            },
                            in -> new Open(Fields.readStore(in), Fields.readBoolean(in))),
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    true)
            .allowedTo(Role.READER));

    /** The state of the replica, and its wall clock. */
    public static final RpcMethod<Boolean, Report> REPORT = new RpcMethod<>(
                    "replica.report",
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    Fields.codec(
                            (answer, out) -> {
                                ReplicaState state = answer.report().state();
                                String problem = answer.report().problem();
                                out.putByte(state == null ? NO_STATE : state.code());
                                out.putOptionalBlock(problem == null ? null : Fields.utf8(problem));
                                out.putLong(answer.report().epoch());
                                Fields.putBoolean(answer.report().isBehind(), out);
                                out.putLong(answer.wallMillis());
                            },
                            in -> {
                                int code = in.get();
                                ReplicaState state = code == NO_STATE ? null : ReplicaState.ofCode(code);
                                String problem = Fields.optionalText(in);
                                ReplicaReport report =
                                        new ReplicaReport(state, problem, 0, in.getLong(), Fields.readBoolean(in));
                                return new Report(report, in.getLong());
                            }),
                    true)
            .allowedTo(Role.READER);

    /** Promise a ballot. */
    static final RpcMethod<Prepare, PrepareAnswer> PREPARE = new RpcMethod<>(
            "replica.prepare",
            Fields.codec(
                    (prepare, out) -> {
                        prepare.key().write(out);
                        prepare.ballot().write(out);
                        Fields.putSender(prepare.sender(), out);
                    },
                    in -> new Prepare(RecordKey.read(in), Ballot.read(in), Fields.readSender(in))),
            Fields.codec(
                    (answer, out) -> {
                        out.putByte(answer.granted() ? 1 : 0);
                        answer.promised().write(out);
                        answer.accepted().write(out);
                        out.putOptionalBlock(answer.state());
                        answer.floor().write(out);
                    },
                    in -> new PrepareAnswer(
                            in.get() != 0,
                            Ballot.read(in),
                            Ballot.read(in),
                            ByteReaders.readOptionalBlock(in),
                            Ballot.read(in))),
            true);

    /** Accept a state. */
    static final RpcMethod<Accept, AcceptAnswer> ACCEPT = new RpcMethod<>(
            "replica.accept",
            Fields.codec(
                    (accept, out) -> {
                        accept.key().write(out);
                        accept.ballot().write(out);
                        accept.next().write(out);
                        out.putBlock(accept.state());
                    },
                    in -> {
                        RecordKey key = RecordKey.read(in);
                        Ballot ballot = Ballot.read(in);
                        Ballot next = Ballot.read(in);
                        return new Accept(key, ballot, ByteReaders.readBlock(in), next);
                    }),
            Fields.codec(
                    (answer, out) -> {
                        out.putByte(answer.accepted() ? 1 : 0);
                        answer.promised().write(out);
                    },
                    in -> new AcceptAnswer(in.get() != 0, Ballot.read(in))),
            true);

    /** Forget a deleted key. Answered with whether the replica has no state for it. */
    static final RpcMethod<Remove, Boolean> REMOVE = new RpcMethod<>(
                    "replica.remove",
                    Fields.codec(
                            (remove, out) -> {
                                remove.key().write(out);
                                remove.ballot().write(out);
                                remove.floor().write(out);
                            },
                            in -> new Remove(RecordKey.read(in), Ballot.read(in), Ballot.read(in))),
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    true)
            .allowedTo(Role.REPLICA);

    /** Read the value of a key in an eventual store. */
    static final RpcMethod<RecordKey, VersionedValue> FETCH = new RpcMethod<>(
                    "replica.fetch",
                    Fields.codec(RecordKey::write, RecordKey::read),
                    Fields.codec(VersionedValue::write, VersionedValue::read),
                    true)
            .allowedTo(Role.READER);

    /**
     * Keep a value of an eventual store unless a later one is there. Answered with the timestamp
     * that is there then.
     */
    static final RpcMethod<Merge, HlcTimestamp> MERGE = new RpcMethod<>(
            "replica.merge",
            Fields.codec(
                    (merge, out) -> {
                        merge.key().write(out);
                        merge.value().write(out);
                    },
                    in -> new Merge(RecordKey.read(in), VersionedValue.read(in))),
            Fields.codec(HlcTimestamp::write, HlcTimestamp::read),
            true);

    /** {@link #PREPARE} of many keys. */
    public static final BatchMethod<Prepare, PrepareAnswer> PREPARES = BatchMethod.of(PREPARE);

    /** {@link #ACCEPT} of many keys. */
    public static final BatchMethod<Accept, AcceptAnswer> ACCEPTS = BatchMethod.of(ACCEPT);

    /** {@link #REMOVE} for many. */
    public static final BatchMethod<Remove, Boolean> REMOVES = BatchMethod.of(REMOVE);

    /** {@link #FETCH} of many keys. */
    public static final BatchMethod<RecordKey, VersionedValue> FETCHES = BatchMethod.of(FETCH);

    /** {@link #MERGE} of many keys. */
    public static final BatchMethod<Merge, HlcTimestamp> MERGES = BatchMethod.of(MERGE);

    private ReplicaMethods() {}
}
