/**
 * Who the replicas are: data and pure rules, without time or network.
 *
 * <p><em>Words.</em> The {@link io.coterie.replication.internal.membership.Configuration} is the one
 * source of who the replicas are. Its <em>epoch</em> rises by one with every change. A
 * <em>member</em> is a name together with the incarnation of its records. Who has lost its records
 * is another member under the same name. A <em>partition</em> is a part of all keys. Its
 * {@link io.coterie.replication.internal.membership.Placement} has the group that keeps it, and
 * while it moves the next group. The <em>keepers</em> are the members that choose the next
 * configuration.
 *
 * <p><em>How a configuration is chosen.</em> The keepers of epoch n choose that of n + 1, by one
 * instance of single-decree Paxos for each epoch. So each configuration has one successor at most,
 * whoever proposes, and no quorum spans two sets of keepers. The first one, <em>genesis</em>, is
 * chosen by all names that the nodes were given.
 *
 * <p><em>What is where.</em> {@code Successors} makes the next configuration and refuses what is
 * not one. {@code ConfigurationFormat} has the bytes. {@code KeeperRecord} is what a keeper has
 * promised and accepted for the next epoch.
 *
 * <p><em>Sources.</em> Lamport, Paxos Made Simple, 2001; Lamport, Malkhi, Zhou, Reconfiguring a
 * State Machine, 2010 (each configuration is chosen by the one before); Gafni, Lamport, Disk Paxos,
 * 2003, for the single decree. The page {@code membership.md} argues why it is safe.
 */
@NullMarked
package io.coterie.replication.internal.membership;

import org.jspecify.annotations.NullMarked;
