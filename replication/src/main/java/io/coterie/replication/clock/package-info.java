/**
 * The clocks from which ballots and stamps are made.
 *
 * <p>A reading of a {@link io.coterie.replication.clock.HybridClock} holds the time of day and a
 * count within one millisecond. A {@link io.coterie.replication.clock.BallotClock} makes ballots
 * from it, a {@link io.coterie.replication.clock.StampClock} makes stamps. Both follow the readings
 * of other nodes, but only so far: a clock that is wrong must not spoil what right clocks make.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>lead</em>: how far a reading is ahead of the time here. Up to {@code MAX_LEAD} it is
 *       trusted: a day for ballots, where a lead does no harm, and a minute for stamps, where the
 *       highest one wins
 *   <li><em>writer</em>: which start of which process made a reading, drawn at random, so that no
 *       two are the same
 *   <li><em>cluster time</em>: this node's wall clock, or that of most replicas where those have
 *       another time
 * </ul>
 *
 * <p>Authors of policies get the two clocks from {@code Replication}, which makes them. All of it
 * is used on the node's loop.
 *
 * <p>Source: Kulkarni and others, Logical Physical Clocks, OPODIS 2014.
 */
package io.coterie.replication.clock;
