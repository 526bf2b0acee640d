package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Role;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What replicas answer, with the layout of requests and answers. All of it may be sent again: a replica that gets the same
 * request twice does no more than once.
 */
final class ReplicaMethods {
    /**
     * A request of {@link #OPEN}.
     *
     * @param replicas the replicas that the caller was given, as a text to compare
     * @param byMajority whether the caller says that a majority has it recorded so: a replica with another record asks the others
     *     whether that is true
     */
    record Open(StoreSpec store, String replicas, boolean byMajority) {}

    /**
     * A request of {@link #PREPARE}.
     *
     * @param sender the replica that is to send the state, while others tell the ballot alone; null if each is to send it
     */
    record Prepare(RecordKey key, Ballot ballot, @Nullable NodeId sender) {
        Prepare(RecordKey key, Ballot ballot) {
            this(key, ballot, null);
        }
    }

    /** A request of {@link #ACCEPT}: take this state with this ballot, and promise the next. */
    record Accept(RecordKey key, Ballot ballot, byte[] state, Ballot next) {}

    /**
     * A request of {@link #REMOVE}: forget the key, if exactly this ballot is what is accepted for it and no promise is above
     * the floor.
     *
     * @param floor what the absent keys of the store promise from then on, at least
     */
    record Remove(RecordKey key, Ballot ballot, Ballot floor) {}

    /** A request of {@link #MERGE}. */
    record Merge(RecordKey key, Stamped value) {}

    /**
     * An answer of {@link #REPORT}.
     *
     * @param replicas the replicas that it was given, as a text to compare
     * @param wallMillis its wall clock, in milliseconds since 1970
     */
    record Report(ReplicaReport report, String replicas, long wallMillis) {}

    private static final int NO_STATE = 0;

    /** Records a store with its policy. */
    static final RpcMethod<Open, Boolean> OPEN = new RpcMethod<>(
                    "replica.open",
                    codec(
                            (open, out) -> {
                                out.putBlock(utf8(open.store().name()))
                                        .putBlock(utf8(open.store().policy()))
                                        .putBlock(utf8(open.replicas()));
                                putBoolean(open.byMajority(), out);
                            },
                            in -> new Open(new StoreSpec(text(in), text(in)), text(in), readBoolean(in))),
                    codec(ReplicaMethods::putBoolean, ReplicaMethods::readBoolean),
                    true)
            .allowedTo(Role.READER);

    /** How the replica is. */
    static final RpcMethod<Boolean, Report> REPORT = new RpcMethod<>(
                    "replica.report",
                    codec(ReplicaMethods::putBoolean, ReplicaMethods::readBoolean),
                    codec(
                            (answer, out) -> {
                                ReplicaState state = answer.report().state();
                                String problem = answer.report().problem();
                                out.putByte(state == null ? NO_STATE : state.code());
                                out.putOptionalBlock(problem == null ? null : utf8(problem));
                                out.putBlock(utf8(answer.replicas())).putLong(answer.wallMillis());
                            },
                            in -> {
                                int code = in.get();
                                ReplicaState state = code == NO_STATE ? null : ReplicaState.ofCode(code);
                                ReplicaReport report = new ReplicaReport(state, optionalText(in), 0);
                                return new Report(report, text(in), in.getLong());
                            }),
                    true)
            .allowedTo(Role.READER);

