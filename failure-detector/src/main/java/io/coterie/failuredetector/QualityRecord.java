package io.coterie.failuredetector;

import java.time.Duration;
import java.util.Optional;

/**
 * Adds up what is observed of the opinions of one peer, in constant space. It is given the time and
 * reads no clock. Nothing happens here while the opinion stays as it is. Safe for use by any thread.
 */
final class QualityRecord {
    private final Tally suspicions = new Tally();
    private final Tally downs = new Tally();
    private boolean begun;
    private long begin;
    private long paused;
    private long suspectedAfter;

    /**
     * The opinion becomes worse.
     *
     * @param silence the time since the last message
     */
    synchronized void worse(PeerState state, long now, long silence) {
        if (suspicions.begin(now - paused)) {
            suspectedAfter = silence;
        }
        if (state == PeerState.DOWN) {
            downs.begin(now - paused);
            suspicions.detected(suspectedAfter);
            downs.detected(silence);
        }
    }

    /** The peer is up. It may have been so before. */
    synchronized void up(long now, boolean sameProcess) {
        if (!begun) {
            begun = true;
            begin = now - paused;
        }
        suspicions.end(now - paused, sameProcess);
        downs.end(now - paused, sameProcess);
    }

    /** This process did not run for so long. */
    synchronized void discountPause(long nanos) {
        paused += nanos;
    }

    synchronized ObservedQuality at(long now) {
        long observed = begun ? Math.max(0, now - paused - begin) : 0;
        return new ObservedQuality(
                Duration.ofNanos(observed),
                suspicions.detectionTime(),
                downs.detectionTime(),
                suspicions.mistakes(observed, now - paused),
                downs.mistakes(observed, now - paused));
    }

    /** What is known of one opinion. Its times leave out pauses. */
    private static final class Tally {
        private boolean held;
        private long since;
        private long detections;
        private long detectionNanos;
        private long longestDetection;
        private long mistakes;
        private long mistakenNanos;
        private long longestMistake;
        private long firstMistake;
        private long lastMistake;
        private long leftOutNanos;

        /** Returns whether the opinion was not held before. */
        boolean begin(long time) {
            if (held) {
                return false;
            }
            held = true;
            since = time;
            return true;
        }

        void end(long time, boolean mistake) {
            if (!held) {
                return;
            }
            held = false;
            long length = time - since;
            if (!mistake) {
                leftOutNanos += length;
                return;
            }
            if (mistakes++ == 0) {
                firstMistake = since;
            }
            lastMistake = since;
            mistakenNanos += length;
            longestMistake = Math.max(longestMistake, length);
        }

        void detected(long afterNanos) {
            detections++;
            detectionNanos += afterNanos;
            longestDetection = Math.max(longestDetection, afterNanos);
        }

        ObservedQuality.DetectionTime detectionTime() {
            return new ObservedQuality.DetectionTime(
                    detections, mean(detectionNanos, detections), Duration.ofNanos(longestDetection));
        }

        ObservedQuality.Mistakes mistakes(long observed, long now) {
            long alive = observed - leftOutNanos - (held ? now - since : 0);
            return new ObservedQuality.Mistakes(
                    mistakes,
                    mean(mistakenNanos, mistakes),
                    Duration.ofNanos(longestMistake),
                    mistakes < 2 ? Optional.empty() : Optional.of(mean(lastMistake - firstMistake, mistakes - 1)),
                    alive <= 0 ? 1 : 1 - (double) mistakenNanos / alive);
        }

        private static Duration mean(long nanos, long count) {
            return count == 0 ? Duration.ZERO : Duration.ofNanos(nanos / count);
        }
    }
}
