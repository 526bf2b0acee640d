package io.coterie.replication.internal.journal;

/**
 * How much of a segment's file is filled with zeros ahead of the frames. A force of bytes inside a
 * file's known size writes no metadata, and costs about half.
 *
 * <p>The size depends only on the end of the last frame, and is durable with that frame. If a frame
 * has no room, its room is made durable first. So a crash never leaves a file that is shorter than
 * the room from before its last frame, nor one that ends within a frame: something else truncated
 * such a file.
 */
final class SegmentSpace {
    /** Steps are small in a small file, so that a journal of few records takes little space. */
    private static final int SMALL_STEP = 32 << 10;

    private static final int STEP = 1 << 20;

    private SegmentSpace() {}

    /**
     * The size of the file in bytes for a frame that ends at an offset. It has room for one more
     * step, so that only longer frames need a force for their room.
     */
    static long behind(long end) {
        int step = end < STEP ? SMALL_STEP : STEP;
        return (end + step - 1) / step * step + step;
    }

    /**
     * The smallest size of the file in bytes if its last intact frame is here; that frame need not
     * be durable.
     */
    static long atLeast(long lastFrame, long lastFrameEnd) {
        long before = behind(lastFrame);
        return lastFrameEnd <= before ? before : behind(lastFrameEnd);
    }
}
