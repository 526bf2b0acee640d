package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How a replica asks another for what that one has and it lacks. */
public final class CopyMethod {
    /** The most versions that a replica lists in one question: 40 KiB. */
    public static final int MAX_VERSIONS = 2_000;

    /** The most leaves that one question names. */
    public static final int MAX_LEAVES = 1_024;

    /** Above the number of every leaf. */
    private static final int MAX_LEAF = 1 << 16;

    private static final int LEAF_BYTES = 2 * Integer.BYTES;

    /** How many bytes a version has. */
    public static final int VERSION_BYTES = Integer.BYTES + 2 * Long.BYTES;

    private static final int REGISTER = 1;
    private static final int VALUE = 2;

    /**
     * Which version of a key a replica has.
     *
     * @param key the hash of the key, see {@link RecordKey#hashCode}
     * @param version the counter of a ballot, or the time of a timestamp
     * @param writer the proposer or writer
     */
    public record Version(int key, long version, long writer) {
        /** Whether this is a later version than the other, if both are of one key. */
        public boolean isAbove(Version other) {
            int byVersion = Long.compare(version, other.version);
            return byVersion != 0 ? byVersion > 0 : writer > other.writer;
        }
    }

    /** All that a replica has in one leaf of its digests. */
    public record Leaf(int number, List<Version> versions) {}

    /**
     * A question to a replica.
     *
     * @param kind the kind of copies
     * @param skipped how many copies of the first leaf to leave out: the caller has them from an
     *     earlier answer
     * @param leaves in the order in which they are to be answered
     */
    public record Question(CopyKind kind, int skipped, List<Leaf> leaves) {
        /** How many versions all leaves have. */
        public int versions() {
            return leaves.stream().mapToInt(leaf -> leaf.versions().size()).sum();
        }
    }

    /** What a replica has for one key; the caller has an earlier version or none. */
    public sealed interface Copy {
        RecordKey key();

        /** A state of a strong store that the replica has accepted. */
        record Register(RecordKey key, Ballot accepted, byte[] state) implements Copy {}

        /** A value of an eventual store. */
        record Value(RecordKey key, VersionedValue value) implements Copy {}
    }

    /**
     * An answer.
     *
     * @param leaves how many of the leaves are answered whole
     * @param stores those of the copies
     */
    public record Answer(int leaves, List<StoreSpec> stores, List<Copy> copies) {}

    /** What a replica has in some leaves, and the caller does not. */
    public static final RpcMethod<Addressed<Question>, Answer> METHOD = Addressed.method(new RpcMethod<>(
                    "replica.copies",
                    Fields.codec(CopyMethod::write, CopyMethod::readQuestion),
                    Fields.codec(CopyMethod::write, CopyMethod::readAnswer),
                    true)
            .allowedTo(Role.REPLICA));

    private CopyMethod() {}

    private static void write(Question question, ByteWriter out) {
        out.putByte(question.kind().code()).putInt(question.skipped());
        for (Leaf leaf : question.leaves()) {
            out.putInt(leaf.number()).putInt(leaf.versions().size());
            for (Version version : leaf.versions()) {
                out.putInt(version.key()).putLong(version.version()).putLong(version.writer());
            }
        }
    }

    private static Question readQuestion(ByteBuffer in) {
        CopyKind kind = CopyKind.ofCode(in.get());
        int skipped = in.getInt();
        if (skipped < 0) {
            throw new IllegalArgumentException(skipped + " copies to be left out");
        }
        List<Leaf> leaves = new ArrayList<>();
        while (in.hasRemaining()) {
            if (leaves.size() == MAX_LEAVES || in.remaining() < LEAF_BYTES) {
                throw new IllegalArgumentException("more than " + MAX_LEAVES + " leaves, or half of one");
            }
            int number = in.getInt();
            int count = in.getInt();
            if (number < 0 || number >= MAX_LEAF) {
                throw new IllegalArgumentException("leaf " + number);
            }
            if (count < 0 || count > in.remaining() / VERSION_BYTES) {
                throw new IllegalArgumentException(count + " versions in " + in.remaining() + " bytes");
            }
            List<Version> versions = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                versions.add(new Version(in.getInt(), in.getLong(), in.getLong()));
            }
            leaves.add(new Leaf(number, versions));
        }
        return new Question(kind, skipped, leaves);
    }

    private static void write(Answer answer, ByteWriter out) {
        out.putInt(answer.leaves());
        Fields.putStores(answer.stores(), out);
        for (Copy copy : answer.copies()) {
            if (copy instanceof Copy.Register register) {
                out.putByte(REGISTER);
                register.key().write(out);
                register.accepted().write(out);
                out.putBlock(register.state());
            } else if (copy instanceof Copy.Value value) {
                out.putByte(VALUE);
                value.key().write(out);
                value.value().write(out);
            }
        }
    }

    private static Answer readAnswer(ByteBuffer in) {
        int leaves = in.getInt();
        if (leaves < 0) {
            throw new IllegalArgumentException(leaves + " leaves");
        }
        List<StoreSpec> stores = Fields.readStores(in);
        List<Copy> copies = new ArrayList<>();
        while (in.hasRemaining()) {
            int kind = in.get();
            RecordKey key = RecordKey.read(in);
            copies.add(
                    switch (kind) {
                        case REGISTER -> new Copy.Register(key, Ballot.read(in), ByteReaders.readBlock(in));
                        case VALUE -> new Copy.Value(key, VersionedValue.read(in));
                        default -> throw new IllegalArgumentException("unknown kind of copy " + kind);
                    });
        }
        return new Answer(leaves, stores, copies);
    }
}
