package io.coterie.rpc.internal;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The caller's side of at-most-once with one peer: the session that the peer knows this caller by, and the numbers of the
 * calls that have not ended. The lowest of these goes along with each call, so that the peer can forget the answers of all
 * before it (RIFL, Lee et al., SOSP 2015, section 3).
 */
final class CallIds {
    /** No session: what is sent under it is never executed, and answered with the one to use. */
    static final long NO_SESSION = 0;

    private final Set<Long> open = new LinkedHashSet<>();
    private long session = NO_SESSION;

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

    /** The peer gave a session, or {@link #NO_SESSION} where it may be another process by now. */
    void session(long given) {
        session = given;
    }
}
