/**
 * Hands on what a group of replicas knows to the group that replaces it.
 *
 * <p>{@code Transfer} is what a node runs for a change of the group, after both groups have become
 * the groups of the partition. {@code GroupLists} has the members list all that they have, and
 * merges it. {@code Decisions} says what is to be done with each register: copied as it is, or
 * settled by a round first. {@code Delivery} sends parts to the next group until a majority and
 * each newcomer has them. {@code Pass} leads a key from one to the other.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>group</em>, <em>next group</em>: the replicas of a partition, and those that replace
 *       them
 *   <li><em>member</em>: a node of a group, with the incarnation of its records that counts
 *   <li><em>newcomer</em>: a member of the next group that is none of the group
 *   <li><em>part</em>: one record, or one store, that the next group is to know
 *   <li><em>to know</em>: said of a group of which a majority has something durably
 * </ul>
 *
 * <p>Keys are done before floors: a floor is the promise of absent keys, and a newcomer with the
 * floor would refuse the keys that it lacks. Floors are read after the keys: one that was removed
 * meanwhile, and is listed by nobody, has its promise there.
 *
 * <p>A page of each member and one request to each are in memory at a time. Between two pages as much
 * time passes as the first took. If the limits say otherwise, there are three: one is on its way,
 * one is being decided on, and one is being delivered.
 *
 * <p><em>Threading:</em> the node's loop alone.
 *
 * <p>Source: the change of acceptors in Rystsov, CASPaxos, 2018, section 2.3; joint quorums of
 * Ongaro, Ousterhout, In Search of an Understandable Consensus Algorithm, 2014, section 6.
 */
package io.coterie.replication.internal.transfer;
