package io.coterie.consistency.internal.wire;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch that is sent to the home of its key.
 *
 * @param nanosLeft after how long its callers no longer wait
 */
public record ForwardRequest(byte[] key, long nanosLeft, Forwarded batch) {
    private static final byte GET = 1;
    private static final byte PUT = 2;
    private static final byte DELETE = 3;
    private static final byte PUT_IF_ABSENT = 4;
    private static final byte COMPARE_AND_SET = 5;
    private static final byte ADD = 6;
    private static final byte CONDITIONAL_WRITE = 7;
    private static final byte READ_FOR_UPDATE = 8;

    /**
     * The method of one store. Not idempotent: a batch that its home refused as stale may be
     * given another timestamp, which a second copy of the request, had it been applied, would have
     * made wrong.
     */
    public static RpcMethod<ForwardRequest, HomeAnswer> method(String store) {
        return new RpcMethod<>("strong.forward/" + store, new RequestCodec(), HomeAnswer.codec(), false);
    }

    /** About how many bytes it takes. */
    public long bytes() {
        long bytes = key.length;
        for (StrongCommand command : batch.commands()) {
            bytes += command.bytes();
        }
        return bytes;
    }

    private static final class RequestCodec implements Codec<ForwardRequest> {
        @Override
        public void encode(ForwardRequest request, ByteWriter out) {
            Forwarded batch = request.batch();
            out.putBlock(request.key()).putLong(request.nanosLeft());
            out.putLong(batch.origin())
                    .putLong(batch.timestamp())
                    .putInt(batch.commands().size());
            batch.commands().forEach(command -> put(command, out));
        }

        @Override
        public ForwardRequest decode(ByteBuffer in) {
            byte[] key = ByteReaders.readBlock(in);
            long nanosLeft = in.getLong();
            long origin = in.getLong();
            long timestamp = in.getLong();
            int count = in.getInt();
            if (count < 1 || count > StrongCommand.MAX_IN_A_BATCH) {
                throw new IllegalArgumentException(
                        "a batch of " + count + " operations is not within 1 to " + StrongCommand.MAX_IN_A_BATCH);
            }
            List<StrongCommand> commands = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                commands.add(read(in));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return new ForwardRequest(key, nanosLeft, new Forwarded(origin, timestamp, commands));
        }

        private static void put(StrongCommand command, ByteWriter out) {
            if (command instanceof StrongCommand.Apply asked) {
                put(asked.operation(), out);
            } else if (command instanceof StrongCommand.ConditionalWrite write) {
                out.putByte(CONDITIONAL_WRITE)
                        .putOptionalBlock(write.expected())
                        .putOptionalBlock(write.next());
            } else {
                out.putByte(READ_FOR_UPDATE);
            }
        }

        private static void put(Operation operation, ByteWriter out) {
            if (operation instanceof Operation.Get) {
                out.putByte(GET);
            } else if (operation instanceof Operation.Put put) {
                out.putByte(PUT).putBlock(put.value());
            } else if (operation instanceof Operation.Delete) {
                out.putByte(DELETE);
            } else if (operation instanceof Operation.PutIfAbsent put) {
                out.putByte(PUT_IF_ABSENT).putBlock(put.value());
            } else if (operation instanceof Operation.CompareAndSet swap) {
                out.putByte(COMPARE_AND_SET).putBlock(swap.expected()).putBlock(swap.next());
            } else if (operation instanceof Operation.Add add) {
                out.putByte(ADD).putLong(add.delta());
            } else {
                throw new IllegalArgumentException(operation + " cannot be sent to another node");
            }
        }

        private static StrongCommand read(ByteBuffer in) {
            byte kind = in.get();
            return switch (kind) {
                case GET -> new StrongCommand.Apply(new Operation.Get());
                case PUT -> new StrongCommand.Apply(new Operation.Put(ByteReaders.readBlock(in)));
                case DELETE -> new StrongCommand.Apply(new Operation.Delete());
                case PUT_IF_ABSENT -> new StrongCommand.Apply(new Operation.PutIfAbsent(ByteReaders.readBlock(in)));
                case COMPARE_AND_SET ->
                    new StrongCommand.Apply(
                            new Operation.CompareAndSet(ByteReaders.readBlock(in), ByteReaders.readBlock(in)));
                case ADD -> new StrongCommand.Apply(new Operation.Add(in.getLong()));
                case READ_FOR_UPDATE -> new StrongCommand.ReadForUpdate();
                case CONDITIONAL_WRITE ->
                    new StrongCommand.ConditionalWrite(
                            ByteReaders.readOptionalBlock(in), ByteReaders.readOptionalBlock(in));
                default -> throw new IllegalArgumentException("an operation of kind " + kind + " is unknown here");
            };
        }
    }
}
