/**
 * Operations between their beginning and their end, of stores of either policy.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>pending operation</em> has a deadline and a completion, which is called once.
 *     <li>The <em>expiry</em> ends operations whose deadline is over. It looks at all of them every
 *         few milliseconds, as a timer for each would cost more.
 *     <li>The <em>gate</em> is where what needs connected replicas waits while too few are
 *         connected.
 *     <li>A <em>strong operation</em> is what a strong store does with one key: an operation of a
 *         caller of this node, or a batch of another node.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. A completion runs on the loop, too; what it throws is
 * logged and stops nobody else.
 *
 * <p>Callers: the stores of both policies, and the rounds of the strong one.
 */
package io.coterie.consistency.internal.pending;
