/**
 * Which sets of members are a quorum: systems to choose from, and the exact answers about them.
 *
 * <p>{@code QuorumSystem} is a rule for any members. {@code MemberQuorums} is that rule for members
 * that are known: their names in alphabetical order, and sets of them as the bits of a long. So all
 * nodes come to the same quorums, in whatever order their lists are. {@code QuorumPair} is what a
 * strong store is opened with.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>quorum system</em> is a set of quorums. A quorum with one more member is a quorum.
 *     <li>Two systems <em>meet</em> if each quorum of one shares a member with each of the other.
 *     <li>A quorum is <em>minimal</em> if it is none without any of its members.
 * </ul>
 *
 * <p>Threading: all is immutable, and any thread may call it.
 *
 * <p>Callers: users, who choose a system, and whoever counts answers of replicas.
 *
 * <p>Sources: Gifford, Weighted Voting for Replicated Data, 1979; Cheung, Ammar, Ahamad, The Grid
 * Protocol, 1992; Kumar, Hierarchical Quorum Consensus, 1991; Howard, Malkhi, Spiegelman, Flexible
 * Paxos: Quorum Intersection Revisited, 2016.
 */
package io.coterie.replication.quorums;
