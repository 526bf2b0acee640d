package io.coterie.failuredetector;

import java.util.Arrays;

/**
 * Distinguishes a stop, which says nothing about the rhythm of a peer, from a new and slower rhythm.
 *
 * <p>An estimator sets a late inter-arrival time aside, because one that learned a stop would
 * overlook the next. But if the peer or its link has become slower for good, each time is late, and
 * the peer would be suspected for ever. So {@value #LATE_OF_NEW_RHYTHM} late times among the last
 * {@value #REMEMBERED} are a new rhythm, and what arrived since the first of them is all that is
 * known of it.
 */
final class LateGaps {
    static final int REMEMBERED = 16;
    static final int LATE_OF_NEW_RHYTHM = 3;

    private final long[] gaps = new long[REMEMBERED];
    private int size;
    private int lateFlags;

    /**
     * Notes an inter-arrival time.
     *
     * @param late whether it was judged as a failure
     * @return whether the peer has a new rhythm as of this time
     */
    boolean add(long micros, boolean late) {
        if (size == REMEMBERED) {
            System.arraycopy(gaps, 1, gaps, 0, REMEMBERED - 1);
            size--;
        }
        gaps[size++] = micros;
        lateFlags = (lateFlags << 1 | (late ? 1 : 0)) & (1 << REMEMBERED) - 1;
        return late && Integer.bitCount(lateFlags) >= LATE_OF_NEW_RHYTHM;
    }

    /** The times of the new rhythm, oldest first. Forgets them. */
    long[] takeNewRhythm() {
        int since = Integer.SIZE - Integer.numberOfLeadingZeros(lateFlags);
        long[] rhythm = Arrays.copyOfRange(gaps, size - since, size);
        clear();
        return rhythm;
    }

    void clear() {
        size = 0;
        lateFlags = 0;
    }
}
