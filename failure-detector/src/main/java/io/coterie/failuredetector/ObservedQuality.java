package io.coterie.failuredetector;

import java.time.Duration;
import java.util.Optional;

/**
 * How good the opinions of a peer were, as far as the watching node can know, since the peer is
 * watched. The metrics are those of Chen, Toueg and Aguilera, On the Quality of Service of Failure
 * Detectors, 2002. Pauses of the watching process are left out of all times.
 *
 * <p>A suspicion was a mistake if a message of the same process ended it. If the connection was lost
 * before that message, the peer may have been started anew. Such a suspicion counts neither as a
 * mistake nor as a failure, and its time is left out. So does one that has not ended yet.
 *
 * @param observed the time since the first message of the peer
 * @param suspectedAfter of silences that ended in {@link PeerState#DOWN}: from the last message to
 *     {@link PeerState#SUSPECTED}, or to {@code DOWN} where the peer was never only suspected
 * @param downAfter of the same silences: from the last message to {@code DOWN}
 * @param suspicions mistakes in which the peer was suspected or down
 * @param downs mistakes in which the peer was down
 */
public record ObservedQuality(
        Duration observed, DetectionTime suspectedAfter, DetectionTime downAfter, Mistakes suspicions, Mistakes downs) {
    /**
     * How long detection took. The times are zero if there was none.
     *
     * @param count of how many silences
     */
    public record DetectionTime(long count, Duration mean, Duration longest) {}

    /**
     * Opinions that a live process has failed.
     *
     * @param count how many
     * @param meanDuration the mean time from a mistake to its end; zero if there was none
     * @param longestDuration the longest; zero if there was none
     * @param meanRecurrence the mean time from the beginning of a mistake to that of the next; empty
     *     if there were fewer than two
     * @param accuracy the query accuracy probability: the part of the time in which the opinion of a
     *     live process was right, 0 to 1; 1 if there was no such time
     */
    public record Mistakes(
            long count,
            Duration meanDuration,
            Duration longestDuration,
            Optional<Duration> meanRecurrence,
            double accuracy) {}
}
