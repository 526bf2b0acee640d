package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.node.Role;
import org.jspecify.annotations.Nullable;

/**
 * How a replica asks the others what they remember of it, and registers its latest start with them.
 */
public final class RegisterMethod {
    /**
     * A request.
     *
     * @param replicas the replicas that the caller was given, as a text to compare where there is no
     *     configuration yet
     * @param incarnation the caller's incarnation
     * @param replaces the start that the new one replaces; null for none. If another one is
     *     remembered, nothing is changed
     * @param start the caller's latest start, to be remembered; null if the caller only asks
     */
    public record Request(
            String replicas,
            long incarnation,
            @Nullable Long replaces,
            @Nullable Long start) {}

    /**
     * What the replica remembers after the request.
     *
     * @param witness how much its memory is worth
     * @param remembered null if nothing is known of the caller
     */
    public record Answer(Witness witness, @Nullable Remembered remembered) {}

    /** How far back the memory of the answering replica goes. */
    public enum Witness {
        /** To before its first vote. */
        VOTED(1),
        /** It has not voted yet: it may be new, or have lost its memory without knowing. */
        NEW(2),
        /** It has lost its memory. */
        AMNESIAC(3);

        private final int code;

        Witness(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Witness ofCode(int code) {
            for (Witness witness : values()) {
                if (witness.code == code) {
                    return witness;
                }
            }
            throw new IllegalArgumentException("unknown witness code " + code);
        }
    }

    public static final RpcMethod<Request, Answer> METHOD = new RpcMethod<>(
                    "replica.register",
                    Fields.codec(
                            (request, out) -> {
                                out.putBlock(Fields.utf8(request.replicas())).putLong(request.incarnation());
                                Remembered.putOptional(request.replaces(), out);
                                Remembered.putOptional(request.start(), out);
                            },
                            in -> new Request(
                                    Fields.text(in),
                                    in.getLong(),
                                    Remembered.readOptional(in),
                                    Remembered.readOptional(in))),
                    Fields.codec(
                            (answer, out) -> {
                                Remembered remembered = answer.remembered();
                                out.putByte(answer.witness().code).putByte(remembered == null ? 0 : 1);
                                if (remembered != null) {
                                    remembered.write(out);
                                }
                            },
                            in -> new Answer(Witness.ofCode(in.get()), in.get() == 0 ? null : Remembered.read(in))),
                    true)
            .allowedTo(Role.REPLICA);

    private RegisterMethod() {}
}
