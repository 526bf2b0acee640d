/**
 * Strong stores: this room puts the others together.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>strong store</em> is a set of consensus registers, one a key. It hands an operation
 *         to its key, a page to the scans and a listener to a watch.
 *     <li>The <em>home service</em> does for other nodes what they forward, on keys that this node
 *         is the home of.
 *     <li><em>Weak reads</em> ({@code WeakReads}) return the first replica's state, chosen or
 *         not.
 * </ul>
 *
 * <p>Threading: the loop of the node alone.
 *
 * <p>Callers: {@link io.coterie.consistency.Consistency#strong()} names the policy, which opens the
 * stores. A replica opens one for the reads that it settles.
 */
package io.coterie.consistency.internal.strong;
