package io.coterie.replication.internal.journal;

/**
 * How much of a segment's file is made, with zeros, ahead of the frames that go there. A force of
 * bytes inside a file's known size writes no metadata, and costs about half.
 *
 * <p>The size follows from where the last frame ends and from nothing else, and it is durable with
 * that frame. A frame for which there is no room has its room made durable first. So a crash never
 * leaves a file that is shorter than what was made before its last frame, nor one that ends within
 * a frame: such a file was cut by something else.
 */
final class SegmentSpace {
    /** Steps are small while the file is, so that a journal of few records takes little. */
    private static final int SMALL_STEP = 32 << 10;

    private static final int STEP = 1 << 20;

    private SegmentSpace() {}

    /**
     * The size that a file is given, in bytes, with a frame that ends at an offset. It leaves room
     * for one more step, so that only longer frames need a force for their room.
     */
    static long behind(long end) {
        int step = end < STEP ? SMALL_STEP : STEP;
        return (end + step - 1) / step * step + step;
    }

    /**
     * The size that a file has at least, in bytes, when its last intact frame is here: that frame
     * need not be durable.
     */
    static long atLeast(long lastFrame, long lastFrameEnd) {
        long before = behind(lastFrame);
        return lastFrameEnd <= before ? before : behind(lastFrameEnd);
    }
}
