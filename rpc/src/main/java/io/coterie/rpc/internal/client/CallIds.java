package io.coterie.rpc.internal.client;

import io.coterie.rpc.internal.wire.Message;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The caller's side of at-most-once with one peer: the session under which the peer knows this
 * caller, and the numbers of the calls that have not ended. Each call carries the lowest of these,
 * so that the peer can forget the answers of all calls before it (RIFL, Lee et al., SOSP 2015,
 * section 3).
 */
final class CallIds {
    /**
     * After that silence the caller asks for its session again. A peer with very many callers
     * forgets some silent ones. To ask costs a round trip; a call under a forgotten session would
     * be lost, because it might have run under that session.
     */
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Set<Long> open = new LinkedHashSet<>();
    private long session = Message.NO_SESSION;
    private long usedAt;

    /** A call has begun. Its number is above all before it. */
    void open(long sequence) {
        open.add(sequence);
    }

    /** The call of that number has ended, and will not be sent again. */
    void close(long sequence) {
        open.remove(sequence);
    }

    /**
     * The number below which all calls have ended.
     *
     * @param next the number of the next call to any peer
     */
    long firstOpen(long next) {
        return open.isEmpty() ? next : open.iterator().next();
    }

    long session() {
        return session;
    }

    /** The session for a call that is sent now. */
    long sessionAt(long now) {
        if (now - usedAt > MAX_SILENCE_NANOS) {
            session = Message.NO_SESSION;
        }
        usedAt = now;
        return session;
    }

    /**
     * Sets the session that the peer gave, or {@link Message#NO_SESSION} if the peer may be another
     * process by now.
     */
    void session(long given) {
        session = given;
    }
}