    /** Promise a ballot. */
    static final RpcMethod<Prepare, PrepareAnswer> PREPARE = new RpcMethod<>(
            "replica.prepare",
            codec(
                    (prepare, out) -> {
                        prepare.key().write(out);
                        prepare.ballot().write(out);
                        putSender(prepare.sender(), out);
                    },
                    in -> new Prepare(RecordKey.read(in), Ballot.read(in), readSender(in))),
            codec(
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
            codec(
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
            codec(
                    (answer, out) -> {
                        out.putByte(answer.accepted() ? 1 : 0);
                        answer.promised().write(out);
                    },
                    in -> new AcceptAnswer(in.get() != 0, Ballot.read(in))),
            true);

    /** Forget a deleted key. Answered with whether the replica has no state for it. */
    static final RpcMethod<Remove, Boolean> REMOVE = new RpcMethod<>(
                    "replica.remove",
                    codec(
                            (remove, out) -> {
                                remove.key().write(out);
                                remove.ballot().write(out);
                                remove.floor().write(out);
                            },
                            in -> new Remove(RecordKey.read(in), Ballot.read(in), Ballot.read(in))),
                    codec(ReplicaMethods::putBoolean, ReplicaMethods::readBoolean),
                    true)
            .allowedTo(Role.REPLICA);

    /** What an eventual store has for a key. */
    static final RpcMethod<RecordKey, Stamped> FETCH = new RpcMethod<>(
                    "replica.fetch",
                    codec(RecordKey::write, RecordKey::read),
                    codec(ReplicaMethods::putStamped, ReplicaMethods::readStamped),
                    true)
            .allowedTo(Role.READER);

    /** Keep a value of an eventual store unless a later one is there. Answered with the stamp that is there then. */
    static final RpcMethod<Merge, Stamp> MERGE = new RpcMethod<>(
            "replica.merge",
            codec(
                    (merge, out) -> {
                        merge.key().write(out);
                        putStamped(merge.value(), out);
                    },
                    in -> new Merge(RecordKey.read(in), readStamped(in))),
            codec(Stamp::write, Stamp::read),
            true);

    /** {@link #PREPARE} of many keys. */
    static final BatchMethod<Prepare, PrepareAnswer> PREPARES = BatchMethod.of(PREPARE);

    /** {@link #ACCEPT} of many keys. */
    static final BatchMethod<Accept, AcceptAnswer> ACCEPTS = BatchMethod.of(ACCEPT);

    /** {@link #REMOVE} for many. */
    static final BatchMethod<Remove, Boolean> REMOVES = BatchMethod.of(REMOVE);

    /** {@link #FETCH} of many keys. */
    static final BatchMethod<RecordKey, Stamped> FETCHES = BatchMethod.of(FETCH);

    /** {@link #MERGE} of many keys. */
    static final BatchMethod<Merge, Stamp> MERGES = BatchMethod.of(MERGE);

    private ReplicaMethods() {}

    private static void putBoolean(Boolean yes, ByteWriter out) {
        out.putByte(yes ? 1 : 0);
    }

    private static Boolean readBoolean(ByteBuffer in) {
        return in.get() != 0;
    }

    /** The last part of a request; one to all has none, and is as short as can be. */
    static void putSender(@Nullable NodeId sender, ByteWriter out) {
        if (sender != null) {
            out.putBlock(utf8(sender.name()));
        }
    }

    static @Nullable NodeId readSender(ByteBuffer in) {
        return in.hasRemaining() ? NodeId.of(text(in)) : null;
    }

    static void putStamped(Stamped value, ByteWriter out) {
        value.stamp().write(out);
        out.putOptionalBlock(value.value());
    }

    static Stamped readStamped(ByteBuffer in) {
        return new Stamped(Stamp.read(in), ByteReaders.readOptionalBlock(in));
    }

    static @Nullable String optionalText(ByteBuffer in) {
        byte[] bytes = ByteReaders.readOptionalBlock(in);
        return bytes == null ? null : Codec.utf8().decode(ByteBuffer.wrap(bytes));
    }

    static byte[] utf8(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static String text(ByteBuffer in) {
        return Codec.utf8().decode(ByteBuffer.wrap(ByteReaders.readBlock(in)));
    }

    /** A codec that refuses what is left over after a value. */
    static <T> Codec<T> codec(BiConsumer<T, ByteWriter> write, Function<ByteBuffer, T> read) {
        return new Codec<>() {
            @Override
            public void encode(T value, ByteWriter out) {
                write.accept(value, out);
            }

            @Override
            public T decode(ByteBuffer in) {
                T value = read.apply(in);
                if (in.hasRemaining()) {
                    throw new IllegalArgumentException(in.remaining() + " bytes too many");
                }
                return value;
            }
        };
    }
}
