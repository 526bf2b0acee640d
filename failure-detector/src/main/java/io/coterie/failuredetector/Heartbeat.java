package io.coterie.failuredetector;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;

/**
 * The message that shows that a node is alive. It has what the sender thinks of the receiver, so
 * that one that is suspected can refute it, and one that is not heard gets to know it.
 *
 * <p>Mutable, and used again for each heartbeat of a node: it is only valid while it is handled.
 */
final class Heartbeat {
    /** Sent to each watched peer, once per interval. */
    static final String BEAT = "coterie.heartbeat";

    /**
     * The answer to a heartbeat of a node that the receiver does not watch, and so sends no
     * heartbeats: a client can watch replicas that do not watch it. An echo gets no answer.
     */
    static final String ECHO = "coterie.heartbeat-echo";

    /** What an empty heartbeat has, as nodes sent it before there were versions. */
    static final int EMPTY = 0;

    /** What cannot be read. */
    static final int MALFORMED = -1;

    static final int VERSION = 1;

    /** A later version may append to it. */
    private static final int BYTES = 39;

    private static final int LEAVES = 1;

    int version = EMPTY;

    /** The start of the sender's detector, above zero; a later one has a larger number. */
    long start;

    /** Above that of each earlier heartbeat of this start. */
    long number;

    /** Whether the sender ends, and this is its last one. */
    boolean leaves;

    /** What the sender thinks of the receiver by its silence. */
    Opinion opinion = Opinion.UNKNOWN;

    /** The start of the receiver that the sender heard last; 0 for none. */
    long heardStart;

    /** The highest number that the sender heard of that start. */
    long heardNumber;

    /** For how long the sender has not heard the receiver; -1 if it never has. */
    int silentMillis;

    /** Their order is their code. */
    enum Opinion {
        UNKNOWN,
        UP,
        SUSPECTED,
        DOWN;

        private static final Opinion[] ALL = values();

        static Opinion of(PeerState bySilence) {
            return switch (bySilence) {
                case UP -> UP;
                case SUSPECTED -> SUSPECTED;
                case DOWN -> DOWN;
                default -> UNKNOWN;
            };
        }
    }

    /**
     * A method whose requests are read into that heartbeat.
     *
     * @param name {@link #BEAT} or {@link #ECHO}
     */
    static RpcMethod<Heartbeat, Heartbeat> method(String name, Heartbeat into) {
        Layout layout = new Layout(into);
        return new RpcMethod<>(name, layout, layout, true, Role.READER);
    }

    /** Whether the sender suspects that start of a node. */
    boolean suspects(long ofReceiver) {
        return heardStart == ofReceiver && (opinion == Opinion.SUSPECTED || opinion == Opinion.DOWN);
    }

    private void clear(int newVersion) {
        version = newVersion;
        start = 0;
        number = 0;
        leaves = false;
        opinion = Opinion.UNKNOWN;
        heardStart = 0;
        heardNumber = 0;
        silentMillis = -1;
    }

    /**
     * Has no name, so that it fits the codec of any version. Whatever comes is read: what
     * makes no sense is {@link #MALFORMED}, which is counted and shows nothing.
     */
    private record Layout(Heartbeat into) implements Codec<Heartbeat> {
        @Override
        public void encode(Heartbeat value, ByteWriter out) {
            if (value.version == EMPTY) {
                return;
            }
            out.putByte(VERSION).putLong(value.start).putLong(value.number);
            out.putByte(value.leaves ? LEAVES : 0).putByte(code(value.opinion));
            out.putLong(value.heardStart).putLong(value.heardNumber).putInt(value.silentMillis);
        }

        @Override
        public Heartbeat decode(ByteBuffer in) {
            if (!in.hasRemaining()) {
                into.clear(EMPTY);
                return into;
            }
            into.clear(MALFORMED);
            if (in.remaining() < BYTES || in.get(in.position()) < VERSION) {
                return into;
            }
            int version = in.get();
            into.start = in.getLong();
            into.number = in.getLong();
            into.leaves = (in.get() & LEAVES) != 0;
            int opinion = in.get();
            into.heardStart = in.getLong();
            into.heardNumber = in.getLong();
            into.silentMillis = in.getInt();
            boolean isPossible = into.start > 0 && into.number > 0 && into.heardStart >= 0 && into.heardNumber >= 0;
            if (isPossible && opinion >= 0 && opinion < Opinion.ALL.length && into.silentMillis >= -1) {
                into.version = version;
                into.opinion = Opinion.ALL[opinion];
            }
            return into;
        }

        private static int code(Opinion opinion) {
            return switch (opinion) {
                case UNKNOWN -> 0;
                case UP -> 1;
                case SUSPECTED -> 2;
                case DOWN -> 3;
            };
        }
    }
}
