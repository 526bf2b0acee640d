/**
 * The clocks from which ballots and timestamps are made.
 *
 * <p>A reading of a {@link io.coterie.replication.clock.HybridClock} holds the time of day and a
 * count within one millisecond. A {@link io.coterie.replication.clock.BallotClock} makes ballots
 * from it, a {@link io.coterie.replication.clock.HlcClock} makes timestamps. Both follow the
 * readings of other nodes within limits: a wrong clock must not harm the work of right ones.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>lead</em>: how far a reading is ahead of the time here. Up to {@code MAX_LEAD} it is
 *       trusted: a day for ballots, where a lead does no harm, and a minute for timestamps, where
 *       the highest one wins
 *   <li><em>writer</em>: a random number that stands for the start of the process that made a
 *       reading, so that no two ballots or timestamps are the same
 *   <li><em>cluster time</em>: this node's wall clock, or the time of a majority of the replicas
 *       where they disagree with it
 * </ul>
 *
 * <p>Authors of policies get the two clocks from {@code ReplicationLoop}. They are used on the
 * node's loop.
 *
 * <p>Source: Kulkarni and others, Logical Physical Clocks, OPODIS 2014.
 */
package io.coterie.replication.clock;
