/**
 * Rounds: each brings one batch of one key to its end, as a chain of phases that ask all replicas
 * something.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>phase</em> is one request to all replicas. An answer to a phase that was left is
 *         ignored. {@code RoundPhases} has which is current, {@code RoundAnswers} what keeps it
 *         from its majority, {@code Round} what becomes of the batch.
 *     <li>A <em>read</em> round answers reads, and writes back what replicas disagree on. A
 *         <em>write</em> round is the proposer: it prepares, unless a promise is cached, and has
 *         the changed state accepted.
 *     <li>A <em>conflict</em> is a replica that has promised another node more. The batch
 *         continues after a random pause, or at the key's home.
 *     <li>The <em>home</em> of a key is the replica that merges the batches of all nodes while
 *         several change the key. A <em>forwarding</em> round sends it the batch.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. Users' functions run on the executor for them, and come
 * back to the loop.
 *
 * <p>Callers: the keys of a strong store, which begin rounds; {@code RoundKey} is what rounds
 * report to. What a round must keep to for safety is in {@link
 * io.coterie.consistency.internal.rules}.
 *
 * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018, section 2.2; the
 * write-back of Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems, 1995;
 * homes by Thaler, Ravishankar, Using Name-Based Mappings to Increase Hit Rates, 1998.
 */
package io.coterie.consistency.internal.round;
