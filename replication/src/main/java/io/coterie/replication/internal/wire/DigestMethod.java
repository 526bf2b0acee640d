package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;

/** How a replica asks another for digests of what that one has, see {@code Digests}. */
public final class DigestMethod {
    /**
     * The most nodes of the tree that one question names: its answer has 128 KiB. Fewer where
     * messages are smaller.
     */
    public static final int MAX_NODES = 1_024;

    /** How many children a node has. */
    private static final int FANOUT = 16;

    /** The lowest level whose nodes have children. */
    private static final int MAX_LEVEL = 3;

    /**
     * A question to a replica.
     *
     * @param kind the kind of copies
     * @param level the level of the nodes, 0 for the root to 3
     * @param nodes up to {@link #MAX_NODES} of that level
     */
    public record Question(CopyKind kind, int level, int[] nodes) {}

    /** The digests of the children of all nodes of a question, in their order. */
    public static final RpcMethod<Addressed<Question>, long[]> METHOD = Addressed.method(new RpcMethod<>(
                    "replica.digests",
                    Fields.codec(DigestMethod::write, DigestMethod::readQuestion),
                    Fields.codec(DigestMethod::write, DigestMethod::readDigests),
                    true)
            .allowedTo(Role.REPLICA));

    private DigestMethod() {}

    private static void write(Question question, ByteWriter out) {
        out.putByte(question.kind().code()).putByte(question.level());
        for (int node : question.nodes()) {
            out.putInt(node);
        }
    }

    private static Question readQuestion(ByteBuffer in) {
        CopyKind kind = CopyKind.ofCode(in.get());
        int level = in.get();
        int count = in.remaining() / Integer.BYTES;
        if (level < 0 || level > MAX_LEVEL || count > MAX_NODES) {
            throw new IllegalArgumentException(count + " nodes of level " + level);
        }
        int[] nodes = new int[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = in.getInt();
            if (nodes[i] < 0 || nodes[i] >= 1 << (4 * level)) {
                throw new IllegalArgumentException("node " + nodes[i] + " of level " + level);
            }
        }
        return new Question(kind, level, nodes);
    }

    private static void write(long[] digests, ByteWriter out) {
        for (long digest : digests) {
            out.putLong(digest);
        }
    }

    private static long[] readDigests(ByteBuffer in) {
        int count = in.remaining() / Long.BYTES;
        if (count > FANOUT * MAX_NODES) {
            throw new IllegalArgumentException(count + " digests");
        }
        long[] digests = new long[count];
        for (int i = 0; i < count; i++) {
            digests[i] = in.getLong();
        }
        return digests;
    }
}
