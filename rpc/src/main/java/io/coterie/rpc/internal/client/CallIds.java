package io.coterie.rpc.internal.client;

import io.coterie.rpc.internal.wire.Message;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The caller's side of at-most-once with one peer: the session that the peer knows this caller by, and the numbers of the
 * calls that have not ended. The lowest of these goes along with each call, so that the peer can forget the answers of all
 * before it (RIFL, Lee et al., SOSP 2015, section 3).
 */
final class CallIds {
    /**
     * A peer that has very many callers forgets some of those that are silent. To ask costs a round trip, not to ask costs the
     * call: sent under a forgotten session, it may have run under that.
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

    /** The session for what is sent now. */
    long sessionAt(long now) {
        if (now - usedAt > MAX_SILENCE_NANOS) {
            session = Message.NO_SESSION;
        }
        usedAt = now;
        return session;
    }

    /** The peer gave a session, or {@link Message#NO_SESSION} where it may be another process by now. */
    void session(long given) {
        session = given;
    }
}
