package io.coterie.replication.internal.wire;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;

/** What members of a cluster and those that are to become members say to one another. */
public final class MemberMethods {
    /**
     * Who a replica is.
     *
     * @param incarnation that of its records
     * @param cluster the number of the cluster whose configuration it has adopted; 0 for none
     * @param epoch that of the configuration that it has adopted; 0 for none
     */
    public record Identity(long incarnation, long cluster, long epoch) {}

    /**
     * A replica asks to become a member.
     *
     * @param address where it listens; empty where the transport needs none
     */
    public record Join(MemberId newcomer, String address) {}

    /** How far a change is. */
    public record Progress(long epoch, long keysInAll, long keysDone, long bytes) {}

    /** Who a replica is. */
    public static final RpcMethod<Boolean, Identity> IDENTITY = new RpcMethod<>(
                    "replica.identity",
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    Fields.codec(
                            (identity, out) -> out.putLong(identity.incarnation())
                                    .putLong(identity.cluster())
                                    .putLong(identity.epoch()),
                            in -> new Identity(in.getLong(), in.getLong(), in.getLong())),
                    true)
            .allowedTo(Role.READER);

    /** Asks to become a member. Answered with what that waits for, as a human-readable text. */
    public static final RpcMethod<Join, String> JOIN = new RpcMethod<>(
                    "replica.join",
                    Fields.codec(MemberMethods::write, MemberMethods::readJoin),
                    Fields.codec((text, out) -> out.putBlock(Fields.utf8(text)), Fields::text),
                    true)
            .allowedTo(Role.REPLICA);

    /** Whoever drives a change says how far it is. Answered with true. */
    public static final RpcMethod<Progress, Boolean> PROGRESS = new RpcMethod<>(
                    "replica.progress",
                    Fields.codec(
                            (progress, out) -> out.putLong(progress.epoch())
                                    .putLong(progress.keysInAll())
                                    .putLong(progress.keysDone())
                                    .putLong(progress.bytes()),
                            in -> new Progress(in.getLong(), in.getLong(), in.getLong(), in.getLong())),
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    true)
            .allowedTo(Role.REPLICA);

    private MemberMethods() {}

    private static void write(Join join, ByteWriter out) {
        out.putBlock(Fields.utf8(join.newcomer().node().name()))
                .putLong(join.newcomer().incarnation())
                .putBlock(Fields.utf8(join.address()));
    }

    private static Join readJoin(ByteBuffer in) {
        return new Join(new MemberId(NodeId.of(Fields.text(in)), in.getLong()), Fields.text(in));
    }
}
