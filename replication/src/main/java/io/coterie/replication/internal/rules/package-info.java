/**
 * The rules of a replica that the safety of strong stores rests on. A review of the acceptor's side
 * begins here.
 *
 * <p>{@code AcceptorRules} is the one page of them, each with its reason and its source. Rules that
 * are an order of steps, such as "durable before the answer", are listed there with the classes
 * that take these steps.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>promise</em>: to accept nothing below a ballot from now on
 *   <li><em>floor</em>: the promise of all absent keys of a store
 *   <li><em>vote</em>: to answer prepare and accept at all
 *   <li><em>recognise</em>: said of a replica whose journal has the start that another replica
 *       remembers of it
 *   <li><em>count</em>: said of another replica whose memory proves something
 * </ul>
 *
 * <p>{@code Acceptor}, {@code Floors} and {@code ReplicaTables} in {@code internal.tables} call it
 * for each key, and {@code internal.replica} for removals, votes and registrations.
 *
 * <p>Tests break these rules from outside, by journals that forget or that answer too early: {@code
 * BrokenStorage} and {@code BrokenDeletes} in the tests of the consistency module.
 *
 * <p><em>Threading:</em> pure functions.
 *
 * <p>Source: Lamport, Paxos Made Simple, 2001; Rystsov, CASPaxos, 2018. The pages {@code
 * consensus.md} and {@code journal.md} of the site explain both in full.
 */
package io.coterie.replication.internal.rules;
