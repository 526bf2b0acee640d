/**
 * The value of a key as replicas keep it, and what commands make of it: bytes and pure functions.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>register state</em> is a value with its version, the version that it was made from,
 *         and the outcomes of the last batches. Replicas keep its bytes and never look inside.
 *     <li>A <em>batch outcome</em> records that a batch is part of a state's past, and what became
 *         of it, so that a batch which is tried again is applied once. A batch is named by its
 *         <em>origin</em>, one start of one node, and its <em>timestamp</em>.
 *     <li>The <em>horizon</em> of a state is above the timestamps of all batches that it may have
 *         forgotten.
 *     <li>A <em>command</em> is what a node has the home of a key do: an operation of a caller, or
 *         one of two that stand for functions. A <em>forwarded</em> batch is several of them under
 *         one timestamp.
 * </ul>
 *
 * <p>Threading: values do not change, and any thread may use them. An {@code OperationApplier}
 * belongs to whoever made it.
 *
 * <p>Callers: all rooms of strong stores. Layout tests hold each byte.
 *
 * <p>Source: registers that are changed by functions of their value are those of Rystsov, CASPaxos:
 * Replicated State Machines without logs, 2018. Outcomes in the state follow Ongaro, Consensus:
 * Bridging Theory and Practice, 2014, section 6.3, for one key rather than for a log.
 */
package io.coterie.consistency.internal.register;
