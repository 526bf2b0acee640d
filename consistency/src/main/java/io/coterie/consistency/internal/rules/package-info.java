/**
 * The rules that the safety of strong stores rests on, and what they speak of. Who reviews safety
 * begins here.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>{@link io.coterie.consistency.internal.rules.ConsensusRules} is the one page of rules,
 *         each with its reason. Nothing else of a strong store can break a promise; it can only be
 *         late.
 *     <li>A <em>batch</em> is the operations on one key that share a round. An <em>attempt</em> is
 *         what a batch makes of one state. The batch remembers each attempt that was sent, as any
 *         of them may be what was applied.
 *     <li>A <em>cached promise</em> lets the next change of a key do without asking first.
 * </ul>
 *
 * <p>Threading: the loop of the node alone, but for {@code Batch.applyTo}, which runs where users'
 * functions do.
 *
 * <p>Callers: the rounds, scans and watches of strong stores. Tests break one rule at a time and
 * see that it is caught: {@code BrokenVariantsTest}, {@code ScanSimulationTest}, {@code
 * WatchSimulationTest}. For them alone the class of the rules is not final.
 *
 * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018; Lamport, Paxos Made
 * Simple, 2001; Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems, 1995.
 */
package io.coterie.consistency.internal.rules;
