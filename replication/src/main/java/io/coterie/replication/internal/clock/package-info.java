/**
 * How far ballots may be ahead of the time, and how far clocks differ.
 *
 * <p>{@code BallotBound} bounds the ballots that a replica promises and accepts. {@code
 * ClockDifferences} holds what is known of the replicas' clocks, and decides which of them are
 * wrong. Both only calculate: the proposer's side asks replicas for their time.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>bound</em>: the highest ballot that a replica accepts. It follows the latest time that
 *       the replica has seen, and its promise for a key
 *   <li><em>ahead</em>: another clock minus this node's, in milliseconds
 *   <li><em>agreed</em>: the difference that a majority of clocks has at least
 * </ul>
 *
 * <p>To refuse a ballot is always safe. To go by a clock that is wrong is not: a timestamp that is
 * too far ahead hides later writes.
 *
 * <p>It is used on the node's loop, by the replica and by the proposer's side. The facade reads the
 * differences for its report; the package is exported to that alone.
 */
package io.coterie.replication.internal.clock;
