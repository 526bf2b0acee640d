package io.coterie.consistency;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way to the home of its key.
 *
 * @param nanosLeft after how long its callers wait no more
 */
record ForwardRequest(byte[] key, long nanosLeft, Forwarded batch) {
    /** What a key's state must be able to remember of one batch bounds its operations. */
    static final int MOST_OPERATIONS = 128;

    private static final int LEAST_BYTES = 5;
    private static final byte GET = 1;
    private static final byte PUT = 2;
    private static final byte DELETE = 3;
    private static final byte PUT_IF_ABSENT = 4;
    private static final byte COMPARE_AND_SET = 5;
    private static final byte ADD = 6;
    private static final byte SWAP = 7;
    private static final byte LOOK = 8;

    /**
     * The method of one store. Not idempotent: a batch that its home turned down as stale may be given another stamp, which a
     * second copy of the request, had it been applied, would have made wrong.
     */
    static RpcMethod<ForwardRequest, HomeAnswer> method(String store) {
        return new RpcMethod<>("strong.forward/" + store, new RequestCodec(), HomeAnswer.codec(), false);
    }

    /** About how many bytes it takes. */
    long bytes() {
        long bytes = key.length;
        for (Operation operation : batch.operations()) {
            bytes += bytes(operation);
        }
        return bytes;
    }

    /** About how many bytes an operation takes. */
    static long bytes(Operation operation) {
        if (operation instanceof Operation.Put put) {
            return (long) LEAST_BYTES + put.value().length;
        } else if (operation instanceof Operation.PutIfAbsent put) {
            return (long) LEAST_BYTES + put.value().length;
        } else if (operation instanceof Operation.CompareAndSet swap) {
            return 2L * LEAST_BYTES + swap.expected().length + swap.next().length;
        } else if (operation instanceof Swap swap) {
            return 2L * LEAST_BYTES + length(swap.expected()) + length(swap.next());
        }
        return 2L * LEAST_BYTES;
    }

    private static int length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }

    private static final class RequestCodec implements Codec<ForwardRequest> {
        @Override
        public void encode(ForwardRequest request, ByteWriter out) {
            Forwarded batch = request.batch();
            out.putBlock(request.key()).putLong(request.nanosLeft());
            out.putLong(batch.origin())
                    .putLong(batch.stamp())
                    .putInt(batch.operations().size());
            batch.operations().forEach(operation -> put(operation, out));
        }

        @Override
        public ForwardRequest decode(ByteBuffer in) {
            byte[] key = ByteReaders.readBlock(in);
            long nanosLeft = in.getLong();
            long origin = in.getLong();
            long stamp = in.getLong();
            int count = in.getInt();
            if (count < 1 || count > MOST_OPERATIONS) {
                throw new IllegalArgumentException(
                        "a batch of " + count + " operations is not within 1 to " + MOST_OPERATIONS);
            }
            List<Operation> operations = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                operations.add(read(in));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return new ForwardRequest(key, nanosLeft, new Forwarded(origin, stamp, operations));
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
            } else if (operation instanceof Look) {
                out.putByte(LOOK);
            } else if (operation instanceof Swap swap) {
                out.putByte(SWAP).putOptionalBlock(swap.expected()).putOptionalBlock(swap.next());
            } else {
                throw new IllegalArgumentException(operation + " cannot be sent to another node");
            }
        }

        private static Operation read(ByteBuffer in) {
            byte kind = in.get();
            return switch (kind) {
                case GET -> new Operation.Get();
                case PUT -> new Operation.Put(ByteReaders.readBlock(in));
                case DELETE -> new Operation.Delete();
                case PUT_IF_ABSENT -> new Operation.PutIfAbsent(ByteReaders.readBlock(in));
                case COMPARE_AND_SET ->
                    new Operation.CompareAndSet(ByteReaders.readBlock(in), ByteReaders.readBlock(in));
                case ADD -> new Operation.Add(in.getLong());
                case LOOK -> new Look();
                case SWAP -> new Swap(ByteReaders.readOptionalBlock(in), ByteReaders.readOptionalBlock(in));
                default -> throw new IllegalArgumentException("an operation of kind " + kind + " is unknown here");
            };
        }
    }
}
