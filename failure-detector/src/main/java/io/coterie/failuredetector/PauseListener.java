package io.coterie.failuredetector;

/**
 * Is notified when this process was paused. What it holds for a limited time, such as a lease, may
 * be gone by then: others may have taken it for down.
 *
 * <p>Called by the executor that it was {@linkplain FailureDetector#addPauseListener added} with, one
 * call at a time. An exception is logged and changes nothing else.
 */
@FunctionalInterface
public interface PauseListener {
    /**
     * The process runs again after a pause. Called once for each pause, in their order. The
     * notification comes after the pause: code that ran before it may have acted without knowing.
     */
    void onPause(OwnPause pause);
}
