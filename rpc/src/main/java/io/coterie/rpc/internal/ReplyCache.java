package io.coterie.rpc.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server's memory of calls that must not be executed twice: the answers that their callers may still ask for again, and the
 * sessions of the callers. Bounded by bytes and by age; what falls out raises its session's horizon, so that a call is
 * refused, and not executed, where it may have been before (after RIFL, Lee et al., SOSP 2015).
 *
 * <p>Why no call is executed twice: it is only executed under a session that is known here by its random number, and its caller
 * sends it under no more than one. A session knows each of its calls as running or by its kept answer, or has it at or below
 * its horizon. A server that was started again, or has forgotten the session, has drawn another number.
 *
 * <p>The oldest answers go first, as they are the least likely to be asked for. Caffeine's own eviction prefers what was used
 * often, and here nothing is used at all unless a message was lost: it would keep the old ones and drop each new one at once.
 */
final class ReplyCache {
    /** What an answer costs besides its bytes. */
    private static final int ENTRY_BYTES = 128;

    /** Of some 500 bytes each. They have no age: a caller that was silent for long could not tell that from a lost outcome. */
    private static final int MOST_SESSIONS = 10_000;

    private final World world;
    private final long maxBytes;
    private final Counters counters;
    private final Cache<CallId, byte[]> replies;
    private final Policy.FixedExpiration<CallId, byte[]> byAge;
    private final Cache<Start, Session> sessions;

    private record CallId(Session session, long sequence) {}

    private record Start(NodeId caller, long id) {}

    ReplyCache(World world, long maxBytes, Duration age, Counters counters) {
        this.world = world;
        this.maxBytes = maxBytes;
        this.counters = counters;
        // On the loop, as everything here: what was evicted must be known before the next call is looked for.
        this.replies = Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(world.clock()::nanos)
                .expireAfterWrite(age)
                .removalListener(this::onRemoved)
                .build();
        this.byAge = replies.policy().expireAfterWrite().orElseThrow();
        this.sessions = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumSize(MOST_SESSIONS)
                .build();
    }

    /** The session of a caller's start; a new one where none is remembered. */
    Session session(NodeId caller, long startId) {
        Start start = new Start(caller, startId);
        Session known = sessions.getIfPresent(start);
        if (known != null) {
            return known;
        }
        Session drawn = new Session(drawNumber());
        sessions.put(start, drawn);
        return drawn;
    }

    /** The kept answer of a call, as the message it was, or null. */
    byte @Nullable [] find(Session session, long sequence) {
        return replies.getIfPresent(new CallId(session, sequence));
    }

    /** Keeps an answer from now on, if there is room for it at all. */
    void keep(Session session, long sequence, byte[] reply) {
        if (bytesOf(reply) > maxBytes) {
            session.forget(sequence);
            return;
        }
        replies.cleanUp();
        while (counters.keptReplyBytes.get() + bytesOf(reply) > maxBytes) {
            replies.invalidateAll(byAge.oldest(1).keySet());
            replies.cleanUp();
        }
        session.keep(sequence);
        counters.keptReplies.add(1);
        counters.keptReplyBytes.add(bytesOf(reply));
        replies.put(new CallId(session, sequence), reply);
    }

    /** The caller waits for no call below that any more. */
    void acknowledge(Session session, long firstOpen) {
        for (Long sequence = session.keptBelow(firstOpen); sequence != null; sequence = session.keptBelow(firstOpen)) {
            session.forget(sequence);
            replies.invalidate(new CallId(session, sequence));
        }
    }

    private long drawNumber() {
        long number = world.random().nextLong();
        return number == CallIds.NO_SESSION ? 1 : number;
    }

    private void onRemoved(@Nullable CallId id, byte @Nullable [] reply, RemovalCause cause) {
        if (id != null && reply != null) {
            id.session().forget(id.sequence());
            counters.keptReplies.add(-1);
            counters.keptReplyBytes.add(-bytesOf(reply));
        }
    }

    private static long bytesOf(byte[] reply) {
        return (long) reply.length + ENTRY_BYTES;
    }
}
