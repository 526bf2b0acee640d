/**
 * Changes of the members, while the cluster works: one replaces another, comes or goes.
 *
 * <p>{@code Changes} is this node's part: it begins those that it is asked for. {@code
 * RunningChange} follows the one that is running, whoever drives it, and takes over from a driver
 * that is gone. {@code Preparation} checks a change before it
 * begins. {@code Driver} brings one from its joint configuration to its end: it has the records
 * transferred, and then has the keepers choose that the next group takes over, or that all stays as
 * it was. {@code Rejoining} is the part of a replica that is no member, because it lost its
 * records, or because it is a spare. {@code Leaving} is the part of a member that goes by itself.
 * {@code AutoReplacement} begins a change when a member is gone by the {@code Evidence} of a
 * majority, and one of the {@code Spares} waits.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>newcomer</em>: a replica that is to become a member
 *   <li><em>leaving</em>: said of a member that is to go
 *   <li><em>spare</em>: a replica that was never a member, and waits to become one
 *   <li><em>driver</em>: the node that brings a change to its end. Any member can, and two at once
 *       do no harm: the keepers choose one successor of each configuration
 *   <li><em>to abort</em>: to let the members be as they were before the change
 * </ul>
 *
 * <p><em>Threading:</em> all of it runs on the node's loop.
 *
 * <p>Source: joint configurations are those of Ongaro, Consensus: Bridging Theory and Practice,
 * 2014, section 4.3, for registers without a leader. The page {@code membership.md} argues why no
 * write is lost.
 */
@NullMarked
package io.coterie.replication.internal.change;

import org.jspecify.annotations.NullMarked;
