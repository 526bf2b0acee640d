package io.coterie.replication.internal.transfer;

import java.time.Duration;

/**
 * How much a transfer has in flight, and how long it waits. Immutable.
 *
 * @param pageBytes about how many bytes a page and a request have at most, above zero. A transfer
 *     has a page of each member in memory, three without pauses, one such request, and up to {@code
 *     keysAtOnce} states
 * @param keysAtOnce how many keys are settled at a time that need a round or a second look, above
 *     zero
 * @param answerNanos how long to wait for an answer
 * @param retryNanos after how long a member that failed is asked again
 * @param lagNanos how much longer than a majority a member may take for a page
 * @param patienceNanos for how long a member that is needed may fail before the transfer ends
 * @param throttled whether the transfer pauses after each page, for as long as the page took, and
 *     only then asks for the next
 */
public record TransferLimits(
        int pageBytes,
        int keysAtOnce,
        long answerNanos,
        long retryNanos,
        long lagNanos,
        long patienceNanos,
        boolean throttled) {
    /**
     * Pages of 32 KiB, which hold up nobody for long, 16 keys, answers within 20 s, and members that
     * may fail for 1 min.
     */
    public static final TransferLimits DEFAULT = new TransferLimits(
            32 << 10,
            16,
            Duration.ofSeconds(20).toNanos(),
            Duration.ofMillis(100).toNanos(),
            Duration.ofSeconds(2).toNanos(),
            Duration.ofMinutes(1).toNanos(),
            true);

    /**
     * Pages that are eight times as large, and no pauses: to finish sooner at the cost of foreground
     * requests.
     */
    public TransferLimits unthrottled() {
        return new TransferLimits(8 * pageBytes, keysAtOnce, answerNanos, retryNanos, lagNanos, patienceNanos, false);
    }
}
