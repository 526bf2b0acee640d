package io.coterie.consistency.internal.rules;

/**
 * The setbacks of a batch so far, and what it does about them. A superclass and no object of its
 * own, as each operation may have a batch.
 */
abstract class BatchSetbacks {
    private static final int CONFLICTS_ALONE = 3;

    /** How often this batch met a higher promise. */
    private int conflicts;

    /** How often too many replicas refused a ballot of this batch as too far ahead. */
    private int tooFarAhead;

    /**
     * Whether a ballot above what a minority has promised beyond the clock was refused by the
     * others: then the batch continues with ballots of the clock, for which the others alone are
     * enough.
     */
    private boolean staysWithinClock;

    /** How often the key's home had too much to do for this batch. */
    private int overloads;

    /** At how many conflicts the batch may go to the key's home again. */
    private int staysUntil;

    /** How often it met a higher promise. */
    public final int conflicts() {
        return conflicts;
    }

    /** It met one more. Returns how many there were. */
    public final int countConflict() {
        return ++conflicts;
    }

    /** Too many replicas refused its ballot as too far ahead. Returns how often they did. */
    public final int countTooFarAhead() {
        return ++tooFarAhead;
    }

    /** The key's home had too much to do for it. Returns how often it had. */
    public final int countOverload() {
        return ++overloads;
    }

    /** From now on its ballots are those of the clock. */
    public final void stayWithinClock() {
        staysWithinClock = true;
    }

    /** Whether its ballots must be those of the clock, as higher ones were refused. */
    public final boolean staysWithinClock() {
        return staysWithinClock;
    }

    /** This node tries to bring it to its end itself, for some conflicts to come. */
    public final void stay() {
        staysUntil = conflicts + CONFLICTS_ALONE;
    }

    /** Whether this node still tries to bring it to its end itself. */
    public final boolean stays() {
        return conflicts < staysUntil;
    }
}
