/**
 * Watches of strong stores: replicas report what they accept, and a listener hears what is chosen.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>source</em> is a replica that reports to the watch ({@code ReplicaEvents}). A
 *         <em>gap</em> is reports that are missing.
 *     <li>A <em>watched key</em> counts which replicas report which ballot. A state goes to the
 *         listener once a majority has it, or once another chosen state names it as what it was
 *         made from.
 *     <li>A <em>versioned read</em> reads one key, where reports do not settle what is chosen. A
 *         <em>resync</em> ({@code PrefixResync}) reads all keys with the watched prefix, after a
 *         gap.
 *     <li>What the listener has not taken yet waits in a <em>queue</em> with a bound. What it is
 *         too slow for is dropped, oldest first, and the next call reports that.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. The listener is called on an executor for listeners,
 * one call at a time.
 *
 * <p>Callers: the strong store. {@link
 * io.coterie.consistency.internal.rules.ConsensusRules#isChosenForWatch} decides when reports, and
 * answers to reads, prove that a state is chosen.
 */
package io.coterie.consistency.internal.watch;
