package io.coterie.failuredetector;

/**
 * How many heartbeats of watched peers a {@link FailureDetector} has ignored. None of them counts as
 * a sign of life. A node of another cluster, or of no known name, is refused before it can send any.
 *
 * @param overtaken those that had come already, or came after a later one; a network that
 *     duplicates and reorders messages has them
 * @param earlierStarts those of a process that was replaced by a later start of the peer
 * @param malformed those that could not be read, or answered what was never sent; there should be
 *     none
 */
public record IgnoredHeartbeats(long overtaken, long earlierStarts, long malformed) {}
