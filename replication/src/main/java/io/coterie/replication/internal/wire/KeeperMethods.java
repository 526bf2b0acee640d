package io.coterie.replication.internal.wire;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.ConfigurationFormat;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the keepers choose a configuration, and how nodes hand over those that are chosen. */
public final class KeeperMethods {
    /** Stands for any incarnation, where none is known yet. */
    public static final long ANY_INCARNATION = 0;

    /**
     * To whom a request of an instance goes.
     *
     * @param base the epoch of the configuration whose successor is chosen; 0 for genesis
     * @param incarnation that of the keeper; {@link #ANY_INCARNATION} for genesis
     * @param replicas the replicas that the caller was given, as a text to compare; empty unless
     *     for genesis
     */
    public record Instance(long base, long incarnation, String replicas) {}

    /** A request to promise a ballot. */
    public record Prepare(Instance instance, Ballot ballot) {}

    /** A request to accept a configuration. */
    public record Accept(Instance instance, Ballot ballot, Configuration configuration) {}

    /**
     * An answer to {@link #PREPARE}.
     *
     * @param incarnation that of the keeper
     * @param witness how much its memory is worth
     * @param remembered the incarnations of others that it remembers; for genesis
     * @param promised the promise in force: the ballot that was asked for, unless it was refused
     * @param accepted {@link Ballot#NONE} if nothing is
     * @param configuration what was accepted; null if nothing was
     */
    public record Promise(
            long incarnation,
            Witness witness,
            List<MemberId> remembered,
            Ballot promised,
            Ballot accepted,
            @Nullable Configuration configuration) {}

    /** Promise a ballot for the next configuration. */
    public static final RpcMethod<Prepare, Promise> PREPARE = new RpcMethod<>(
                    "replica.keep.prepare",
                    Fields.codec(
                            (prepare, out) -> {
                                write(prepare.instance(), out);
                                prepare.ballot().write(out);
                            },
                            in -> new Prepare(readInstance(in), Ballot.read(in))),
                    Fields.codec(KeeperMethods::write, KeeperMethods::readPromise),
                    true)
            .allowedTo(Role.REPLICA);

    /**
     * Accept the next configuration. Answered with the promise in force: it was accepted exactly if
     * that is its own ballot.
     */
    public static final RpcMethod<Accept, Ballot> ACCEPT = new RpcMethod<>(
                    "replica.keep.accept",
                    Fields.codec(
                            (accept, out) -> {
                                write(accept.instance(), out);
                                accept.ballot().write(out);
                                ConfigurationFormat.write(accept.configuration(), out);
                            },
                            in -> new Accept(readInstance(in), Ballot.read(in), ConfigurationFormat.read(in))),
                    Fields.codec(Ballot::write, Ballot::read),
                    true)
            .allowedTo(Role.REPLICA);

    /** Hands over the configuration that a node has adopted, if its epoch is above the one given. */
    public static final RpcMethod<Long, Found> CONFIGURATION = new RpcMethod<>(
                    "replica.configuration",
                    Fields.codec((epoch, out) -> out.putLong(epoch), ByteBuffer::getLong),
                    Fields.codec(
                            (found, out) -> putOptional(found.configuration(), out), in -> new Found(readOptional(in))),
                    true)
            .allowedTo(Role.READER);

    /** Adopt a configuration that is chosen. Answered with the epoch that is adopted then. */
    public static final RpcMethod<Configuration, Long> ADOPT = new RpcMethod<>(
                    "replica.adopt",
                    Fields.codec(ConfigurationFormat::write, ConfigurationFormat::read),
                    Fields.codec((epoch, out) -> out.putLong(epoch), ByteBuffer::getLong),
                    true)
            .allowedTo(Role.REPLICA);

    /**
     * An answer to {@link #CONFIGURATION}.
     *
     * @param configuration null if there is none above the epoch
     */
    public record Found(@Nullable Configuration configuration) {}

    private KeeperMethods() {}

    private static void write(Instance instance, ByteWriter out) {
        out.putLong(instance.base()).putLong(instance.incarnation()).putBlock(Fields.utf8(instance.replicas()));
    }

    private static Instance readInstance(ByteBuffer in) {
        return new Instance(in.getLong(), in.getLong(), Fields.text(in));
    }

    private static void write(Promise promise, ByteWriter out) {
        out.putLong(promise.incarnation()).putByte(promise.witness().code());
        out.putByte(promise.remembered().size());
        for (MemberId member : promise.remembered()) {
            out.putBlock(Fields.utf8(member.node().name())).putLong(member.incarnation());
        }
        promise.promised().write(out);
        promise.accepted().write(out);
        putOptional(promise.configuration(), out);
    }

    private static Promise readPromise(ByteBuffer in) {
        long incarnation = in.getLong();
        Witness witness = Witness.ofCode(in.get());
        int count = in.get() & 0xFF;
        List<MemberId> remembered = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            remembered.add(new MemberId(NodeId.of(Fields.text(in)), in.getLong()));
        }
        return new Promise(incarnation, witness, remembered, Ballot.read(in), Ballot.read(in), readOptional(in));
    }

    private static void putOptional(@Nullable Configuration configuration, ByteWriter out) {
        out.putByte(configuration == null ? 0 : 1);
        if (configuration != null) {
            ConfigurationFormat.write(configuration, out);
        }
    }

    private static @Nullable Configuration readOptional(ByteBuffer in) {
        return in.get() == 0 ? null : ConfigurationFormat.read(in);
    }
}
