package io.coterie.failuredetector;

/**
 * Which start of a peer is the present one, and which of its heartbeats are news. A process that was
 * started again is another one: what was learned of the one before, and what still comes of it, says
 * nothing of it.
 *
 * <p>A later start has a larger number, unless the wall clock of its machine was set back. Then it
 * proves by an answer that it is the later one: it has heard a heartbeat of this node that no start
 * before has. Constant space.
 */
final class PeerStarts {
    /** How many starts are remembered that others replaced. */
    private static final int REMEMBERED = 8;

    private final long[] replaced = new long[REMEMBERED];
    private int replacedCount;
    private long present;
    private long highest;
    private long heardNumber;

    /** What a heartbeat is. */
    enum Novelty {
        /** A later heartbeat of the present start. */
        LATER,
        /** The first heartbeat of a later start, or of the first one that is known. */
        NEW_START,
        /** A heartbeat of the present start that came before, or that a later one overtook. */
        OVERTAKEN,
        /** A heartbeat of a start that was replaced. */
        EARLIER_START,
        /** It cannot be read, or answers what was never sent. */
        IMPOSSIBLE;

        /** Whether the heartbeat is a sign of life of the present start. */
        boolean isNews() {
            return this == LATER || this == NEW_START;
        }
    }

    /**
     * Judges a heartbeat and remembers it.
     *
     * @param ownStart the start of this node
     * @param ownNumber of the last heartbeat that this node sent
     */
    Novelty take(Heartbeat beat, long ownStart, long ownNumber) {
        if (beat.version == Heartbeat.EMPTY) {
            return Novelty.LATER;
        }
        boolean answers = beat.heardStart == ownStart;
        if (beat.version == Heartbeat.MALFORMED || (answers && beat.heardNumber > ownNumber)) {
            return Novelty.IMPOSSIBLE;
        }
        Novelty novelty = beat.start == present ? ofPresent(beat) : ofOther(beat, answers);
        if (answers && novelty.isNews()) {
            heardNumber = Math.max(heardNumber, beat.heardNumber);
        }
        return novelty;
    }

    private Novelty ofPresent(Heartbeat beat) {
        if (beat.number <= highest) {
            return Novelty.OVERTAKEN;
        }
        highest = beat.number;
        return Novelty.LATER;
    }

    private Novelty ofOther(Heartbeat beat, boolean answers) {
        boolean isLater = beat.start > present && !isReplaced(beat.start);
        if (!isLater && !(answers && beat.heardNumber > heardNumber)) {
            return Novelty.EARLIER_START;
        }
        if (present != 0) {
            replaced[replacedCount++ % REMEMBERED] = present;
        }
        present = beat.start;
        highest = beat.number;
        return Novelty.NEW_START;
    }

    private boolean isReplaced(long start) {
        for (long each : replaced) {
            if (each == start) {
                return true;
            }
        }
        return false;
    }

    /** The present start; 0 if none is known. */
    long present() {
        return present;
    }

    /** The highest number that was heard of the present start. */
    long highest() {
        return highest;
    }
}
