/**
 * How far ballots may be ahead, and how far clocks are apart.
 *
 * <p>{@code BallotBound} says up to where a replica promises and accepts ballots. {@code
 * ClockDifferences} is what is known of the clocks of the replicas, and says which of them are
 * wrong. Both only calculate: who asks whom for the time is decided by the proposer's side.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>bound</em>: the highest ballot that a replica takes. It follows the latest time that
 *       the replica has seen, and what it has promised for a key already
 *   <li><em>ahead</em>: how much another clock shows more than this node's, in milliseconds; below
 *       zero if it shows less
 *   <li><em>agreed</em>: what a majority of clocks, or more, has in common
 * </ul>
 *
 * <p>To refuse a ballot is always safe. To go by a clock that is wrong is not: a stamp that is too
 * far ahead hides later writes.
 *
 * <p>It is used on the node's loop, by the replica and by the proposer's side. The facade reads the
 * differences for its report; the package is exported to that alone.
 */
package io.coterie.replication.internal.clock;
