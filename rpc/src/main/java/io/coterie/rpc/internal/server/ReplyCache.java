package io.coterie.rpc.internal.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import io.coterie.rpc.internal.events.Counters;
import io.coterie.rpc.internal.wire.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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
public final class ReplyCache {
    /** What an answer costs besides its bytes. */
    private static final int ENTRY_BYTES = 128;

    /** Of some 500 bytes each. They have no age: a caller that was silent for long could not tell that from a lost outcome. */
    private static final int MAX_SESSIONS = 10_000;

    /** A name has one start that calls, and some that are over. More would be one peer that pushes the others out. */
    private static final int MAX_SESSIONS_PER_CALLER = 16;

    private final World world;
    private final long maxBytes;
    private final Counters counters;
    private final Cache<CallId, byte[]> replies;
    private final Policy.FixedExpiration<CallId, byte[]> byAge;
    private final Cache<NodeId, Starts> sessions;

    private record CallId(Session session, long sequence) implements Comparable<CallId> {
        /** Has a map find its way among numbers that a peer has chosen so that all have the same hash. */
        @Override
        public int compareTo(CallId other) {
            int bySession = Long.compare(session.number(), other.session.number());
            return bySession != 0 ? bySession : Long.compare(sequence, other.sequence);
        }

        /** Of numbers alone, so that it is the same in each run of a simulation. */
        @Override
        public int hashCode() {
            return Long.hashCode(session.number() + sequence);
        }
    }

    /** The sessions of one name, by the number of the start; those used last come last. */
    private static final class Starts extends LinkedHashMap<Long, Session> {
        private static final long serialVersionUID = 1L;

        Starts() {
            super(MAX_SESSIONS_PER_CALLER * 2, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Session> eldest) {
            return size() > MAX_SESSIONS_PER_CALLER;
        }
    }

    public ReplyCache(World world, long maxBytes, Duration age, Counters counters) {
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
                .maximumWeight(MAX_SESSIONS)
                .weigher((NodeId caller, Starts starts) -> starts.size())
                .build();
    }

    /** The session of a caller's start; a new one where none is remembered. */
    Session session(NodeId caller, long startId) {
        Starts known = sessions.getIfPresent(caller);
        Session session = known == null ? null : known.get(startId);
        if (session != null) {
            return session;
        }
        Starts starts = known == null ? new Starts() : known;
        Session drawn = new Session(drawNumber());
        starts.put(startId, drawn);
        // Each time, as it is weighed when it is put.
        sessions.put(caller, starts);
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
        while (counters.replyCacheBytes.get() + bytesOf(reply) > maxBytes) {
            replies.invalidateAll(byAge.oldest(1).keySet());
            replies.cleanUp();
        }
        session.keep(sequence);
        counters.cachedReplies.add(1);
        counters.replyCacheBytes.add(bytesOf(reply));
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
        return number == Message.NO_SESSION ? 1 : number;
    }

    private void onRemoved(@Nullable CallId id, byte @Nullable [] reply, RemovalCause cause) {
        if (id != null && reply != null) {
            id.session().forget(id.sequence());
            counters.cachedReplies.add(-1);
            counters.replyCacheBytes.add(-bytesOf(reply));
        }
    }

    private static long bytesOf(byte[] reply) {
        return (long) reply.length + ENTRY_BYTES;
    }
}
