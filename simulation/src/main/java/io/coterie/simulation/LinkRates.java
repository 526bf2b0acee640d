package io.coterie.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How many bytes per second links carry. The messages of a link leave one after the other. */
final class LinkRates {
    /** The rate of a link on which bytes take no time. */
    static final long NO_LIMIT = Long.MAX_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Map<Long, Long> rates = new HashMap<>();

    /** When the last byte that was sent on a link has left. */
    private final Map<Long, Long> freeAt = new HashMap<>();

    /** When the last byte of each message has left that has not left yet. */
    private final Map<Long, Deque<Long>> leaving = new HashMap<>();

    private long usual = NO_LIMIT;

    void set(long bytesPerSecond) {
        usual = checked(bytesPerSecond);
    }

    void set(long link, long bytesPerSecond) {
        rates.put(link, checked(bytesPerSecond));
    }

    /** A message is sent now. Returns how many nanoseconds pass until its last byte has left. */
    long leave(long link, int bytes, long now) {
        long rate = rates.isEmpty() ? usual : rates.getOrDefault(link, usual);
        if (rate == NO_LIMIT && freeAt.isEmpty()) {
            return 0;
        }
        long begins = Math.max(now, freeAt.getOrDefault(link, now));
        long ends = begins + nanos(bytes, rate);
        freeAt.put(link, ends);
        leaving(link, now).add(ends);
        return ends - now;
    }

    /**
     * A short message is sent now, before those that wait. It waits for the one that is leaving. The
     * others keep their times, so for the time of the short one the link carries both.
     */
    long leaveFirst(long link, int bytes, long now) {
        long rate = rates.isEmpty() ? usual : rates.getOrDefault(link, usual);
        if (rate == NO_LIMIT && freeAt.isEmpty()) {
            return 0;
        }
        Long current = leaving(link, now).peekFirst();
        return (current == null ? 0 : current - now) + nanos(bytes, rate);
    }

    private Deque<Long> leaving(long link, long now) {
        Deque<Long> ends = leaving.computeIfAbsent(link, absent -> new ArrayDeque<>());
        while (!ends.isEmpty() && ends.getFirst() <= now) {
            ends.removeFirst();
        }
        return ends;
    }

    private static long nanos(int bytes, long rate) {
        return rate == NO_LIMIT ? 0 : bytes * NANOS_PER_SECOND / rate;
    }

    private static long checked(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "a rate of " + bytesPerSecond + " bytes per second is below 1; to stop a link, cut it");
        }
        return bytesPerSecond;
    }
}
