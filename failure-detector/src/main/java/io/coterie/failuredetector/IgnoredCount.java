package io.coterie.failuredetector;

/** Counts heartbeats that were ignored. The loop counts, and any thread reads. */
final class IgnoredCount {
    private volatile IgnoredHeartbeats counted = new IgnoredHeartbeats(0, 0, 0);

    void count(PeerStarts.Novelty novelty) {
        IgnoredHeartbeats before = counted;
        long overtaken = before.overtaken();
        long earlierStarts = before.earlierStarts();
        long malformed = before.malformed();
        switch (novelty) {
            case LATER, NEW_START -> {
                return;
            }
            case OVERTAKEN -> overtaken++;
            case EARLIER_START -> earlierStarts++;
            case IMPOSSIBLE -> malformed++;
        }
        counted = new IgnoredHeartbeats(overtaken, earlierStarts, malformed);
    }

    IgnoredHeartbeats read() {
        return counted;
    }
}
