package io.coterie.rpc.internal.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's memory of calls that must not be executed twice: the answers that callers may still
 * ask for again, and the sessions of the callers. It is bounded by bytes and by age. An answer that
 * is dropped raises the horizon of its session, so that a call is refused, and not executed, if it
 * may have been executed before (after RIFL, Lee et al., SOSP 2015).
 *
 * <p>Why no call is executed twice: it is only executed under a session that is known here by its
 * random number, and its caller sends it under no more than one. A session knows each of its calls
 * as running or by its kept answer, or has it at or below its horizon. A server that was started
 * again, or has forgotten the session, has drawn another number.
 *
 * <p>The oldest answers are dropped first, as they are the least likely to be asked for. Caffeine's
 * own eviction prefers entries that are used often. Here an entry is used only if a message was
 * lost, so that eviction would keep the old entries and drop each new one at once.
 */
public final class ReplyCache {
    /** The memory that an answer takes in addition to its bytes. */
    private static final int ENTRY_BYTES = 128;

    /**
     * Each takes some 500 bytes. Sessions do not expire: for a silent caller, that would look like
     * a lost outcome.
     */
    private static final int MAX_SESSIONS = 10_000;

    /**
     * A name has one start that calls, and a few earlier ones. A peer with more would evict the
     * others.
     */
    private static final int MAX_SESSIONS_PER_CALLER = 16;

    private final World world;
    private final long maxBytes;
    private final NodeCounters counters;
    private final Cache<CallId, byte[]> replies;
    private final Policy.FixedExpiration<CallId, byte[]> byAge;
    private final Cache<NodeId, Starts> sessions;

    private record CallId(Session session, long sequence) implements Comparable<CallId> {
        /** Keeps a map fast even if a peer chooses numbers that all have the same hash. */
        @Override
        public int compareTo(CallId other) {
            int bySession = Long.compare(session.number(), other.session.number());
            return bySession != 0 ? bySession : Long.compare(sequence, other.sequence);
        }

        /** Made of numbers only, so that it is the same in each run of a simulation. */
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

    public ReplyCache(World world, long maxBytes, Duration age, NodeCounters counters) {
        this.world = world;
        this.maxBytes = maxBytes;
        this.counters = counters;
        // On the loop, as everything here: an eviction must be noted before the next call is looked
        // up.
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
        // Put each time, because its weight is taken then.
        sessions.put(caller, starts);
        return drawn;
    }

    /** The kept answer of a call, as the message it was, or null. */
    byte @Nullable [] find(Session session, long sequence) {
        return replies.getIfPresent(new CallId(session, sequence));
    }

    /** Keeps an answer, unless it is larger than the whole cache. */
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

    /** Drops the answers below that number: the caller no longer waits for them. */
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
