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
import org.jspecify.annotations.Nullable;

/** How a replica of the next group is given what the group before it knows. */
public final class TransferMethod {
    /** What the group knows of a key or a store. */
    public sealed interface Known {
        /**
         * A register.
         *
         * @param accepted what a majority of the group has accepted; none if nothing was
         * @param promised the least promise that is to be in force then
         * @param state the state of the accepted ballot; null if nothing was accepted
         */
        record Register(RecordKey key, Ballot accepted, Ballot promised, byte @Nullable [] state) implements Known {}

        /** A value of an eventual store. */
        record Value(RecordKey key, VersionedValue value) implements Known {}

        /** The promise of the absent keys of a store. */
        record Floor(long store, Ballot floor) implements Known {}
    }

    /**
     * A request.
     *
     * @param since the epoch of the last change of the partition, as the caller knows it
     * @param incarnation the incarnation that the request is meant for
     * @param stores to be recorded before anything else
     */
    public record Request(long since, long incarnation, List<StoreSpec> stores, List<Known> known) {}

    /**
     * An answer, once all that was taken is durable.
     *
     * @param refused the numbers of the registers that the replica has promised not to accept, from
     *     0 in the order of the request
     */
    public record Answer(List<Integer> refused) {}

    /** Take what the group knows. */
    public static final RpcMethod<Request, Answer> METHOD = new RpcMethod<>(
                    "replica.transfer",
                    Fields.codec(TransferMethod::write, TransferMethod::readRequest),
                    Fields.codec(TransferMethod::write, TransferMethod::readAnswer),
                    true)
            .allowedTo(Role.REPLICA);

    private static final int REGISTER = 1;
    private static final int VALUE = 2;
    private static final int FLOOR = 3;

    private TransferMethod() {}

    private static void write(Request request, ByteWriter out) {
        out.putLong(request.since()).putLong(request.incarnation());
        Fields.putStores(request.stores(), out);
        request.known().forEach(known -> write(known, out));
    }

    private static void write(Known known, ByteWriter out) {
        if (known instanceof Known.Register register) {
            register.key().write(out.putByte(REGISTER));
            register.accepted().write(out);
            register.promised().write(out);
            out.putOptionalBlock(register.state());
        } else if (known instanceof Known.Value value) {
            value.key().write(out.putByte(VALUE));
            value.value().write(out);
        } else if (known instanceof Known.Floor floor) {
            floor.floor().write(out.putByte(FLOOR).putLong(floor.store()));
        }
    }

    private static Request readRequest(ByteBuffer in) {
        long since = in.getLong();
        long incarnation = in.getLong();
        List<StoreSpec> stores = Fields.readStores(in);
        List<Known> known = new ArrayList<>();
        while (in.hasRemaining()) {
            known.add(readKnown(in));
        }
        return new Request(since, incarnation, stores, known);
    }

    private static Known readKnown(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case REGISTER -> readRegister(in);
            case VALUE -> new Known.Value(RecordKey.read(in), VersionedValue.read(in));
            case FLOOR -> new Known.Floor(in.getLong(), Ballot.read(in));
            default -> throw new IllegalArgumentException("unknown kind of record " + kind);
        };
    }

    private static Known readRegister(ByteBuffer in) {
        RecordKey key = RecordKey.read(in);
        Ballot accepted = Ballot.read(in);
        Ballot promised = Ballot.read(in);
        byte[] state = ByteReaders.readOptionalBlock(in);
        if (accepted.equals(Ballot.NONE) != (state == null)) {
            throw new IllegalArgumentException("a state without its ballot, or a ballot without its state");
        }
        return new Known.Register(key, accepted, promised, state);
    }

    private static void write(Answer answer, ByteWriter out) {
        out.putInt(answer.refused().size());
        answer.refused().forEach(out::putInt);
    }

    private static Answer readAnswer(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Integer.BYTES) {
            throw new IllegalArgumentException(count + " numbers in " + in.remaining() + " bytes");
        }
        List<Integer> refused = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            refused.add(in.getInt());
        }
        return new Answer(refused);
    }
}
