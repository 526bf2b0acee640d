package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a replica is asked what it has accepted for a key. */
public final class ReadMethod {
    /**
     * A question to a replica.
     *
     * @param known the ballot of a state that the caller has; {@link Ballot#NONE} if it has none
     * @param sender the replica that is to send the state, while the others send the ballot alone;
     *     null if each is to send it
     */
    public record Request(
            RecordKey key, Ballot known, @Nullable NodeId sender) {
        public Request(RecordKey key, Ballot known) {
            this(key, known, null);
        }
    }

    /**
     * What a replica has accepted.
     *
     * @param other null if that is what the caller has; without its state, where another replica is
     *     to send it
     */
    public record Found(@Nullable ReadAnswer other) {
        public static final Found AS_KNOWN = new Found(null);
    }

    private static final int OTHER = 0;
    private static final int KNOWN = 1;

    private static final RpcMethod<Request, Found> METHOD = new RpcMethod<>(
                    "replica.read",
                    Fields.codec(
                            (request, out) -> {
                                request.key().write(out);
                                request.known().write(out);
                                Fields.putSender(request.sender(), out);
                            },
                            in -> new Request(RecordKey.read(in), Ballot.read(in), Fields.readSender(in))),
                    Fields.codec(
                            (found, out) -> {
                                ReadAnswer other = found.other();
                                if (other == null) {
                                    out.putByte(KNOWN);
                                } else {
                                    other.accepted().write(out.putByte(OTHER));
                                    out.putOptionalBlock(other.state());
                                }
                            },
                            ReadMethod::readFound),
                    true)
            .allowedTo(Role.READER);

    /** Reads of many keys in one message. */
    public static final BatchMethod<Request, Found> BATCH = BatchMethod.of(METHOD);

    private ReadMethod() {}

    private static Found readFound(ByteBuffer in) {
        byte kind = in.get();
        return switch (kind) {
            case KNOWN -> Found.AS_KNOWN;
            case OTHER -> new Found(new ReadAnswer(Ballot.read(in), ByteReaders.readOptionalBlock(in)));
            default -> throw new IllegalArgumentException("unknown kind of answer " + kind);
        };
    }
}
