/**
 * Brings a replica's copies up to date in the background: what it missed while it was away, cut off
 * or too slow.
 *
 * <p>Each replica compares itself with one other after another, and takes what that one has and it
 * lacks: about twice a second, for registers and for values in turn. {@code AntiEntropy} plans
 * these passes. {@code Comparison} finds the leaves of the digests that differ, {@code
 * CopyTransfer} takes the copies of some leaves.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>copy</em>: what one replica has for one key, of strong and eventual stores alike
 *   <li><em>digest</em>, <em>leaf</em>: see {@code Digests}
 *   <li><em>pass</em>: one comparison with one other replica, and the transfer after it
 *   <li><em>to lack</em>: to have an earlier version of a key than another replica, or none
 * </ul>
 *
 * <p>A difference counts once two passes in a row with a replica have seen it: what is being
 * written differs for some milliseconds only. Each side takes and none pushes, so a replica takes
 * no more than it can make durable. A page is asked for after the one before is durable and as much
 * time has passed as its answer took: where foreground requests make a replica or the network slow,
 * the transfer slows down with them.
 *
 * <p>A copy of a strong store is taken as the coordinator's accept would be, were it late. The page
 * {@code consensus.md} says why that is safe.
 *
 * <p><em>Threading:</em> the node's loop alone.
 *
 * <p>Source: anti-entropy of Demers et al., Epidemic Algorithms for Replicated Database
 * Maintenance, 1987, section 1.3; trees of digests of DeCandia et al., Dynamo, 2007, section 4.7.
 */
package io.coterie.replication.internal.antientropy;
