/**
 * How a cluster agrees on its configuration: the keepers choose it, and every node adopts it.
 *
 * <p>{@code Keeper} is the acceptor of the configuration's register: it promises and accepts.
 * {@code Proposal} is the proposer: it asks the keepers in two phases. {@code Founding} proposes
 * genesis. {@code CurrentConfiguration} is what this node has adopted, and {@code
 * ConfigurationExchange} hands it over to others and asks them for newer ones. {@code MemberSearch}
 * finds the members for a node that knows addresses only. {@code NodeConfiguration} puts the parts
 * together.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>to adopt</em>: to take a configuration that is known to be chosen as the one in force
 *   <li><em>instance</em>: one run of Paxos, which chooses the configuration after a given epoch
 *   <li><em>base</em>: that epoch; 0 for genesis
 *   <li><em>founding</em>: the instance that chooses genesis
 * </ul>
 *
 * <p>Rules that safety rests on:
 *
 * <ul>
 *   <li>A keeper answers for an instance only while its base is adopted here, and as the
 *       incarnation that the request names. So each instance has one set of keepers, and a keeper
 *       that has lost its records is none
 *   <li>Promises and acceptances are durable before they are answered
 *   <li>Only a configuration that is known to be chosen is adopted or handed over
 *   <li>Genesis is chosen by all names that the replicas were given, because an empty directory may
 *       be a lost one: one replica that remembers a cluster keeps the others from founding a second
 *   <li>A node that searches neither proposes genesis nor is a keeper of it
 * </ul>
 *
 * <p><em>Threading:</em> all of it runs on the node's loop.
 *
 * <p>Source: Lamport, Paxos Made Simple, 2001, section 2.2. The page {@code membership.md} argues
 * why one instance for each epoch is safe.
 */
@NullMarked
package io.coterie.replication.internal.keepers;

import org.jspecify.annotations.NullMarked;
