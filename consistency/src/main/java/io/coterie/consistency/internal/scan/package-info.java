/**
 * Scans of strong stores: one page after the other.
 *
 * <p>A page asks all replicas for the next keys of a range. A key that each of a majority has with
 * one ballot is chosen, and nothing newer was complete when the page was asked for. Any other key
 * is read by itself. So each key of a page is as a read of it would be; the page as a whole is not
 * one moment.
 *
 * <p>Threading: the loop of the node alone.
 *
 * <p>Callers: the strong store. How many answers a page needs, and when they prove a key, is in
 * {@link io.coterie.consistency.internal.rules}.
 */
package io.coterie.consistency.internal.scan;
