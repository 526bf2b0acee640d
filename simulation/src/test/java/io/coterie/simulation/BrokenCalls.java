package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Each constant breaks one rule of "at most once", on the wire. The code under test stays as it is.
 */
enum BrokenCalls {
    /** Nothing is broken. */
    NONE,

    /** The server remembers nothing: calls are sent as those of a method that may run twice. */
    NO_REPLY_CACHE {
        @Override
        Transport atClient(Transport real) {
            return new MessageFilter(real) {
                @Override
                ByteBuffer outgoing(NodeId to, ByteBuffer message) {
                    return CallLayout.kind(message) == CallLayout.REQUEST_ONCE ? asPlain(message) : message;
                }
            };
        }
    },

    /**
     * The server treats every call as one of its session, even if a former process may have run it.
     */
    NO_SESSIONS {
        @Override
        Transport atServer(Transport real, Clock clock) {
            return new EverySessionIsTheRightOne(real);
        }
    },

    /** The server forgets an answer soon, and treats a copy that comes later as a new call. */
    NO_HORIZON {
        @Override
        Transport atServer(Transport real, Clock clock) {
            return new ForgetfulServer(real, clock);
        }
    };

    Transport atClient(Transport real) {
        return real;
    }

    Transport atServer(Transport real, Clock clock) {
        return real;
    }

    private static ByteBuffer asPlain(ByteBuffer once) {
        ByteBuffer plain = ByteBuffer.allocate(once.remaining() - (CallLayout.ONCE_PAYLOAD - CallLayout.START_ID));
        plain.put(once.slice(once.position(), CallLayout.START_ID));
        plain.put(once.slice(once.position() + CallLayout.ONCE_PAYLOAD, once.remaining() - CallLayout.ONCE_PAYLOAD));
        return plain.flip().put(0, CallLayout.REQUEST);
    }

    /** Learns from refusals which session the server has for a caller. */
    private static final class EverySessionIsTheRightOne extends MessageFilter {
        private final Map<Long, Long> startOfCall = new HashMap<>();
        private final Map<Long, Long> sessionOfStart = new HashMap<>();

        EverySessionIsTheRightOne(Transport real) {
            super(real);
        }

        @Override
        ByteBuffer incoming(NodeId from, ByteBuffer message) {
            if (CallLayout.kind(message) == CallLayout.REQUEST_ONCE) {
                long start = CallLayout.longAt(message, CallLayout.START_ID);
                startOfCall.put(CallLayout.longAt(message, CallLayout.CORRELATION), start);
                @Nullable Long session = sessionOfStart.get(start);
                if (session != null) {
                    CallLayout.putLong(message, CallLayout.SESSION, session);
                }
            }
            return message;
        }

        @Override
        ByteBuffer outgoing(NodeId to, ByteBuffer message) {
            if (CallLayout.isFailure(message, CallLayout.OTHER_SESSION)) {
                @Nullable Long start = startOfCall.get(CallLayout.longAt(message, CallLayout.CORRELATION));
                if (start != null) {
                    sessionOfStart.put(start, CallLayout.longAt(message, CallLayout.FAILURE_NUMBER));
                }
            }
            return message;
        }
    }

    /** Gives another number to a copy of a call that was answered a while ago. */
    private static final class ForgetfulServer extends MessageFilter {
        private static final long MEMORY_NANOS = Duration.ofMillis(50).toNanos();

        private final Clock clock;
        private final Map<Long, Id> callOf = new HashMap<>();
        private final Map<Id, Long> answeredAt = new HashMap<>();
        private long nextNumber = 1L << 40;

        private record Id(long session, long sequence) {}

        ForgetfulServer(Transport real, Clock clock) {
            super(real);
            this.clock = clock;
        }

        @Override
        ByteBuffer incoming(NodeId from, ByteBuffer message) {
            if (CallLayout.kind(message) == CallLayout.REQUEST_ONCE) {
                Id id = new Id(
                        CallLayout.longAt(message, CallLayout.SESSION),
                        CallLayout.longAt(message, CallLayout.SEQUENCE));
                callOf.put(CallLayout.longAt(message, CallLayout.CORRELATION), id);
                @Nullable Long answered = answeredAt.get(id);
                if (answered != null && clock.nanos() - answered > MEMORY_NANOS) {
                    CallLayout.putLong(message, CallLayout.SEQUENCE, nextNumber++);
                }
            }
            return message;
        }

        @Override
        ByteBuffer outgoing(NodeId to, ByteBuffer message) {
            @Nullable Id id = callOf.get(CallLayout.longAt(message, CallLayout.CORRELATION));
            if (id != null && CallLayout.kind(message) == CallLayout.REPLY) {
                answeredAt.putIfAbsent(id, clock.nanos());
            }
            return message;
        }
    }
}
