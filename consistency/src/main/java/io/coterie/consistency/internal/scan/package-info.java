/**
 * Scans of strong stores: one page after the other.
 *
 * <p>A page asks all replicas for the next keys of a range. A key that each of a majority has with
 * one ballot is chosen, and nothing newer was complete when the page was asked for. Any other key
 * is read by itself. So each key of a page is as a read of it would be; the page as a whole is not
 * one moment.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>page</em> is the entries that one request of a caller returns. A {@code ScanRound}
 *         makes one page, and then it is over.
 *     <li>A key is <em>undecided</em> while the answers do not prove its state, and its own read is
 *         in flight.
 *     <li>{@code Scans} are the pages of one store that are in flight. They fail when the store
 *         closes.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. A page that is not complete at its deadline fails with
 * what each replica answered.
 *
 * <p>Callers: the strong store. How many answers a page needs, and when they prove a key, is in
 * {@link io.coterie.consistency.internal.rules}.
 */
package io.coterie.consistency.internal.scan;
