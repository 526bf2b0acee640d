package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Role;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A read of one key. Where the node that reads has a state of it, replicas are told the ballot, and one that has accepted the same says
 * so rather than send the state: a ballot goes with one state only. A key that nobody writes is so read for a few bytes,
 * however large its value is.
 */
final class ReplicaRead implements Gathering<ReplicaRead.Found> {
    /**
     * What is asked of a replica.
     *
     * @param known the ballot of a state that the caller has; {@link Ballot#NONE} if it has none
     * @param sender the replica that is to send the state, while others tell the ballot alone; null if each is to send it
     */
    record Request(RecordKey key, Ballot known, @Nullable NodeId sender) {
        Request(RecordKey key, Ballot known) {
            this(key, known, null);
        }
    }

    /**
     * What a replica has accepted.
     *
     * @param other null if that is what the caller has; without its state, where another replica is to send it
     */
    record Found(@Nullable ReadAnswer other) {
        static final Found AS_KNOWN = new Found(null);
    }

    private static final int OTHER = 0;
    private static final int KNOWN = 1;

    static final RpcMethod<Request, Found> METHOD = new RpcMethod<>(
                    "replica.read",
                    ReplicaMethods.codec(
                            (request, out) -> {
                                request.key().write(out);
                                request.known().write(out);
                                ReplicaMethods.putSender(request.sender(), out);
                            },
                            in -> new Request(RecordKey.read(in), Ballot.read(in), ReplicaMethods.readSender(in))),
                    ReplicaMethods.codec(
                            (found, out) -> {
                                ReadAnswer other = found.other();
                                if (other == null) {
                                    out.putByte(KNOWN);
                                } else {
                                    other.accepted().write(out.putByte(OTHER));
                                    out.putOptionalBlock(other.state());
                                }
                            },
                            ReplicaRead::readFound),
                    true)
            .allowedTo(Role.READER);

    /**
     * The same for many keys. It is not among the other batches, as this class needs theirs to be initialized: were it the
     * other way round, too, a program that came to this one first would fail.
     */
    static final BatchMethod<Request, Found> BATCH = BatchMethod.of(METHOD);

    private final ReadAnswer known;
    private final Gathering<ReadAnswer> gathering;

    /**
     * Tells a gathering what replicas found.
     *
     * @param known what this node has
     */
    ReplicaRead(ReadAnswer known, Gathering<ReadAnswer> gathering) {
        this.known = known;
        this.gathering = gathering;
    }

    private static Found readFound(ByteBuffer in) {
        byte kind = in.get();
        return switch (kind) {
            case KNOWN -> Found.AS_KNOWN;
            case OTHER -> new Found(new ReadAnswer(Ballot.read(in), ByteReaders.readOptionalBlock(in)));
            default -> throw new IllegalArgumentException("no answer is of kind " + kind);
        };
    }

    @Override
    public boolean onAnswer(NodeId replica, Found found) {
        ReadAnswer other = found.other();
        return gathering.onAnswer(replica, other == null ? known : other);
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        gathering.onProblem(replica, problem);
    }

    @Override
    public boolean asksAgain(NodeId replica, int failures) {
        return gathering.asksAgain(replica, failures);
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        gathering.onTooLarge(replica, problem);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        gathering.onOtherPolicy(replica, problem);
    }

    @Override
    public void onOtherReplicas(NodeId replica, String problem) {
        gathering.onOtherReplicas(replica, problem);
    }
}
