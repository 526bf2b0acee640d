package io.coterie.chaos.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the load at one node reported. Times are those of {@link System#nanoTime}. Safe for use by
 * any thread.
 */
public final class NodeTrace {
    private final List<Span> operations = new ArrayList<>();
    private final List<Span> stalls = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<Sample> kept = new ArrayList<>();

    /** A stretch of time. */
    public record Span(long from, long to) {
        public long nanos() {
            return to - from;
        }

        boolean meets(Span other) {
            return from <= other.to && other.from <= to;
        }

        long sharedWith(Span other) {
            return Math.max(0, Math.min(to, other.to) - Math.max(from, other.from));
        }
    }

    /** An operation that failed. */
    record Failure(long at, String error) {}

    private record Sample(long at, long bytes) {}

    synchronized void ended(long begin, long end) {
        operations.add(new Span(begin, end));
    }

    synchronized void failed(long at, String error) {
        failures.add(new Failure(at, error));
    }

    public synchronized void stalled(long from, long to) {
        stalls.add(new Span(from, to));
    }

    synchronized void kept(long at, long bytes) {
        kept.add(new Sample(at, bytes));
    }

    /** The failures in a stretch of time. */
    public synchronized List<Failure> failures(Span time) {
        return failures.stream()
                .filter(failure -> time.meets(new Span(failure.at, failure.at)))
                .toList();
    }

    /** When operations ended, in order. */
    public synchronized List<Long> ends() {
        return operations.stream().map(Span::to).sorted().toList();
    }

    /**
     * The longest time without a completed operation that overlaps this one. What comes after this
     * one is left out.
     */
    public Span longestPause(Span time) {
        return pauses(time).stream().max(Comparator.comparingLong(Span::nanos)).orElse(new Span(time.from, time.from));
    }

    /**
     * The times between two completed operations that overlap this one. What comes after this one
     * is left out.
     */
    public List<Span> pauses(Span time) {
        List<Long> ends = new ArrayList<>(ends());
        ends.removeIf(end -> end > time.to);
        ends.add(time.to);
        List<Span> pauses = new ArrayList<>();
        for (int i = 1; i < ends.size(); i++) {
            if (ends.get(i) > time.from) {
                pauses.add(new Span(ends.get(i - 1), ends.get(i)));
            }
        }
        return pauses;
    }

    /** The operations that began in this time. */
    public synchronized List<Span> operations(Span time) {
        return operations.stream()
                .filter(operation -> time.meets(new Span(operation.from, operation.from)))
                .toList();
    }

    /** The longest of the operations that began in this time. */
    public Span longestOperation(Span time) {
        return operations(time).stream()
                .max(Comparator.comparingLong(Span::nanos))
                .orElse(new Span(time.from, time.from));
    }

    /** How much of this time the process did not get to run. */
    public synchronized long stalled(Span time) {
        return stalls.stream().mapToLong(stall -> stall.sharedWith(time)).sum();
    }

    /**
     * The most bytes that the heap held in this time, without what was allocated since the last
     * collection.
     */
    public synchronized long mostKept(Span time) {
        return kept.stream()
                .filter(sample -> time.meets(new Span(sample.at, sample.at)))
                .max(Comparator.comparingLong(Sample::bytes))
                .map(Sample::bytes)
                .orElse(0L);
    }
}
